// Timestamps of the States Language: ISO 8601 with a date, an upper-case T, a time and an offset.

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds; undefined when the text is no valid timestamp. */
export function parseTimestamp(text: string): number | undefined {
  const matched = TIMESTAMP.exec(text);
  if (matched === null) return undefined;
  const [year, month, day] = [Number(matched[1]), Number(matched[2]), Number(matched[3])];
  // Date.parse carries 30 February over into March.
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

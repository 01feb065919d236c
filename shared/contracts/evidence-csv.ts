// Recorded metrics as a person can export them: one line per minute, requests and errors of each colour. Read by `weir replay --csv`.
import type { EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import type { Parsed } from './parse-with.ts';

/** The header line, in this order. */
export const EVIDENCE_COLUMNS = ['minute', 'blue_requests', 'blue_errors', 'green_requests', 'green_errors'] as const;
/** Most minutes in a file: a week. */
export const EVIDENCE_CSV_MINUTES_MAX = 10_080;
const MINUTE = 60_000;

/**
 * Parses the file. A minute is an ISO time or a whole number of minutes from any start; minutes ascend, and those left out had no
 * traffic. Numbers are whole and not negative, errors at most requests.
 */
export function parseEvidenceCsv(text: string): Parsed<readonly EvidenceMinute[]> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  if (header.join(',') !== EVIDENCE_COLUMNS.join(',')) return problem(1, `the first line must be ${EVIDENCE_COLUMNS.join(',')}`);
  const minutes: EvidenceMinute[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const parsed = parseLine(line, minutes.at(-1)?.minute);
    if (typeof parsed === 'string') return problem(index + 1, parsed);
    if (minutes.length >= EVIDENCE_CSV_MINUTES_MAX) return problem(index + 1, `at most ${EVIDENCE_CSV_MINUTES_MAX} minutes`);
    minutes.push(...quietMinutes(minutes.at(-1)?.minute, parsed.minute), parsed);
  }
  if (minutes.length === 0) return { ok: false, problem: 'there is no minute in the file' };
  return { ok: true, value: minutes };
}

function problem(line: number, what: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `line ${line}: ${what}` };
}

function parseLine(line: string, previous: number | undefined): EvidenceMinute | string {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== EVIDENCE_COLUMNS.length) return `must have ${EVIDENCE_COLUMNS.length} values, has ${cells.length}`;
  const minute = parseMinute(cells[0] ?? '');
  if (minute === undefined) return `minute must be an ISO time or a whole number, got ${cells[0]}`;
  if (previous !== undefined && minute <= previous) return 'minutes must ascend';
  if (previous !== undefined && (minute - previous) / MINUTE > EVIDENCE_CSV_MINUTES_MAX) return 'is more than a week after the line before';
  const [blueRequests = -1, blueErrors = -1, greenRequests = -1, greenErrors = -1] = cells.slice(1).map(parseCount);
  const wrong = [blueRequests, blueErrors, greenRequests, greenErrors].findIndex((value) => value < 0);
  if (wrong >= 0) return `${EVIDENCE_COLUMNS[wrong + 1]} must be a whole number, got ${cells[wrong + 1]}`;
  if (blueErrors > blueRequests || greenErrors > greenRequests) return 'errors must be at most requests';
  return { minute, ...side('blue', blueRequests, blueErrors), ...side('green', greenRequests, greenErrors) };
}

function parseMinute(cell: string): number | undefined {
  if (/^\d{1,9}$/.test(cell)) return Number(cell) * MINUTE;
  const at = /^\d{4}-\d{2}-\d{2}T/.test(cell) ? Date.parse(cell) : Number.NaN;
  return Number.isFinite(at) ? Math.floor(at / MINUTE) * MINUTE : undefined;
}

/** -1 for what is no count. */
function parseCount(cell: string): number {
  return /^\d{1,15}$/.test(cell) ? Number(cell) : -1;
}

function side(colour: 'blue' | 'green', requests: number, errors: number): Partial<Record<'blue' | 'green', SideMinute>> {
  return requests === 0 ? {} : { [colour]: { requests, errors } };
}

function quietMinutes(previous: number | undefined, minute: number): readonly EvidenceMinute[] {
  const count = previous === undefined ? 0 : (minute - previous) / MINUTE - 1;
  return Array.from({ length: count }, (_, index) => ({ minute: (previous ?? 0) + (index + 1) * MINUTE }));
}

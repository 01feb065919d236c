// Wall clocks of time zones. A cron is evaluated as if the wall clock were UTC; here the two are translated into each other.

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** Zones whose formatter is kept; there are about 600 in the world. */
const FORMATS_MAX = 700;

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...parts });
  if (FORMATS.size < FORMATS_MAX) FORMATS.set(zone, made);
  return made;
}

/** What the wall clock shows at a moment, as the epoch milliseconds at which UTC would show the same. */
export function wallClock(at: number, zone: string): number {
  if (zone === 'UTC') return at;
  const shown: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1_000) + 1_000) % 1_000);
}

/**
 * The first moment at which the wall clock shows this, or undefined when it never does because it is put forward over it. A time
 * that comes twice in autumn counts once.
 */
export function momentOf(wall: number, zone: string): number | undefined {
  if (zone === 'UTC') return wall;
  const day = 86_400_000;
  // The offset in force is that of the day before or of the day after.
  const offsets = [wallClock(wall - day, zone) - (wall - day), wallClock(wall + day, zone) - (wall + day)];
  const moments = offsets.map((offset) => wall - offset).filter((at) => wallClock(at, zone) === wall);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

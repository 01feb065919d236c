// AWS's cron: minutes hours day-of-month month day-of-week year, in UTC, with ? L W and #. One of the two day fields must be `?`.
import type { Schedule } from './schedule-expression.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAY_MS = 86_400_000;
/** Days looked at for the next run: a run may be years away, but not more than this. */
const DAYS_MAX = 366 * 30;

type DayTest = (year: number, month: number, day: number) => boolean;

/** undefined when malformed. */
export function parseCron(body: string): Schedule | undefined {
  const fields = body.trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minutesText = '', hoursText = '', monthDayText = '', monthText = '', weekDayText = '', yearText = ''] = fields;
  if ((monthDayText === '?') === (weekDayText === '?')) return undefined;
  const minutes = parseList(minutesText, 0, 59);
  const hours = parseList(hoursText, 0, 23);
  const months = parseList(named(monthText, MONTHS, 1), 1, 12);
  const years = parseList(yearText, 1970, 2199);
  const isDay = monthDayText === '?' ? weekDayTest(weekDayText) : monthDayTest(monthDayText);
  if (minutes === undefined || hours === undefined || months === undefined || years === undefined || isDay === undefined) return undefined;
  return { next: (after) => nextRun(after, { minutes, hours, months, years, isDay }) };
}

interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: DayTest;
}

function nextRun(after: number, cron: Cron): number | undefined {
  const firstDay = Math.floor(after / DAY_MS) * DAY_MS;
  for (let offset = 0; offset < DAYS_MAX; offset++) {
    const start = firstDay + offset * DAY_MS;
    const date = new Date(start);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (!cron.years.has(year) || !cron.months.has(month) || !cron.isDay(year, month, day)) continue;
    for (const hour of [...cron.hours].toSorted((a, b) => a - b)) {
      for (const minute of [...cron.minutes].toSorted((a, b) => a - b)) {
        const at = start + (hour * 60 + minute) * 60_000;
        if (at > after) return at;
      }
    }
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `1,2`, `0/15`, `1-10/2`. */
function parseList(text: string, min: number, max: number): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, from = '', to, step] = /^(\*|\d{1,4})(?:-(\d{1,4}))?(?:\/(\d{1,4}))?$/.exec(part) ?? [];
    if (from === '' || (from === '*' && to !== undefined) || step === '0') return undefined;
    const first = from === '*' ? min : Number(from);
    const last = to !== undefined ? Number(to) : from === '*' || step !== undefined ? max : first;
    if (first < min || last > max || first > last) return undefined;
    for (let value = first; value <= last; value += step === undefined ? 1 : Number(step)) values.add(value);
  }
  return values;
}

function named(text: string, names: readonly string[], first: number): string {
  return text.toUpperCase().replace(/[A-Z]{3}/g, (name) => (names.includes(name) ? String(names.indexOf(name) + first) : name));
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 1 = Sunday, as AWS counts. */
function weekDayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** `L` the last day, `15W` the working day nearest to the 15th, `LW` the last working day, or a list. */
function monthDayTest(text: string): DayTest | undefined {
  if (text === 'L') return (year, month, day) => day === daysIn(year, month);
  const [, near] = /^(\d{1,2}|L)W$/.exec(text) ?? [];
  if (near !== undefined) return (year, month, day) => day === nearestWorkingDay(year, month, near === 'L' ? daysIn(year, month) : Number(near));
  const days = parseList(text, 1, 31);
  return days === undefined ? undefined : (_year, _month, day) => days.has(day);
}

function nearestWorkingDay(year: number, month: number, wanted: number): number {
  const last = daysIn(year, month);
  const day = Math.min(wanted, last);
  const weekDay = weekDayOf(year, month, day);
  // Never into another month.
  if (weekDay === 7) return day === 1 ? 3 : day - 1;
  if (weekDay === 1) return day === last ? day - 2 : day + 1;
  return day;
}

/** `6L` the last Friday, `6#3` the third, `L` Saturday, or a list. */
function weekDayTest(given: string): DayTest | undefined {
  const text = named(given, DAYS, 1);
  const [, lastOf] = /^([1-7])L$/.exec(text) ?? [];
  if (lastOf !== undefined) return (year, month, day) => weekDayOf(year, month, day) === Number(lastOf) && day + 7 > daysIn(year, month);
  const [, of, nth] = /^([1-7])#([1-5])$/.exec(text) ?? [];
  if (of !== undefined) return (year, month, day) => weekDayOf(year, month, day) === Number(of) && Math.ceil(day / 7) === Number(nth);
  const days = parseList(text === 'L' ? '7' : text, 1, 7);
  return days === undefined ? undefined : (year, month, day) => days.has(weekDayOf(year, month, day));
}

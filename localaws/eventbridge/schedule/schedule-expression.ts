// Schedule expressions of EventBridge and its Scheduler: rate(...), cron(...) with six fields, at(...). Source: EventBridge user guide,
// "Cron and rate expressions", and EventBridge Scheduler user guide, "Schedule types".
import { parseCron } from './cron.ts';

export interface Schedule {
  /** First moment strictly after `after`, epoch milliseconds; undefined: never again. `anchor` is when the schedule was made. */
  next(after: number, anchor: number): number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** undefined when the expression is none that AWS takes. `at` only where the caller allows one-time schedules. */
export function parseSchedule(expression: string, allowOnce = false): Schedule | undefined {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return parseRate(body);
  if (kind === 'cron') return parseCron(body);
  if (kind === 'at' && allowOnce) return parseAt(body);
  return undefined;
}

function parseRate(body: string): Schedule | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9})\s+(minute|hour|day)s?$/.exec(body.trim()) ?? [];
  const count = Number(digits);
  const isPlural = body.trim().endsWith('s');
  // AWS refuses `1 minutes` and `5 minute`.
  if (count < 1 || isPlural !== count > 1) return undefined;
  const every = count * (UNITS[unit] ?? 0);
  return { next: (after, anchor) => anchor + (Math.floor(Math.max(0, after - anchor) / every) + 1) * every };
}

function parseAt(body: string): Schedule | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(body)) return undefined;
  const at = Date.parse(`${body}Z`);
  // Date.parse takes February 30 for March 1.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(body)) return undefined;
  return { next: (after) => (at > after ? at : undefined) };
}

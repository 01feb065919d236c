// When a service takes no deployments: `frozen`, which stands until somebody takes it away, and windows of a calendar in the owner's
// time zone. Windows are compared by the wall clock there, so that daylight saving moves nothing.
import type { DeploymentRequest, EpochMillis } from '#core/deployment/deployment.ts';

/** Local times: `2026-12-18T16:00` in dates, `Fri 16:00` in weekly. `from` is in the window, `to` no longer. */
export interface FreezeWindow {
  readonly name: string;
  readonly dates?: { readonly from: string; readonly to: string } | undefined;
  readonly weekly?: { readonly from: string; readonly to: string } | undefined;
}

export interface FreezeCalendar {
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
  readonly windows: readonly FreezeWindow[];
}

interface Freezable {
  readonly frozen: string | undefined;
  /** Absent: no window. */
  readonly freeze?: FreezeCalendar | undefined;
}

type Asked = Pick<DeploymentRequest, 'source' | 'remedy' | 'bypassFreeze'>;

/** Why this request is refused now; undefined when it is not. */
export function freezeRefusal(service: Freezable, request: Asked, now: EpochMillis): string | undefined {
  if (isExempt(request)) return undefined;
  if (service.frozen !== undefined) return `the service is frozen: ${service.frozen}`;
  // A way back is never held up by a calendar, whoever asks for it.
  const open = request.remedy?.purpose === 'restore' ? undefined : openWindow(service.freeze, now);
  return open === undefined
    ? undefined
    : `freeze window "${open.name}" until ${open.until}; weir deploy --bypass-freeze --reason "..." deploys all the same, on record`;
}

/** A person answers for it, by name and reason on record: a rollback, or a freeze bypassed. */
export function isExempt({ source, remedy, bypassFreeze }: Asked): boolean {
  return bypassFreeze !== undefined || (source === 'operator' && remedy?.purpose === 'restore');
}

/** The first window that is open, and until when in its own words. */
export function openWindow(calendar: FreezeCalendar | undefined, now: EpochMillis): { readonly name: string; readonly until: string } | undefined {
  if (calendar === undefined) return undefined;
  const local = localTime(calendar.timeZone, now);
  for (const { name, dates, weekly } of calendar.windows) {
    if (dates !== undefined && dates.from <= local.date && local.date < dates.to) return { name, until: `${dates.to} (${calendar.timeZone})` };
    if (weekly !== undefined && isWithinWeek(weekly, local.minuteOfWeek)) return { name, until: `${weekly.to} (${calendar.timeZone})` };
  }
  return undefined;
}

const weekdays: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A window from Friday to Monday goes over the end of the week; one from a time to itself is the whole week. */
function isWithinWeek({ from, to }: { readonly from: string; readonly to: string }, minute: number): boolean {
  const [begin, end] = [minuteOfWeek(from), minuteOfWeek(to)];
  return begin < end ? begin <= minute && minute < end : minute >= begin || minute < end;
}

/** Of `Fri 16:00`. */
function minuteOfWeek(text: string): number {
  const [day = '', time = ''] = text.split(' ');
  const [hour, minute] = time.split(':');
  return (weekdays.indexOf(day) * 24 + Number(hour)) * 60 + Number(minute);
}

function localTime(timeZone: string, now: EpochMillis): { readonly date: string; readonly minuteOfWeek: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const time = `${parts['hour']}:${parts['minute']}`;
  return { date: `${parts['year']}-${parts['month']}-${parts['day']}T${time}`, minuteOfWeek: minuteOfWeek(`${parts['weekday']} ${time}`) };
}

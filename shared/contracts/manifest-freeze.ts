// The manifest's section about when nothing is deployed: freeze. Put together in manifest.ts; the rules are in core/service/freeze.ts.
import * as z from 'zod';
import { section, text } from './manifest-fields.ts';

/** Most windows of one service. */
const WINDOWS_MAX = 50;
const LOCAL_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/;
const WEEKLY_TIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:[01]\d|2[0-3]):[0-5]\d$/;

const localTime = (description: string, example: string) =>
  text(LOCAL_TIME, 40, 'a local date and time such as 2026-12-18T16:00', { description, examples: [example] });
const weeklyTime = (description: string, example: string) => text(WEEKLY_TIME, 40, 'a day and time such as Fri 16:00', { description, examples: [example] });

const freezeWindow = section(
  {
    name: text(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, 100, 'one line', { description: 'What it is called in refusals.', examples: ['year end'] }),
    dates: section(
      { from: localTime('When it begins.', '2026-12-18T16:00'), to: localTime('When it is over.', '2027-01-04T08:00') },
      'Once, between two local times.',
    ).optional(),
    weekly: section(
      { from: weeklyTime('When it begins each week.', 'Fri 16:00'), to: weeklyTime('When it is over; may be in the next week.', 'Mon 08:00') },
      'Each week, between two local times.',
    ).optional(),
  },
  'A time in which pushes are refused: dates or weekly.',
).superRefine(({ dates, weekly }, context) => {
  if ((dates === undefined) === (weekly === undefined)) context.addIssue({ code: 'custom', message: 'must have exactly one of dates, weekly' });
  if (dates !== undefined && dates.from >= dates.to) context.addIssue({ code: 'custom', path: ['dates', 'to'], message: 'must be later than from' });
});

export const freeze = section(
  {
    timeZone: text(/^[A-Za-z0-9_+\-/]+$/, 64, 'the IANA name of a time zone, such as Europe/Berlin', {
      description: 'Time zone of all windows, by its IANA name.',
      examples: ['Europe/Berlin'],
    })
      .refine(isTimeZone, { error: 'must be the IANA name of a time zone that exists, such as Europe/Berlin' })
      .default('UTC'),
    windows: z
      .array(freezeWindow, { error: 'must be a list of windows' })
      .max(WINDOWS_MAX, { error: `must be a list of at most ${WINDOWS_MAX} windows` })
      .meta({ description: 'When pushes are refused. A deployment that runs when a window begins goes on.' })
      .default([]),
  },
  'When nothing is deployed. Rollbacks pass; `weir deploy --bypass-freeze` passes with its reason on record.',
);

/** A formatter costs more than all the rest of a manifest, and every function reads manifests. */
const knownTimeZones = new Set<string>();

function isTimeZone(name: string): boolean {
  if (knownTimeZones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    knownTimeZones.add(name);
    return true;
  } catch {
    return false;
  }
}

// What a version does in a rehearsal, by name: `errors:2%`, `crash`, `bad-after:5m`. Invented, but told to Weir by the same metrics and
// events that AWS would tell it.
import type { ImageBehaviour } from './region/world.ts';

/** Where a deployment stands when traffic is made. Epoch milliseconds. */
export interface Moment {
  readonly at: number;
  /** When the new version first had production traffic, and all of it; undefined before. */
  readonly firstTrafficAt: number | undefined;
  readonly fullTrafficAt: number | undefined;
}

/** What happens to a version's requests on top of what is usual. */
export interface Strain {
  /** Share of requests that fail besides the usual ones, 0 to 1. */
  readonly errorShare: number;
  /** Response times are multiplied by it, then lengthened. */
  readonly slowFactor: number;
  readonly slowMilliseconds: number;
}

export const NO_STRAIN: Strain = { errorShare: 0, slowFactor: 1, slowMilliseconds: 0 };

export interface Scenario {
  /** As it was asked for: `errors:2%`. */
  readonly label: string;
  /** In words: what is different about the new version. */
  readonly summary: string;
  /** How its tasks behave. */
  readonly image: ImageBehaviour;
  readonly strain: (side: 'blue' | 'green', moment: Moment) => Strain;
  /** From when on the new version answers worse than the old one; undefined: not yet, or never. */
  readonly badFrom: (moment: Moment) => number | undefined;
  /** Whether CloudWatch never gets the minute that ends now. */
  readonly hidesMetrics: (moment: Moment) => boolean;
  /** Traffic that was recorded, instead of invented. */
  readonly recorded?: (moment: Moment) => RecordedMinute;
}

export interface RecordedMinute {
  /** Requests of both versions in a minute. */
  readonly requests: number;
  /** Shares of each version's requests that failed, 0 to 1. */
  readonly errorShare: Readonly<Record<'blue' | 'green', number>>;
}

interface ScenarioKind {
  readonly name: string;
  /** How the argument is written; absent where there is none. */
  readonly argument?: string;
  /** The argument when none is given. */
  readonly usual?: string;
  readonly describes: string;
  readonly make: (argument: string) => Omit<Scenario, 'label'> | undefined;
}

const MINUTE = 60_000;
/** An outage that nobody could overlook, share of requests. */
const OUTAGE_ERROR_SHARE = 0.25;
/** How bad a version is that goes bad, share of requests. */
const SPOILT_ERROR_SHARE = 0.05;

const never = (): undefined => undefined;
const harmless: Omit<Scenario, 'label' | 'summary'> = { image: {}, strain: () => NO_STRAIN, badFrom: never, hidesMetrics: () => false };
const onGreen =
  (strain: Partial<Strain>): Scenario['strain'] =>
  (side) =>
    side === 'green' ? { ...NO_STRAIN, ...strain } : NO_STRAIN;
const fromItsFirstRequest: Scenario['badFrom'] = ({ firstTrafficAt }) => firstTrafficAt;

export const scenarioKinds: readonly ScenarioKind[] = [
  {
    name: 'good',
    describes: 'the new version is as good as the old one',
    make: () => ({ ...harmless, summary: 'the new version is as good as the old one' }),
  },
  {
    name: 'errors',
    argument: 'PERCENT',
    usual: '2%',
    describes: 'so many more of its requests fail, percentage points',
    make(argument) {
      const percent = percentOf(argument);
      if (percent === undefined) return undefined;
      return {
        ...harmless,
        summary: `${percent} % more of the new version's requests fail`,
        strain: onGreen({ errorShare: percent / 100 }),
        badFrom: fromItsFirstRequest,
      };
    },
  },
  {
    name: 'slow',
    argument: '+MILLISECONDS or xFACTOR',
    usual: '+150ms',
    describes: 'it answers so much later, or so many times as slowly',
    make(argument) {
      const [, added] = /^\+(\d{1,6})(?:ms)?$/.exec(argument) ?? [];
      const [, factor] = /^x(\d{1,3}(?:\.\d{1,2})?)$/.exec(argument) ?? [];
      const slowed = { ...harmless, badFrom: fromItsFirstRequest };
      if (added !== undefined) return { ...slowed, summary: `the new version answers ${added} ms later`, strain: onGreen({ slowMilliseconds: Number(added) }) };
      if (factor === undefined || Number(factor) < 1) return undefined;
      return { ...slowed, summary: `the new version takes ${factor} times as long to answer`, strain: onGreen({ slowFactor: Number(factor) }) };
    },
  },
  {
    name: 'crash',
    describes: 'its tasks exit with code 1 three seconds after their start',
    make: () => ({
      ...harmless,
      summary: "the new version's tasks exit with code 1 three seconds after their start",
      image: { script: { exitAfterMs: 3_000, exitCode: 1 } },
    }),
  },
  {
    name: 'crash-later',
    argument: 'MINUTES',
    usual: '5m',
    describes: 'each of its tasks exits with code 1 so long after its start',
    make(argument) {
      const minutes = minutesOf(argument);
      if (minutes === undefined) return undefined;
      const image = { script: { exitAfterMs: minutes * MINUTE, exitCode: 1 } };
      return { ...harmless, summary: `each task of the new version exits with code 1, ${minutes} min after its start`, image };
    },
  },
  {
    name: 'smoke-fails',
    describes: 'it answers every smoke check with status 500',
    make: () => ({ ...harmless, summary: 'the new version answers every smoke check with status 500', image: { smokeStatus: 500 } }),
  },
  {
    name: 'shared-outage',
    argument: 'MINUTES',
    usual: '10m',
    describes: 'a minute after its first traffic a quarter of all requests fails, on both versions, for so long',
    make(argument) {
      const minutes = minutesOf(argument);
      if (minutes === undefined) return undefined;
      return {
        ...harmless,
        summary: `a minute after the new version's first traffic a quarter of all requests fails, on both versions, for ${minutes} min`,
        strain: (_side, { at, firstTrafficAt }) => {
          const since = firstTrafficAt === undefined ? -1 : at - firstTrafficAt - MINUTE;
          return since >= 0 && since < minutes * MINUTE ? { ...NO_STRAIN, errorShare: OUTAGE_ERROR_SHARE } : NO_STRAIN;
        },
      };
    },
  },
  {
    name: 'bad-after',
    argument: 'MINUTES',
    usual: '5m',
    describes: 'it is good until so long after it has all traffic, then 5 % of its requests fail',
    make(argument) {
      const minutes = minutesOf(argument);
      if (minutes === undefined) return undefined;
      const badFrom: Scenario['badFrom'] = ({ fullTrafficAt }) => (fullTrafficAt === undefined ? undefined : fullTrafficAt + minutes * MINUTE);
      return {
        ...harmless,
        summary: `${minutes} min after the new version has all traffic, 5 % of its requests begin to fail`,
        badFrom,
        strain: (side, moment) => {
          const from = badFrom(moment);
          return side === 'green' && from !== undefined && moment.at >= from ? { ...NO_STRAIN, errorShare: SPOILT_ERROR_SHARE } : NO_STRAIN;
        },
      };
    },
  },
  {
    name: 'no-metrics',
    argument: 'MINUTES',
    usual: 'always',
    describes: 'CloudWatch gets no metrics for so long from its first traffic on, or never (always); it is good',
    make(argument) {
      const minutes = argument === 'always' ? Number.POSITIVE_INFINITY : minutesOf(argument);
      if (minutes === undefined) return undefined;
      return {
        ...harmless,
        summary: `CloudWatch gets no metrics ${argument === 'always' ? '' : `for ${minutes} min `}from the new version's first traffic on; the version is good`,
        hidesMetrics: ({ at, firstTrafficAt }) => firstTrafficAt !== undefined && at - firstTrafficAt <= minutes * MINUTE,
      };
    },
  },
];

/** @returns the scenario, or what is wrong with its name */
export function parseScenario(text: string): { readonly ok: true; readonly value: Scenario } | { readonly ok: false; readonly problem: string } {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const kind = scenarioKinds.find((candidate) => candidate.name === name);
  if (kind === undefined) return { ok: false, problem: `there is no scenario ${name}; there are ${scenarioKinds.map(usageOf).join(', ')}, or all` };
  if (colon >= 0 && kind.argument === undefined) return { ok: false, problem: `scenario ${name} takes no argument` };
  const argument = colon < 0 ? (kind.usual ?? '') : text.slice(colon + 1);
  const made = kind.make(argument);
  if (made === undefined) return { ok: false, problem: `scenario ${name} is written ${usageOf(kind)}, such as ${name}:${kind.usual}; got ${text}` };
  return { ok: true, value: { ...made, label: kind.usual === undefined ? name : `${name}:${argument}` } };
}

/** `errors[:PERCENT]`. */
export function usageOf({ name, argument }: ScenarioKind): string {
  return argument === undefined ? name : `${name}[:${argument}]`;
}

function percentOf(text: string): number | undefined {
  const [, number] = /^(\d{1,3}(?:\.\d{1,4})?)\s*%?$/.exec(text) ?? [];
  const percent = number === undefined ? Number.NaN : Number(number);
  return percent > 0 && percent <= 100 ? percent : undefined;
}

/** At most two days: a longer shift there is none. */
const MINUTES_MAX = 2_880;

function minutesOf(text: string): number | undefined {
  const [, number] = /^(\d{1,4})\s*(?:m|min)?$/.exec(text) ?? [];
  const minutes = number === undefined ? Number.NaN : Number(number);
  return minutes >= 1 && minutes <= MINUTES_MAX ? minutes : undefined;
}

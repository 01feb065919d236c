// Weir's comparison behind the benchmark's interface: the product's own code and defaults, no mathematics of the benchmark's. The whole
// false-rollback budget is given to failed requests, the only thing the scenarios (and the other deciders) know of.
import { addEvidence, comparisonSetting, startComparison } from '#core/health/comparison.ts';
import { COMPARISON_DEFAULTS, type ComparisonRules } from '#core/health/comparison-rules.ts';
import { type ZoneMinutes, zoneDispersion } from '#core/health/dispersion.ts';
import type { Baseline, EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import type { Bin, Decider, HistoryBin, Run, Setting, SideCount } from './decider.ts';

const MINUTE_MILLISECONDS = 60_000;
const TASKS = 4;

/** What a manifest would say with health.compare.budget.errors: 100. */
const RULES: ComparisonRules = { ...COMPARISON_DEFAULTS, spend: { errors: 1, latency: 0, crashes: 0, slo: 0 } };

function weirWith(name: string, rules: ComparisonRules): Decider {
  return { name, start: (setting) => weirRun(setting, rules) };
}

export const weir = weirWith('Weir', RULES);

export const weirSticky = weirWith('Weir, stickySessions: true', { ...RULES, sticky: true });

function weirRun({ plannedMinutes, history }: Setting, rules: ComparisonRules): Run {
  const setting = comparisonSetting({ ...rules, plannedMinutes }, baselineOf(history), TASKS);
  let state = startComparison(setting);
  return {
    observe(bin) {
      state = addEvidence(state, setting, evidenceMinute(bin));
      return state.crossing === undefined ? 'goOn' : 'rollBack';
    },
  };
}

/** As the product reads it from CloudWatch: a side without requests is absent. */
export function evidenceMinute({ minute, blue, green }: Bin): EvidenceMinute {
  return { minute: minute * MINUTE_MILLISECONDS, ...sideOf('blue', blue), ...sideOf('green', green) };
}

function sideOf(name: 'blue' | 'green', { requests, errors }: SideCount): { readonly [side in 'blue' | 'green']?: SideMinute } {
  return requests === 0 ? {} : { [name]: { requests, errors } };
}

/** Blue's hours before the deployment, reduced as the product does; undefined where blue had no request. */
export function baselineOf(history: readonly HistoryBin[]): Baseline | undefined {
  let [minutes, requests, errors] = [0, 0, 0];
  const zones: readonly [Map<number, ZoneCounts>, Map<number, ZoneCounts>] = [new Map(), new Map()];
  for (const [minute, bin] of history.entries()) {
    let inMinute = 0;
    for (const zone of [0, 1] as const) {
      const side = bin.zones[zone];
      if (side.requests > 0) zones[zone].set(minute, { requests: side.requests, bad: side.errors });
      inMinute += side.requests;
      errors += side.errors;
    }
    requests += inMinute;
    if (inMinute > 0) minutes++;
  }
  if (requests === 0) return undefined;
  return { minutes, requests, errors, dispersion: zoneDispersion(zones) };
}

type ZoneCounts = ZoneMinutes extends ReadonlyMap<number, infer Counts> ? Counts : never;

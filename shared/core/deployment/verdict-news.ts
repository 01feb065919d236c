// Which health verdicts the timeline tells. Thin evidence swings between pass and inconclusive minute by minute, and a long shift
// would fill its timeline with it.
import type { HealthVerdict } from '#core/health/health.ts';

/** The verdict that the timeline told last, and green's share of production traffic then, percent. */
export interface ToldVerdict {
  readonly verdict: HealthVerdict['verdict'];
  readonly greenPercent: number;
}

/**
 * Whether a verdict is told: every turn to fail and back from it, the first pass at each share of traffic, and that evidence is thin only
 * once the share has changed.
 * @param known the verdict on record, told or not
 */
export function isVerdictNews(
  told: ToldVerdict | undefined,
  known: HealthVerdict['verdict'] | undefined,
  verdict: HealthVerdict['verdict'],
  greenPercent: number,
): boolean {
  if (verdict === known) return false;
  if (told === undefined || verdict === 'fail' || known === 'fail') return true;
  if (verdict === told.verdict) return false;
  return verdict === 'pass' || told.greenPercent !== greenPercent;
}

// How many users a bad version meets: the share of traffic it has, times the minutes it has it. One minute of all production traffic
// is the unit, so that strategies can be compared whatever the service's traffic is.
import type { TrafficStep } from '#core/strategy/strategy.ts';

/** A share of production traffic for some time. */
export interface ExposurePart {
  readonly greenPercent: number;
  readonly minutes: number;
}

export interface Exposure {
  /** When the fault is noticed, in words. */
  readonly until: string;
  readonly parts: readonly ExposurePart[];
  /** Sum of share times minutes: minutes of all production traffic that a bad version would have answered. */
  readonly fullTrafficMinutes: number;
}

export interface ExposureSubject {
  readonly steps: readonly TrafficStep[];
  readonly bakeTimeMinutes: number;
  /** Minutes after their end from which a minute's metrics count. */
  readonly settleMinutes: number;
  /** Minutes that the driver holds one step at most when the evidence never comes; undefined: it goes on by the clock. */
  readonly heldMinutesMax: number | undefined;
}

/** Evidence comes by whole minutes: the first one ends this long after the first traffic. */
export const FIRST_EVIDENCE_MINUTES = { least: 1, most: 2 };

/** From the best case to the worst: a fault that shows at once, one that never shows in the metrics, and a step held to its limit. */
export function exposures(subject: ExposureSubject): readonly Exposure[] {
  const { steps, bakeTimeMinutes, settleMinutes, heldMinutesMax } = subject;
  const noticed = FIRST_EVIDENCE_MINUTES.most + settleMinutes;
  const [first] = steps;
  // A driver that can be held makes no second step before the first evidence.
  const beforeEvidence = heldMinutesMax === undefined || first === undefined ? steps : [first];
  const atOnce = exposure('a fault that the first whole minute of metrics proves', partsUntil(beforeEvidence, noticed));
  const unnoticed = exposure('a fault found only when the bake is over', [...partsUntil(steps), { greenPercent: 100, minutes: bakeTimeMinutes }]);
  const highestHeld = steps.findLast(({ greenPercent }) => greenPercent < 100);
  if (heldMinutesMax === undefined || highestHeld === undefined) return [atOnce, unnoticed];
  const held = exposure('a fault that never shows, at a step held to its limit', [{ greenPercent: highestHeld.greenPercent, minutes: heldMinutesMax }]);
  return [atOnce, unnoticed, held];
}

/** The shares green has from the first traffic until `endMinutes`; until the last step when not given. */
function partsUntil(steps: readonly TrafficStep[], endMinutes?: number): readonly ExposurePart[] {
  const end = endMinutes ?? steps.at(-1)?.atMinutes ?? 0;
  return steps.flatMap(({ atMinutes, greenPercent }, index) => {
    const minutes = Math.min(steps[index + 1]?.atMinutes ?? end, end) - atMinutes;
    return minutes > 0 ? [{ greenPercent, minutes }] : [];
  });
}

function exposure(until: string, parts: readonly ExposurePart[]): Exposure {
  const sum = parts.reduce((total, { greenPercent, minutes }) => total + (greenPercent * minutes) / 100, 0);
  return { until, parts, fullTrafficMinutes: Math.round(sum * 100) / 100 };
}

// The ramps in small: what `npm run bench -- ramp` prints holds for a few deployments too, and equal seeds mean equal traffic.
import { describe, expect, test } from '@jest/globals';
import { adaptive, linearOfEcs, minutesToFull, rampCell, requestsExposed, tryRamps } from '../../../../bench/ramp/ramp.ts';
import { runRamp } from '../../../../bench/ramp/run-ramp.ts';
import { drawWorld } from '../../../../bench/ramp/world.ts';

const RAMPS = [adaptive, linearOfEcs];

describe('the adaptive ramp beside LINEAR with the default steps', () => {
  test('has a good version at full traffic sooner, and LINEAR needs all its steps', () => {
    const [paced = [], clocked = []] = tryRamps(rampCell(0.001, 100), RAMPS, 3);
    expect(minutesToFull(paced)).toBeLessThan(20);
    expect(minutesToFull(clocked)).toBeGreaterThanOrEqual(54);
  });

  test('exposes fewer requests to a bad one', () => {
    const [paced = [], clocked = []] = tryRamps(rampCell(0.001, 100, { kind: 'plus', rate: 0.05 }), RAMPS, 3);
    expect([...paced, ...clocked].every(({ rolledBackMinutes }) => rolledBackMinutes !== undefined)).toBe(true);
    expect(requestsExposed(paced)).toBeLessThan(requestsExposed(clocked));
  });

  test('meets the same requests on equal seeds, whatever its share', () => {
    const world = () => drawWorld(rampCell(0.01, 50), 7, 0);
    const total = ({ blue, green }: ReturnType<ReturnType<typeof world>['traffic']>): number => blue.requests + green.requests;
    for (const tick of [0, 3, 40]) expect(total(world().traffic(tick, 5))).toBe(total(world().traffic(tick, 90)));
    expect(runRamp(world(), adaptive, 60, true)).toEqual(runRamp(world(), adaptive, 60, true));
  });

  test('holds where there is no traffic to judge by', () => {
    expect(runRamp(drawWorld(rampCell(0.01, 0.02), 1, 0), adaptive, 60, true).fullTrafficMinutes).toBeUndefined();
  });
});

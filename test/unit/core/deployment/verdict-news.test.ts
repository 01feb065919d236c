// What a timeline says of health: enough to follow, and not every swing of thin evidence.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deployment } from '#core/deployment/deployment.ts';
import { evolve, evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import type { HealthVerdict } from '#core/health/health.ts';

const T0 = Date.UTC(2026, 10, 23, 9);
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: T0, source: 'push' as const };
type Kind = HealthVerdict['verdict'];

function shifting(): Deployment {
  const started = { type: 'TrafficShiftStarted' as const, driverDeploymentId: 'd-1', adopted: false };
  return evolveAll(requestDeployment('d', 'prod/orders', request, T0), [{ type: 'Started', fence: 1, run: 1 }, started], T0);
}

/** Verdicts, and shares of traffic between them; answers what the timeline says of both. */
function told(...seen: readonly (Kind | number)[]): readonly string[] {
  const after = seen.reduce<Deployment>(
    (deployment, one) =>
      typeof one === 'number'
        ? evolve(deployment, { type: 'ShiftObserved', phase: 'Shifting', greenPercent: one }, T0)
        : evolve(deployment, { type: 'HealthAssessed', verdict: { verdict: one, reasons: ['numbers'], alarms: [], lacksOnlyProof: false, at: T0 } }, T0),
    shifting(),
  );
  return after.timeline.filter(({ type }) => type === 'HealthAssessed').map(({ text }) => text.replace(/^Health (\w+): numbers$/, '$1'));
}

describe('the verdicts in a timeline', () => {
  test('tell thin evidence and the first pass at each share of traffic, and no swing between them', () => {
    expect(told(10, 'inconclusive', 'pass', 'inconclusive', 'pass', 'inconclusive', 20, 'inconclusive', 'pass', 'inconclusive', 'pass')).toEqual([
      'inconclusive',
      'pass',
      'inconclusive',
      'pass',
    ]);
  });

  test('say nothing new while nothing is new, also at another share', () => {
    expect(told(10, 'pass', 'pass', 20, 'pass', 30, 'pass')).toEqual(['pass']);
  });

  test('tell every turn to fail and back from it', () => {
    expect(told(10, 'pass', 'fail', 'fail', 'pass', 'fail', 'inconclusive')).toEqual(['pass', 'fail', 'pass', 'fail', 'inconclusive']);
    expect(told(10, 'pass', 'inconclusive', 'fail', 'inconclusive', 'pass', 'inconclusive')).toEqual(['pass', 'fail', 'inconclusive', 'pass']);
  });

  test('are bounded by the shares and the fails, whatever the evidence does', () => {
    const kinds = fc.constantFrom<Kind>('pass', 'inconclusive', 'fail');
    fc.assert(
      fc.property(fc.array(fc.oneof(kinds, fc.constantFrom(10, 20, 50)), { maxLength: 80 }), (seen) => {
        const lines = told(...seen);
        const shares = seen.filter((one, index) => typeof one === 'number' && one !== seen.slice(0, index).findLast((other) => typeof other === 'number'));
        const fails = lines.filter((line) => line === 'fail').length;
        expect(lines.length).toBeLessThanOrEqual(2 * (shares.length + 1) + 3 * fails);
        // A fail is never passed over, and what is told last is no fail that is over.
        const verdicts = seen.filter((one) => typeof one === 'string');
        expect(fails > 0).toBe(verdicts.includes('fail'));
        if (verdicts.at(-1) !== 'fail') expect(lines.at(-1)).not.toBe('fail');
      }),
    );
  });
});

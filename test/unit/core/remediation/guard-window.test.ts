// After success: a revision that goes bad in the guard window is replaced by the last successful one before it, without anyone.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decideGuard,
  defaultGuardPolicy,
  GUARD_MINUTES_MAX,
  type GuardedDeployment,
  type GuardMode,
  type GuardObservation,
  type GuardTarget,
  guardEnd,
} from '#core/remediation/guard-window.ts';

const MINUTE = 60_000;
const guarded: GuardedDeployment = { deploymentId: 'd2', taskDefinitionArn: 'orders:2', digest: 'sha256:2', succeededAt: 0, purpose: 'change' };
const target: GuardTarget = { deploymentId: 'd1', taskDefinitionArn: 'orders:1', digest: 'sha256:1', deployable: true };
const well: GuardObservation = {
  verdict: { verdict: 'pass', reasons: ['error rate 0 %'] },
  crashes: undefined,
  runningDeployment: undefined,
  lastSuccess: 'd2',
};
const bad: GuardObservation = { ...well, verdict: { verdict: 'fail', reasons: ['error rate 9.1 % > 1 %'] } };
const decide = (seen: GuardObservation, now = 10 * MINUTE, of: Partial<GuardedDeployment> = {}, to: GuardTarget | undefined = target) =>
  decideGuard({ ...guarded, ...of }, to, defaultGuardPolicy, seen, now);

describe('the guard window', () => {
  test('redeploys the last successful revision, all at once, with cause and evidence', () => {
    expect(decide(bad)).toEqual({
      kind: 'redeploy',
      target,
      strategy: 'allAtOnce',
      cause: 'it went bad 10 minutes after success',
      evidence: ['error rate 9.1 % > 1 %'],
      quarantine: 'sha256:2',
    });
  });

  test('crashes to the limit are a regression too', () => {
    const crashes = { count: 3, limit: 3, lastText: 'app: exit code 1' };
    expect(decide({ ...well, crashes })).toMatchObject({ kind: 'redeploy', evidence: ['error rate 0 %', '3 tasks crashed (limit 3), last: app: exit code 1'] });
    expect(decide({ ...well, crashes: { ...crashes, count: 2 } }).kind).toBe('watch');
  });

  test.each([
    ['all is well', well],
    ['there is not enough evidence', { ...well, verdict: { verdict: 'inconclusive' as const, reasons: ['12 of 100 requests'] } }],
    ['health could not be read', { ...well, verdict: undefined }],
  ])('goes on watching while %s, until its time', (_case, seen) => {
    expect(decide(seen)).toEqual({ kind: 'watch', until: 30 * MINUTE });
    expect(decide(seen, 30 * MINUTE)).toMatchObject({ kind: 'over', why: 'the guard window has passed' });
  });

  test('leaves the service to a newer deployment', () => {
    expect(decide({ ...bad, runningDeployment: 'd3' })).toMatchObject({ kind: 'over', why: expect.stringContaining('d3 is running') });
    expect(decide({ ...bad, lastSuccess: 'd3' })).toMatchObject({ kind: 'over', why: 'deployment d3 succeeded since' });
  });

  test.each([
    ['it was itself the way back', { purpose: 'restore' as const }, target],
    ['nothing was deployed before', {}, undefined],
    ['what was deployed before is the same', { taskDefinitionArn: 'orders:1' }, target],
    ['the image before is gone', {}, { ...target, deployable: false }],
  ])('only alerts when %s', (_case, of, to) => {
    expect(decideGuard({ ...guarded, ...of }, to, defaultGuardPolicy, bad, MINUTE)).toMatchObject({
      kind: 'alert',
      cause: expect.stringContaining('it went bad 1 minutes after success; '),
    });
  });

  test('asks again for a while when the image before could not be looked up, and then tells a person', () => {
    const unknown = { ...target, deployable: undefined };
    expect(decide(bad, 10 * MINUTE, {}, unknown).kind).toBe('watch');
    expect(decide({ ...bad, badSince: 6 * MINUTE }, 10 * MINUTE, {}, unknown).kind).toBe('watch');
    expect(decide({ ...bad, badSince: 5 * MINUTE }, 10 * MINUTE, {}, unknown)).toMatchObject({ kind: 'alert', cause: expect.stringContaining('is not known') });
    expect(decide(bad, 29 * MINUTE, {}, unknown).kind).toBe('alert');
  });

  test('only asks in propose, and does nothing in off', () => {
    expect(decideGuard(guarded, target, { mode: 'propose', minutes: 30 }, bad, MINUTE).kind).toBe('propose');
    expect(decideGuard(guarded, target, { mode: 'off', minutes: 30 }, bad, MINUTE).kind).toBe('over');
  });

  test('never acts on a healthy service, after its time, or twice for a way back; and always ends', () => {
    const observation: fc.Arbitrary<GuardObservation> = fc.record({
      verdict: fc.option(fc.record({ verdict: fc.constantFrom('pass' as const, 'fail' as const, 'inconclusive' as const), reasons: fc.array(fc.string()) }), {
        nil: undefined,
      }),
      crashes: fc.option(fc.record({ count: fc.nat(5), limit: fc.integer({ min: 1, max: 5 }), lastText: fc.string() }), { nil: undefined }),
      runningDeployment: fc.constantFrom(undefined, 'd2', 'd3'),
      lastSuccess: fc.constantFrom(undefined, 'd2', 'd3'),
    });
    const policy = fc.record({ mode: fc.constantFrom<GuardMode>('auto', 'propose', 'off'), minutes: fc.integer({ min: -5, max: 100_000 }) });
    fc.assert(
      fc.property(observation, policy, fc.constantFrom('change' as const, 'restore' as const), fc.nat(200_000 * MINUTE), (seen, given, purpose, now) => {
        const decision = decideGuard({ ...guarded, purpose }, target, given, seen, now);
        const regressed = seen.verdict?.verdict === 'fail' || (seen.crashes !== undefined && seen.crashes.count >= seen.crashes.limit);
        if (decision.kind === 'redeploy' || decision.kind === 'propose') {
          expect(regressed && purpose === 'change' && now < guardEnd(guarded, given)).toBe(true);
          expect(decision.kind).toBe(given.mode === 'auto' ? 'redeploy' : 'propose');
        }
        if (now >= GUARD_MINUTES_MAX * MINUTE) expect(decision.kind).toBe('over');
      }),
    );
  });
});

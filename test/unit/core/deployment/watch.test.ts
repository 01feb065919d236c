// The watch loop's decisions: given a deployment and what was observed, what is recorded and done next.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deployment, DeploymentEvent, Plan } from '#core/deployment/deployment.ts';
import { evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import type { ShiftObservation } from '#core/deployment/shift-observation.ts';
import { decideWatch, ROUNDS_PER_RUN_MAX, trafficShare, UNREAD_LIMIT_MINUTES, type WatchObservation } from '#core/deployment/watch.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import type { HealthVerdict } from '#core/health/health.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 23, 9);
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: T0, source: 'push' as const };
const plan: Plan = {
  settings: {
    manifestVersion: 1,
    strategy: { kind: 'canary', percent: 10, intervalMinutes: 5 },
    bakeTimeMinutes: 5,
    health: { comparison: COMPARISON_DEFAULTS, healthyHosts: { minimumPercent: 50 }, alarms: [], windowMinutes: 5, settleSeconds: 60 },
    crashThreshold: { type: 'BOUNDED_PERCENT', value: 50 },
    onInconclusive: 'hold',
    waitForSlotMinutes: 60,
    quarantineHours: 24,
  },
  blue: { taskSetId: 'ecs-svc/1', taskDefinitionArn: 'orders:1', targetGroupArn: 'tg-blue', digest: 'sha256:blue' },
  greenTargetGroupArn: 'tg-green',
  productionListenerArn: 'listener',
  launch: { loadBalancerContainer: 'app', loadBalancerPort: 8080 },
  desiredCount: 2,
  containerName: 'app',
  configurationName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  warnings: [],
};

/** A deployment whose shift began at T0, after further events at the same moment. */
function shifting(...events: DeploymentEvent[]): Deployment {
  const started: DeploymentEvent[] = [
    { type: 'Started', fence: 1, run: 1 },
    { type: 'Planned', plan },
    { type: 'TaskDefinitionRegistered', taskDefinitionArn: 'orders:2', adopted: false },
    { type: 'TrafficShiftStarted', driverDeploymentId: 'd-1', adopted: false },
  ];
  return evolveAll(requestDeployment('d', 'prod/orders', request, T0), [...started, ...events], T0);
}

const running: ShiftObservation = { status: 'running', phase: 'AllowTraffic', waitsBeforeBlueEnds: false, failure: undefined, rollback: undefined };
const verdict = (kind: HealthVerdict['verdict'], alarms: string[] = []): HealthVerdict => ({
  verdict: kind,
  reasons: ['numbers'],
  alarms,
  lacksOnlyProof: false,
  at: T0,
});
const looks = (over: Partial<WatchObservation> = {}): WatchObservation => ({
  shift: running,
  weights: { 'tg-blue': 90, 'tg-green': 10 },
  blueHealthyTargets: 2,
  verdict: verdict('inconclusive'),
  evidence: undefined,
  crashes: { count: 0, lastReason: '' },
  ...over,
});
const full: DeploymentEvent = { type: 'ShiftObserved', phase: 'Termination wait', greenPercent: 100 };
const waiting: ShiftObservation = { ...running, phase: 'Termination wait', waitsBeforeBlueEnds: true };
const causeOf = (events: readonly DeploymentEvent[]) => events.find((event) => event.type === 'RollbackStarted');

describe('while traffic shifts', () => {
  test('thin evidence keeps watching', () => {
    expect(decideWatch(shifting(), looks(), T0 + MINUTE).next).toEqual({ kind: 'watch', waitSeconds: 30 });
  });

  test.each([
    ['a failed verdict', { verdict: verdict('fail') }, 'health'],
    ['an alarm', { verdict: verdict('fail', ['orders-5xx']) }, 'alarm'],
    ['as many crashes as ECS would allow', { crashes: { count: 3, lastReason: 'exit code 1' } }, 'crashes'],
    ['a driver that failed', { shift: { ...running, status: 'failed' as const, failure: 'TIMEOUT: Install' } }, 'driver'],
    ['a driver somebody stopped', { shift: { ...running, status: 'stopped' as const } }, 'driver'],
  ])('%s rolls back', (_what, over, kind) => {
    const { events, next } = decideWatch(shifting(), looks(over), T0 + MINUTE);
    expect(next).toEqual({ kind: 'rollBack' });
    expect(causeOf(events)).toMatchObject({ mode: 'toBlue', cause: { kind } });
  });

  test('one crash fewer than the limit does not', () => {
    expect(decideWatch(shifting(), looks({ crashes: { count: 2, lastReason: 'exit code 1' } }), T0).next.kind).toBe('watch');
  });

  test('crashes say what they were put down to and what to do, in the cause and in the outcome', () => {
    const remedy = 'Read the log.';
    const seen = { lastAt: T0, lastText: 'app: exit code 1', lastTaskId: 't3', container: 'app', remedy };
    const crashes = { count: 3, lastReason: 'app: exit code 1', causes: [{ code: 'exitError' as const, count: 3, ...seen }] };
    const log = { taskId: 't3', container: 'app', group: '/ecs/orders', stream: 'orders/app/t3', lines: ['no DATABASE_URL'] };
    const { events } = decideWatch(shifting(), looks({ crashes, crashLog: log, weights: { 'tg-blue': 100, 'tg-green': 0 } }), T0 + MINUTE);
    expect(causeOf(events)).toMatchObject({ cause: { kind: 'crashes', threshold: 3, causes: [{ code: 'exitError', count: 3, remedy }] } });
    const goingBack = evolveAll(shifting(), events, T0 + MINUTE);
    expect(goingBack.crashLog).toEqual(log);
    const stopped = looks({ shift: { ...running, status: 'stopped' }, weights: { 'tg-blue': 100, 'tg-green': 0 }, crashLog: { ...log, lines: ['later'] } });
    const ended = evolveAll(goingBack, decideWatch(goingBack, stopped, T0 + 3 * MINUTE).events, T0 + 3 * MINUTE);
    expect(ended).toMatchObject({ status: 'Failed', crashLog: log });
    expect(ended.outcome?.reason).toBe(
      `3 green task(s) crashed (limit 3) because an essential container ended with an error; last: app: exit code 1; green never got production traffic. ${remedy}`,
    );
  });

  test('a failed hook, an abort and a newer push roll back, each with its cause', () => {
    const hook = shifting(
      { type: 'HookReceived', hook: 'AfterInstall', executionId: 'e', driverDeploymentId: 'd-1', nextTryAt: T0 },
      { type: 'HookAnswered', hook: 'AfterInstall', answer: 'Failed', reason: 'no' },
    );
    expect(causeOf(decideWatch(hook, looks(), T0).events)).toMatchObject({ cause: { kind: 'hook', hook: 'AfterInstall' } });
    const abort = shifting({ type: 'AbortRequested', by: 'ann', reason: 'errors' });
    expect(causeOf(decideWatch(abort, looks(), T0).events)).toMatchObject({ cause: { kind: 'operator', by: 'ann' } });
    const superseded = shifting({ type: 'SupersedeRequested', by: 'other' });
    expect(causeOf(decideWatch(superseded, looks(), T0).events)).toMatchObject({ cause: { kind: 'superseded', by: 'other' } });
  });

  test('a newer push waits once all traffic is on green', () => {
    const superseded = shifting(full, { type: 'SupersedeRequested', by: 'other' });
    expect(decideWatch(superseded, looks({ shift: waiting, weights: { 'tg-green': 100 } }), T0).next.kind).toBe('watch');
  });

  test('a blue without a healthy target is never gone back to: everything stops where it stands', () => {
    const { events } = decideWatch(shifting(), looks({ verdict: verdict('fail'), blueHealthyTargets: 0 }), T0);
    expect(causeOf(events)).toMatchObject({ mode: 'freeze' });
  });

  test('an undecided hook is checked again when its time has come, also while the driver cannot be read', () => {
    const open = shifting({ type: 'HookReceived', hook: 'AfterInstall', executionId: 'e', driverDeploymentId: 'd-1', nextTryAt: T0 + 10_000 });
    expect(decideWatch(open, looks(), T0 + 5_000)).toMatchObject({ actions: [], next: { kind: 'watch', waitSeconds: 5 } });
    expect(decideWatch(open, looks(), T0 + 10_000).actions).toMatchObject([{ kind: 'checkHook', hook: 'AfterInstall' }]);
    expect(decideWatch(open, looks({ shift: undefined }), T0 + 10_000).actions).toMatchObject([{ kind: 'checkHook' }]);
  });

  test('a driver that cannot be read for long enough is taken for out of control', () => {
    const unread = looks({ shift: undefined });
    expect(decideWatch(shifting(), unread, T0 + UNREAD_LIMIT_MINUTES * MINUTE - 1).next.kind).toBe('watch');
    expect(decideWatch(shifting(), unread, T0 + UNREAD_LIMIT_MINUTES * MINUTE).next.kind).toBe('rollBack');
  });

  test('a run hands over before its history is full', () => {
    expect(decideWatch({ ...shifting(), rounds: ROUNDS_PER_RUN_MAX - 1 }, looks(), T0).next).toEqual({ kind: 'handOver' });
  });
});

describe('during the bake', () => {
  const baking = looks({ shift: waiting, weights: { 'tg-blue': 0, 'tg-green': 100 } });

  test('blue is let go only at its end and only on good evidence', () => {
    const good = { ...baking, verdict: verdict('pass') };
    expect(decideWatch(shifting(full), good, T0 + 5 * MINUTE - 1).actions).toEqual([]);
    expect(decideWatch(shifting(full), good, T0 + 5 * MINUTE).actions).toEqual([{ kind: 'releaseBlue' }]);
  });

  test.each([['inconclusive' as const], [undefined]])('a verdict of %s at its end holds blue', (kind) => {
    const thin = { ...baking, verdict: kind === undefined ? undefined : verdict(kind) };
    const decision = decideWatch(shifting(full), thin, T0 + 60 * MINUTE);
    expect(decision.actions.map((action) => action.kind)).toEqual(['askPerson']);
    expect(decision.next.kind).toBe('watch');
  });

  test('or goes back, where the manifest says so', () => {
    const strict = shifting({ type: 'Planned', plan: { ...plan, settings: { ...plan.settings, onInconclusive: 'rollBack' } } }, full);
    expect(causeOf(decideWatch(strict, baking, T0 + 5 * MINUTE).events)).toMatchObject({ cause: { kind: 'inconclusive' } });
  });

  const lenient = (...events: DeploymentEvent[]) =>
    shifting({ type: 'Planned', plan: { ...plan, settings: { ...plan.settings, onInconclusive: 'promote' } } }, full, ...events);

  test('or lets green stay, where the manifest says so and only proof is missing', () => {
    const unproven = { ...baking, verdict: { ...verdict('inconclusive'), lacksOnlyProof: true } };
    expect(decideWatch(lenient(), unproven, T0 + 5 * MINUTE).actions).toEqual([{ kind: 'releaseBlue' }]);
    expect(decideWatch(lenient(), baking, T0 + 5 * MINUTE).actions).toEqual([]);
    expect(decideWatch(shifting(full), unproven, T0 + 5 * MINUTE).actions).toEqual([]);
  });

  test('a person is asked once, a little after its end, and told until it worked', () => {
    const [soon, late] = [T0 + 8 * MINUTE - 1, T0 + 8 * MINUTE];
    expect(decideWatch(shifting(full), baking, soon).actions).toEqual([]);
    const asked = decideWatch(shifting(full), baking, late);
    expect(asked.events).toContainEqual(expect.objectContaining({ type: 'PersonAsked', question: expect.stringContaining('numbers') }));
    const again = decideWatch(shifting(full, ...asked.events), baking, late);
    expect(again.events.map((event) => event.type)).not.toContain('PersonAsked');
    expect(again.actions).toEqual([expect.objectContaining({ kind: 'askPerson' })]);
    expect(decideWatch(shifting(full, ...asked.events, { type: 'PersonTold' }), baking, late).actions).toEqual([]);
  });

  test('a person may let green stay, before its end and without proof, but not against evidence', () => {
    const promoted = shifting(full, { type: 'PromoteRequested', by: 'ann', reason: 'looked at it' });
    expect(decideWatch(promoted, baking, T0 + MINUTE).actions).toEqual([{ kind: 'releaseBlue' }]);
    expect(decideWatch(promoted, { ...baking, verdict: verdict('fail') }, T0 + MINUTE).next.kind).toBe('rollBack');
    const early = shifting({ type: 'PromoteRequested', by: 'ann', reason: 'looked at it' });
    expect(decideWatch(early, looks(), T0 + MINUTE).actions).toEqual([]);
  });

  test('the next look is exactly at its end', () => {
    expect(decideWatch(shifting(full), baking, T0 + 5 * MINUTE - 12_000).next).toEqual({ kind: 'watch', waitSeconds: 12 });
  });
});

describe('success', () => {
  const succeeded = { ...running, status: 'succeeded' as const };

  test('is what the listener says, not what CodeDeploy says', () => {
    const done = decideWatch(shifting(full), looks({ shift: succeeded, weights: { 'tg-blue': 0, 'tg-green': 100 } }), T0);
    expect(done.events).toContainEqual({ type: 'Concluded', status: 'Succeeded', reason: 'green serves all production traffic' });
    const edited = decideWatch(shifting(full), looks({ shift: succeeded, weights: { 'tg-blue': 50, 'tg-green': 50 } }), T0);
    expect(edited.events).toContainEqual(expect.objectContaining({ type: 'Concluded', status: 'Held' }));
  });

  test('is not concluded while the listener cannot be read', () => {
    expect(decideWatch(shifting(full), looks({ shift: succeeded, weights: undefined }), T0).next.kind).toBe('watch');
  });
});

describe('while rolling back', () => {
  const rolling = (...events: DeploymentEvent[]) =>
    shifting(...events, { type: 'RollbackStarted', cause: { kind: 'health', reasons: ['numbers'] }, mode: 'toBlue' });
  const back = { 'tg-blue': 100, 'tg-green': 0 };
  const exposed: DeploymentEvent = { type: 'ShiftObserved', phase: 'AllowTraffic', greenPercent: 10 };
  const withRollback = (status: 'running' | 'succeeded' | 'failed'): ShiftObservation => ({ ...running, status: 'stopped', rollback: { id: 'd-2', status } });

  test('it ends when the listener is all on blue and the driver is at rest', () => {
    const { events } = decideWatch(rolling(exposed), looks({ shift: withRollback('succeeded'), weights: back }), T0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'Concluded', status: 'RolledBack' }));
  });

  test('a green that never got traffic counts as failed, not as rolled back', () => {
    const { events } = decideWatch(rolling(), looks({ shift: withRollback('succeeded'), weights: back }), T0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'Concluded', status: 'Failed' }));
  });

  test('it goes on while CodeDeploy is at work, and asks again when nothing is', () => {
    expect(decideWatch(rolling(exposed), looks({ shift: withRollback('running'), weights: back }), T0).next.kind).toBe('watch');
    expect(decideWatch(rolling(exposed), looks({ shift: running }), T0).next.kind).toBe('rollBack');
  });

  test('a rollback that fails, or cannot be seen to end, is held for a person', () => {
    const failed = decideWatch(rolling(exposed), looks({ shift: withRollback('failed') }), T0);
    expect(failed.events).toContainEqual(expect.objectContaining({ type: 'Concluded', status: 'Held' }));
    const blind = decideWatch(rolling(exposed), looks({ shift: undefined, weights: undefined }), T0 + 91 * MINUTE);
    expect(blind.events).toContainEqual(expect.objectContaining({ type: 'Concluded', status: 'Held' }));
  });
});

describe('laws', () => {
  const anyObservation = fc.record({
    shift: fc.option(
      fc.record({
        status: fc.constantFrom('running' as const, 'ready' as const, 'succeeded' as const, 'failed' as const, 'stopped' as const),
        phase: fc.constantFrom('Install', 'AllowTraffic', 'Termination wait'),
        waitsBeforeBlueEnds: fc.boolean(),
        failure: fc.constant(undefined),
        rollback: fc.constant(undefined),
      }),
      { nil: undefined },
    ),
    weights: fc.option(
      fc.integer({ min: 0, max: 100 }).map((green) => ({ 'tg-blue': 100 - green, 'tg-green': green })),
      { nil: undefined },
    ),
    blueHealthyTargets: fc.option(fc.nat(4), { nil: undefined }),
    verdict: fc.option(
      fc.constantFrom('pass' as const, 'fail' as const, 'inconclusive' as const).map((kind) => verdict(kind)),
      { nil: undefined },
    ),
    evidence: fc.constant(undefined),
    crashes: fc.record({ count: fc.nat(5), lastReason: fc.constant('exit code 1') }),
  });

  test('only good evidence promotes: blue is never let go, nor success concluded, without it', () => {
    fc.assert(
      fc.property(anyObservation, fc.nat(30 * MINUTE), (observed, after) => {
        const { events, actions } = decideWatch(shifting(full), observed, T0 + after);
        if (actions.some((action) => action.kind === 'releaseBlue')) expect(observed.verdict?.verdict).toBe('pass');
        if (events.some((event) => event.type === 'Concluded' && event.status === 'Succeeded')) expect(observed.weights?.['tg-green']).toBe(100);
      }),
    );
  });

  test('shares of the listener are percentages of one whole', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (blue, green) => {
        fc.pre(blue + green > 0);
        const weights = { 'tg-blue': blue, 'tg-green': green };
        expect((trafficShare(weights, 'tg-blue') ?? 0) + (trafficShare(weights, 'tg-green') ?? 0)).toBeCloseTo(100);
      }),
    );
  });
});

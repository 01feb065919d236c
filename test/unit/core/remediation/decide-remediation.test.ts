// From a runbook's finding to what is done: the owner's mode, then the budget. The budget's laws hold for any events in any order, on
// clocks that jump both ways.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTION_LEASE_MILLISECONDS, type ActionLog, emptyActionLog, endAction, reserveForAccount, reserveForService } from '#core/remediation/budget.ts';
import { decideRemediation, type RemediationBudget, type Situation } from '#core/remediation/decide-remediation.ts';
import { defaultRemediationPolicy, type RemediationPolicy, type RunbookMode, runbookNames } from '#core/remediation/policy.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const free: RemediationBudget = { actionId: 'x', service: emptyActionLog, account: emptyActionLog, runningDeployment: undefined, breakerForbids: undefined };
const loop: Situation = {
  kind: 'crashLoop',
  serving: { taskDefinitionArn: 'orders:9', digest: 'sha256:9' },
  crashes: 5,
  cause: 'exitError',
  lastText: 'app: exit code 1',
  successes: [{ deploymentId: 'd7', taskDefinitionArn: 'orders:7', digest: 'sha256:7', healthy: true }],
};
const finding: Situation = { kind: 'scanFinding', repository: 'r', digest: 'd', servingDigest: 'd', counts: { CRITICAL: 1 }, blocked: false };
const policy: RemediationPolicy = { ...defaultRemediationPolicy, scanFinding: { mode: 'auto', severity: 'HIGH', onFinding: 'blockPromotion' } };
const inMode = (mode: RunbookMode): RemediationPolicy => ({ ...policy, crashLoop: { ...policy.crashLoop, mode } });

describe('what is done about a situation', () => {
  test('in auto: the action, with its places in the budget', () => {
    const decision = decideRemediation(loop, policy, free, 1_000);
    expect(decision).toMatchObject({ kind: 'act', runbook: 'crashLoop', action: { kind: 'redeployRevision' } });
    expect(decision.kind === 'act' && [decision.service.actions, decision.account.actions]).toEqual([[{ id: 'x', at: 1_000 }], [{ id: 'x', at: 1_000 }]]);
  });

  test('in propose: the same action for a person to approve; in off: nothing', () => {
    expect(decideRemediation(loop, inMode('propose'), free, 0)).toMatchObject({ kind: 'propose', action: { kind: 'redeployRevision' } });
    expect(decideRemediation(loop, inMode('propose'), free, 0)).not.toHaveProperty('held');
    expect(decideRemediation(loop, inMode('off'), free, 0)).toEqual({
      kind: 'nothing',
      runbook: 'crashLoop',
      why: 'the runbook crashLoop is off in the manifest',
    });
  });

  test.each([
    ['a deployment is running', { runningDeployment: 'd9' }, 'deployment d9 is running on the service'],
    ['the breaker forbids it', { breakerForbids: 'the circuit breaker is open' }, 'the circuit breaker is open'],
    ['another action goes on', { service: { schema: 1 as const, actions: [{ id: 'y', at: 0 }] } }, 'automatic action y on this service has not ended'],
    [
      'the service has had three this hour',
      { service: { schema: 1 as const, actions: ['a', 'b', 'c'].map((id) => ({ id, at: 0, endedAt: 1 })) } },
      '3 of 3 automatic actions per hour on this service are used up',
    ],
    [
      'the account has had twenty this hour',
      { account: { schema: 1 as const, actions: Array.from({ length: 20 }, (_, id) => ({ id: `a${id}`, at: 0 })) } },
      '20 of 20 automatic actions per hour on this account are used up',
    ],
  ])('is only proposed when %s', (_case, more, held) => {
    expect(decideRemediation(loop, policy, { ...free, ...more }, 10)).toMatchObject({ kind: 'propose', action: { kind: 'redeployRevision' }, held });
  });

  test('what only writes a record waits for nothing but counts', () => {
    const busy: RemediationBudget = { ...free, runningDeployment: 'd9', breakerForbids: 'open', service: { schema: 1, actions: [{ id: 'y', at: 0 }] } };
    const decision = decideRemediation(finding, policy, busy, 10);
    expect(decision).toMatchObject({ kind: 'act', action: { kind: 'blockPromotion' } });
    expect(decision.kind === 'act' && decision.service.actions).toHaveLength(2);
  });

  test('decided again after it was reserved: the same action, although its own deployment runs by now; after it ended: nothing', () => {
    const first = decideRemediation(loop, policy, free, 0);
    if (first.kind !== 'act') throw new Error('expected an action');
    const after = { ...free, service: first.service, account: first.account, runningDeployment: 'the deployment it started' };
    expect(decideRemediation(loop, policy, after, 5)).toEqual(first);
    expect(decideRemediation(loop, policy, { ...after, service: endAction(first.service, 'x', 6) }, 7)).toMatchObject({
      kind: 'nothing',
      why: 'automatic action x was taken already',
    });
  });

  test('the way back from on-demand capacity is taken although the runbook was turned off meanwhile', () => {
    const strategy = [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }];
    const situation: Situation = {
      kind: 'capacity',
      trigger: 'interruption',
      events: 0,
      strategy: [],
      deploymentController: 'ECS',
      runningTasks: 1,
      desiredTasks: 1,
      shifted: { previous: strategy, until: HOUR },
      recentShifts: 0,
    };
    const off = { ...policy, capacity: { ...policy.capacity, mode: 'off' as const } };
    expect(decideRemediation(situation, off, free, HOUR)).toMatchObject({ kind: 'act', action: { kind: 'restoreCapacity', strategy } });
    expect(decideRemediation({ ...situation, shifted: undefined, events: 9 }, off, free, HOUR).kind).toBe('nothing');
  });
});

describe('a place in the budget', () => {
  test('is free again an hour after the action, and after its lease even if nobody ended it', () => {
    const budget = { perServicePerHour: 1, perAccountPerHour: 1 };
    const log: ActionLog = { schema: 1, actions: [{ id: 'a', at: 0, endedAt: MINUTE }] };
    expect(reserveForService(log, budget, 'b', false, HOUR - 1)).toMatchObject({ kind: 'refused', until: HOUR });
    expect(reserveForService(log, budget, 'b', false, HOUR)).toMatchObject({ kind: 'reserved', log: { actions: [{ id: 'b', at: HOUR }] } });
    const lost: ActionLog = { schema: 1, actions: [{ id: 'a', at: 0 }] };
    expect(reserveForService(lost, budget, 'b', false, ACTION_LEASE_MILLISECONDS - 1)).toMatchObject({ kind: 'refused', until: ACTION_LEASE_MILLISECONDS });
    expect(reserveForService(lost, budget, 'b', false, ACTION_LEASE_MILLISECONDS).kind).toBe('reserved');
  });

  test('is not forgotten while its action goes on, however many hours that takes', () => {
    const first = reserveForService(emptyActionLog, defaultRemediationPolicy.budget, 'long', false, 0);
    if (first.kind !== 'reserved') throw new Error('expected a place');
    const noted = reserveForService(first.log, defaultRemediationPolicy.budget, 'note', true, 2 * HOUR);
    expect(noted).toMatchObject({ kind: 'reserved', log: { actions: [{ id: 'long' }, { id: 'note', recordOnly: true }] } });
    if (noted.kind !== 'reserved') throw new Error('expected a place');
    expect(reserveForService(noted.log, defaultRemediationPolicy.budget, 'next', false, 2 * HOUR)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('long'),
    });
  });

  test('is not given out twice by a clock that goes back', () => {
    const budget = { perServicePerHour: 2, perAccountPerHour: 2 };
    const log: ActionLog = { schema: 1, actions: [100, 101].map((at) => ({ id: `a${at}`, at: at * MINUTE, endedAt: at * MINUTE })) };
    const later = reserveForAccount(log, budget, 'b', 200 * MINUTE);
    if (later.kind !== 'reserved') throw new Error('expected a place');
    // The two of before are no longer on record; at 102 they would still count.
    expect(reserveForAccount(later.log, budget, 'c', 102 * MINUTE)).toMatchObject({
      kind: 'reserved',
      log: { actions: [{ id: 'b' }, { id: 'c', at: 200 * MINUTE }] },
    });
  });

  test('is never there with a budget of none', () => {
    expect(reserveForAccount(emptyActionLog, { perServicePerHour: 0, perAccountPerHour: 0 }, 'a', 0)).toEqual({
      kind: 'refused',
      reason: '0 of 0 automatic actions per hour on this account are used up',
    });
  });
});

describe('laws of the budget', () => {
  const services = ['orders', 'users', 'carts'] as const;
  const step = fc.record({
    service: fc.constantFrom(...services),
    action: fc.integer({ min: 0, max: 15 }),
    what: fc.constantFrom('decide', 'decide', 'decide', 'record', 'end', 'deploy', 'forbid'),
    // Clocks of functions differ: time may also go back.
    minutes: fc.oneof(fc.integer({ min: -20, max: 40 }), fc.integer({ min: -150, max: 150 })),
  });
  const budget = { perServicePerHour: 3, perAccountPerHour: 5 };
  const lawful = { ...policy, budget };
  const most = (times: readonly number[]): number => Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + HOUR).length));

  test('no sequence of events exceeds it, runs two actions at once on a service, or acts against a deployment or the breaker', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let now = 100 * HOUR;
        let account = emptyActionLog;
        const logs = new Map<string, ActionLog>();
        const taken = new Map<string, { service: string; at: number; accountAt: number }>();
        const open = new Map<string, { actionId: string; at: number }>();
        const deploying = new Set<string>();
        const forbidden = new Set<string>();
        for (const { service, action, what, minutes } of steps) {
          now += minutes * MINUTE;
          const log = logs.get(service) ?? emptyActionLog;
          const actionId = `${service}-${what === 'record' ? 'r' : 'a'}${action}`;
          if (what === 'end') {
            logs.set(service, endAction(log, actionId, now));
            if (open.get(service)?.actionId === actionId) open.delete(service);
            account = endAction(account, actionId, now);
          } else if (what === 'deploy') {
            if (!deploying.delete(service)) deploying.add(service);
          } else if (what === 'forbid') {
            if (!forbidden.delete(service)) forbidden.add(service);
          } else {
            const asked: RemediationBudget = {
              actionId,
              service: log,
              account,
              runningDeployment: deploying.has(service) ? 'd' : undefined,
              breakerForbids: forbidden.has(service) ? 'open' : undefined,
            };
            const recordOnly = what === 'record';
            const decision = decideRemediation(recordOnly ? finding : loop, lawful, asked, now);
            if (decision.kind !== 'act') continue;
            const known = log.actions.some((one) => one.id === actionId);
            if (!known) {
              if (!recordOnly) {
                expect([...deploying, ...forbidden]).not.toContain(service);
                const going = open.get(service);
                expect(going === undefined || now - going.at >= ACTION_LEASE_MILLISECONDS).toBe(true);
              }
              const at = decision.service.actions.find((one) => one.id === actionId)?.at ?? Number.NaN;
              const accountAt = decision.account.actions.find((one) => one.id === actionId)?.at ?? Number.NaN;
              if (!recordOnly) open.set(service, { actionId, at });
              taken.set(`${actionId}@${at}`, { service, at, accountAt });
            }
            logs.set(service, decision.service);
            account = decision.account;
          }
        }
        for (const service of services) expect(most([...taken.values()].filter((one) => one.service === service).map((one) => one.at))).toBeLessThanOrEqual(3);
        for (const log of logs.values()) expect(log.actions.length).toBeLessThanOrEqual(3 * 6 + 3);
        expect(most([...taken.values()].map((one) => one.accountAt))).toBeLessThanOrEqual(5);
      }),
      { numRuns: 400 },
    );
  });

  test('however many services ask at once, the account gives out its number of places', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 6, maxLength: 60 }), (ids) => {
        let account = emptyActionLog;
        let acted = 0;
        for (const actionId of [...ids, ...ids]) {
          const reservation = reserveForAccount(account, budget, actionId, 5);
          if (reservation.kind === 'reserved') acted += 1;
          if (reservation.kind !== 'refused') account = reservation.log;
        }
        expect(acted).toBe(5);
      }),
    );
  });

  test('any mode and budget give a decision of the situation’s runbook with a reason', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(loop, finding),
        fc.constantFrom<RunbookMode>('auto', 'propose', 'off'),
        fc.nat(3),
        fc.nat(3),
        fc.integer(),
        (situation, mode, n, m, now) => {
          const given: RemediationPolicy = {
            ...policy,
            crashLoop: { ...policy.crashLoop, mode },
            scanFinding: { ...policy.scanFinding, mode },
            budget: { perServicePerHour: n, perAccountPerHour: m },
          };
          const decision = decideRemediation(situation, given, free, now);
          expect(runbookNames).toContain(decision.runbook);
          expect(decision.why).not.toBe('');
          if (mode !== 'auto' || n === 0 || m === 0) expect(decision.kind).not.toBe('act');
        },
      ),
    );
  });
});

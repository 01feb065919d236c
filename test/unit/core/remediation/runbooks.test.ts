// What each runbook comes to, before modes and budgets: something to do, something to tell, or nothing.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stopCauses } from '#core/breaker/stop-cause.ts';
import { fargateSizeFor, fargateSizes, isFargateSize } from '#core/remediation/fargate-size.ts';
import { defaultRemediationPolicy as policy } from '#core/remediation/policy.ts';
import { runbookForCause } from '#core/remediation/runbook-for-cause.ts';
import { type CapacitySituation, onDemandStrategy, planCapacity } from '#core/remediation/runbooks/capacity.ts';
import { type CrashLoopSituation, planCrashLoop } from '#core/remediation/runbooks/crash-loop.ts';
import { type ImagePullSituation, planImagePull } from '#core/remediation/runbooks/image-pull.ts';
import { type OutOfMemorySituation, planOutOfMemory } from '#core/remediation/runbooks/out-of-memory.ts';
import { isSpotShortage, planPlacement } from '#core/remediation/runbooks/placement.ts';
import { planScanFinding, type ScanFindingSituation } from '#core/remediation/runbooks/scan-finding.ts';
import { healthCheckDifferences, planTargetHealth, type TargetHealthSituation } from '#core/remediation/runbooks/target-health.ts';

const MINUTE = 60_000;

describe("Fargate's task sizes", () => {
  test.each([
    [512, 256, { cpu: 256, memory: 512 }],
    [513, 256, { cpu: 256, memory: 1_024 }],
    [3_072, 256, { cpu: 512, memory: 3_072 }],
    [2_560, 1_024, { cpu: 1_024, memory: 3_072 }],
    [30_721, 4_096, { cpu: 8_192, memory: 32_768 }],
    [61_441, 8_192, { cpu: 16_384, memory: 65_536 }],
    [122_881, 16_384, undefined],
  ])('%i MiB with at least %i CPU units is %j', (memory, cpu, size) => {
    expect(fargateSizeFor(memory, cpu)).toEqual(size);
  });

  test('for Windows begin at one vCPU and end at four', () => {
    expect(fargateSizeFor(512, 256, true)).toEqual({ cpu: 1_024, memory: 2_048 });
    expect(fargateSizeFor(30_721, 4_096, true)).toBeUndefined();
  });

  test('have the documented number of pairs', () => {
    expect(fargateSizes.map(({ memory }) => [memory.length, memory[0], memory.at(-1)])).toEqual([
      [3, 512, 2_048],
      [4, 1_024, 4_096],
      [7, 2_048, 8_192],
      [13, 4_096, 16_384],
      [23, 8_192, 30_720],
      [12, 16_384, 61_440],
      [12, 32_768, 122_880],
    ]);
  });
});

describe('out of memory', () => {
  const situation: OutOfMemorySituation = {
    kind: 'outOfMemory',
    container: 'app',
    containerMemory: undefined,
    otherContainersMemory: 0,
    task: { cpu: 1_024, memory: 2_048 },
    fargate: true,
    windows: false,
    kills: 3,
    firstAt: 0,
    lastAt: 4 * MINUTE,
  };
  const raised = (more: Partial<OutOfMemorySituation>, percent = 50) =>
    planOutOfMemory({ ...situation, ...more }, { ...policy.outOfMemory, raisePercent: percent });

  test('raises the task by the share, to the next valid size, as a canary', () => {
    expect(raised({})).toMatchObject({
      kind: 'action',
      action: { kind: 'raiseMemory', container: 'app', taskMemory: 3_072, taskCpu: 1_024, strategy: 'canary' },
      why: 'app runs out of memory: task 2048 -> 3072 MiB',
      evidence: ['container app was killed for memory 3 times in 4 minutes', 'memory: no limit of its own, 2048 MiB for the task'],
    });
  });

  test('takes more CPU only where so much memory needs it, and says so', () => {
    expect(raised({ task: { cpu: 256, memory: 2_048 } })).toMatchObject({
      action: { taskMemory: 3_072, taskCpu: 512 },
      why: expect.stringContaining('CPU 256 -> 512, which so much memory needs on Fargate'),
    });
  });

  test("raises a container's own limit, and the task only when its containers no longer fit", () => {
    expect(raised({ containerMemory: 512 })).toMatchObject({ action: { containerMemory: 768, taskMemory: 2_048 } });
    expect(raised({ containerMemory: 1_536, otherContainersMemory: 1_024 })).toMatchObject({ action: { containerMemory: 2_304, taskMemory: 4_096 } });
  });

  test('on EC2 takes any size; without any limit there is nothing to raise', () => {
    expect(raised({ fargate: false, task: { cpu: 0, memory: 1_000 } }, 25)).toMatchObject({ action: { taskMemory: 1_250, taskCpu: 0 } });
    expect(raised({ fargate: false, task: undefined, containerMemory: 100 }, 25)).toMatchObject({ action: { containerMemory: 125, taskMemory: undefined } });
    expect(raised({ fargate: false, task: undefined })).toMatchObject({ kind: 'alert' });
  });

  test("stops at the manifest's bound and at Fargate's largest size", () => {
    expect(raised({ task: { cpu: 1_024, memory: 8_192 } })).toMatchObject({ kind: 'alert', why: 'it would need 12288 MiB and the manifest allows 8192 MiB' });
    expect(raised({ task: { cpu: 16_384, memory: 122_880 } })).toMatchObject({ kind: 'alert', why: 'no Fargate task size has 184320 MiB' });
  });

  test('always gives a valid Fargate size with more memory, by at least the share', () => {
    const sizes = fargateSizes.flatMap(({ cpu, memory }) => memory.map((one) => ({ cpu, memory: one })));
    fc.assert(
      fc.property(fc.constantFrom(...sizes), fc.integer({ min: 0, max: 100 }), (task, percent) => {
        const finding = planOutOfMemory({ ...situation, task }, { mode: 'auto', raisePercent: percent, memoryMaxMiB: 1_000_000 });
        if (finding.kind !== 'action' || finding.action.kind !== 'raiseMemory') return expect(task.memory).toBeGreaterThan(122_880 / 1.51);
        const { taskMemory = 0, taskCpu = 0 } = finding.action;
        expect(isFargateSize({ cpu: taskCpu, memory: taskMemory })).toBe(true);
        expect(taskMemory / task.memory).toBeGreaterThanOrEqual(1.25);
        expect(taskCpu).toBeGreaterThanOrEqual(task.cpu);
      }),
    );
  });
});

describe('a crash loop of the serving revision', () => {
  const revision = (number: number, healthy: boolean | undefined) => ({
    deploymentId: `d${number}`,
    taskDefinitionArn: `orders:${number}`,
    digest: `sha256:${number}`,
    healthy,
  });
  const situation: CrashLoopSituation = {
    kind: 'crashLoop',
    serving: { taskDefinitionArn: 'orders:9', digest: 'sha256:9' },
    crashes: 3,
    cause: 'exitError',
    lastText: 'app: exit code 1',
    successes: [revision(9, true), revision(8, false), revision(7, true)],
  };

  test('goes back to the newest other revision that was healthy', () => {
    expect(planCrashLoop(situation, policy.crashLoop)).toMatchObject({
      kind: 'action',
      action: { kind: 'redeployRevision', taskDefinitionArn: 'orders:7', digest: 'sha256:7', of: 'd7', strategy: 'allAtOnce' },
    });
  });

  test.each([
    ['there is no other', [revision(9, true)], 'no other one was ever deployed'],
    ['none is known to be healthy', [revision(8, undefined)], 'none of the earlier ones is known to be healthy'],
    ['none was ever deployed', [], 'no other one was ever deployed'],
  ])('alerts with cause and remedy when %s', (_case, successes, why) => {
    expect(planCrashLoop({ ...situation, successes }, policy.crashLoop)).toMatchObject({
      kind: 'alert',
      why: expect.stringContaining(why),
      evidence: expect.arrayContaining([expect.stringContaining('ended with an error'), 'last: app: exit code 1', expect.stringMatching(/^remedy: /)]),
    });
  });

  test('alerts when another image would fail too, and waits for the third crash', () => {
    expect(planCrashLoop({ ...situation, cause: 'secretUnreadable' }, policy.crashLoop)).toMatchObject({
      kind: 'alert',
      why: expect.stringContaining('not in the image'),
    });
    expect(planCrashLoop({ ...situation, crashes: 2 }, policy.crashLoop).kind).toBe('nothing');
  });
});

describe('an image that cannot be pulled', () => {
  const situation: ImagePullSituation = {
    kind: 'imagePull',
    container: 'app',
    image: 'registry/team/orders:live',
    cause: 'imageMissing',
    lastText: 'CannotPullContainerError: not found',
    running: [
      { digest: 'sha256:old', tasks: 1, inRegistry: true },
      { digest: 'sha256:now', tasks: 3, inRegistry: true },
    ],
  };

  test('is replaced by the digest most tasks still run', () => {
    expect(planImagePull(situation)).toMatchObject({ kind: 'action', action: { kind: 'pinDigest', container: 'app', digest: 'sha256:now' } });
  });

  test.each([
    [
      'what runs is gone from the registry',
      { running: [{ digest: 'sha256:now', tasks: 3, inRegistry: false }] },
      'cannot be replaced, push their digest again',
    ],
    [
      'nobody knows whether it is still in the registry',
      { running: [{ digest: 'sha256:now', tasks: 3, inRegistry: undefined }] },
      'not known to be in the registry',
    ],
    ['nothing runs', { running: [{ digest: 'sha256:now', tasks: 0, inRegistry: true }] }, 'nothing runs that could be pinned'],
    ['it is not allowed to', { cause: 'imageDenied' as const }, 'pinning a digest would not help'],
    ['it is pinned already', { image: 'registry/team/orders@sha256:now' }, 'pinned already'],
  ])('is only told of when %s', (_case, more, why) => {
    expect(planImagePull({ ...situation, ...more })).toMatchObject({ kind: 'alert', why: expect.stringContaining(why) });
  });
});

describe('Spot capacity that goes away', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', base: 1, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 4 },
  ];
  const situation: CapacitySituation = {
    kind: 'capacity',
    trigger: 'interruption',
    events: 3,
    strategy,
    deploymentController: 'CODE_DEPLOY',
    runningTasks: 2,
    desiredTasks: 5,
    recentShifts: 0,
  };
  const plan = (more: Partial<CapacitySituation>, now = 0) => planCapacity({ ...situation, ...more }, policy.capacity, now);

  test('shifts to on-demand for an hour, through a deployment where CodeDeploy owns the strategy', () => {
    expect(plan({})).toMatchObject({
      action: {
        kind: 'shiftCapacity',
        strategy: [
          { capacityProvider: 'FARGATE', base: 1, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 0 },
        ],
        previous: strategy,
        through: 'deployment',
        until: 60 * MINUTE,
      },
    });
    expect(plan({ deploymentController: 'ECS', trigger: 'shortage', events: 1 })).toMatchObject({ action: { through: 'updateService' } });
  });

  test('goes back when the time is over, and stays longer each time it has to be done again', () => {
    const shifted = { previous: strategy, until: 60 * MINUTE };
    expect(plan({ shifted }, 60 * MINUTE - 1).kind).toBe('nothing');
    expect(plan({ shifted }, 60 * MINUTE)).toMatchObject({ action: { kind: 'restoreCapacity', strategy: strategy } });
    expect(plan({ shifted, trigger: 'shortage' }, 0)).toMatchObject({ kind: 'alert', why: 'capacity is short although tasks are started on demand' });
    expect([1, 4, 5, 1_000].map((recentShifts) => plan({ recentShifts }))).toMatchObject(
      [120, 960, 1_440, 1_440].map((minutes) => ({ action: { until: minutes * MINUTE } })),
    );
  });

  test('is not shifted for one interruption, nor where no task runs on Fargate Spot', () => {
    expect(plan({ events: 2 }).kind).toBe('nothing');
    expect(plan({ strategy: [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }] }).kind).toBe('alert');
    expect(plan({ strategy: [{ capacityProvider: 'my-asg', base: 0, weight: 1 }] }).kind).toBe('alert');
  });

  test('any strategy becomes one that ECS accepts: one base, not all weights zero, each provider once', () => {
    const item = fc.record({ capacityProvider: fc.constantFrom('FARGATE', 'FARGATE_SPOT'), base: fc.nat(10), weight: fc.nat(10) });
    fc.assert(
      fc.property(fc.uniqueArray(item, { selector: (one) => one.capacityProvider, maxLength: 2 }), (given) => {
        const shifted = onDemandStrategy(given);
        expect(shifted.filter((one) => one.weight > 0).map((one) => one.capacityProvider)).toEqual(['FARGATE']);
        expect(shifted.filter((one) => one.base > 0).length).toBeLessThanOrEqual(1);
        expect(new Set(shifted.map((one) => one.capacityProvider)).size).toBe(shifted.length);
      }),
    );
  });
});

describe('tasks that cannot be placed', () => {
  test.each([
    ['RESOURCE:FARGATE', "Fargate's capacity"],
    ['RESOURCE:CPU', 'free CPU on the container instances'],
    ['RESOURCE:MEMORY', 'free memory on the container instances'],
    ['RESOURCE:PORTS', 'free host ports'],
    ['RESOURCE:ENI', 'network interfaces of the container instances'],
    ['AGENT', 'connected container agents'],
    ['Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet', 'free IP addresses'],
    ["You've reached the limit on the number of vCPUs you can run concurrently", 'Fargate vCPU quota'],
    ['words of next year', 'a limit Weir does not know'],
  ])('%s: the alert names %s and a remedy', (reason, limit) => {
    expect(planPlacement({ kind: 'placement', reason, capacityProviders: [], failures: 2 })).toMatchObject({
      kind: 'alert',
      why: expect.stringContaining(limit),
      evidence: [`2 placement failures: ${reason}`, expect.stringMatching(/^remedy: /)],
    });
  });

  test('with the numbers where they could be read', () => {
    const finding = planPlacement({
      kind: 'placement',
      reason: 'RESOURCE:FARGATE',
      capacityProviders: ['FARGATE'],
      quota: { name: 'Fargate On-Demand vCPU resource count', code: 'L-3032A538', used: 6, limit: 6 },
      subnets: [
        { subnetId: 'subnet-a', freeAddresses: 0 },
        { subnetId: 'subnet-b', freeAddresses: 9 },
      ],
      failures: 1,
    });
    expect(finding).toMatchObject({
      evidence: expect.arrayContaining(['quota Fargate On-Demand vCPU resource count (L-3032A538): 6 of 6 in use', 'no free IP address in subnet-a']),
    });
  });

  test('a shortage of Spot is left to the capacity runbook', () => {
    expect(isSpotShortage('RESOURCE:FARGATE', ['arn:aws:ecs:eu-west-1:111122223333:capacity-provider/FARGATE_SPOT'])).toBe(true);
    expect(isSpotShortage('RESOURCE:FARGATE', ['FARGATE'])).toBe(false);
    expect(isSpotShortage('AGENT', ['FARGATE_SPOT'])).toBe(false);
  });
});

describe('targets that are unhealthy while tasks run', () => {
  const check = { protocol: 'HTTP', port: 'traffic-port', path: '/health', matcher: '200', intervalSeconds: 30, timeoutSeconds: 5, unhealthyThreshold: 2 };
  const own = { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'], intervalSeconds: 30, timeoutSeconds: 5, startPeriodSeconds: 30 };
  const container = { name: 'app', ports: [8_080], healthCheck: own };
  const situation: TargetHealthSituation = {
    kind: 'targetHealth',
    targetGroup: 'orders-blue',
    unhealthyTargets: 2,
    runningTasks: 2,
    reasons: [{ code: 'Target.ResponseCodeMismatch', description: 'Health checks failed with these codes: [404]' }],
    check,
    container,
    healthCheckGracePeriodSeconds: 0,
  };

  test.each([
    ['path', { ...check, path: '/healthz' }, container, "asks for /healthz; the container's own health check asks for /health"],
    ['port', { ...check, port: '80' }, container, 'checks port 80; container app listens on 8080'],
    ['protocol', { ...check, protocol: 'HTTPS' }, container, "speaks HTTPS; the container's own health check uses http"],
    ['timeout', { ...check, timeoutSeconds: 2 }, container, "waits 2 s for an answer; the container's own health check allows 5 s"],
    [
      'time to start',
      check,
      { ...container, healthCheck: { ...own, startPeriodSeconds: 120 } },
      'gives up after 60 s (grace period 0 s); the container may take 120 s',
    ],
  ])('the alert names the difference in %s', (_what, given, ofContainer, text) => {
    const finding = planTargetHealth({ ...situation, check: given, container: ofContainer });
    expect(finding).toMatchObject({ kind: 'alert', why: expect.stringContaining('checks otherwise') });
    expect(finding.kind === 'alert' && finding.evidence.some((line) => line.includes(text))).toBe(true);
  });

  test('without a difference the reason of the load balancer is what there is to tell', () => {
    expect(healthCheckDifferences(check, container, 0)).toEqual([]);
    expect(planTargetHealth(situation)).toMatchObject({
      kind: 'alert',
      why: expect.stringContaining('settings agree'),
      evidence: [
        'target group orders-blue',
        'Target.ResponseCodeMismatch: the container answers, with a status the matcher does not allow (Health checks failed with these codes: [404])',
      ],
    });
  });

  test('a query, a grace period that is long enough and a container without a check are no differences', () => {
    expect(healthCheckDifferences({ ...check, path: '/health?deep=1' }, container, 0)).toEqual([]);
    expect(healthCheckDifferences(check, { ...container, healthCheck: { ...own, startPeriodSeconds: 120 } }, 120)).toEqual([]);
    expect(healthCheckDifferences({ ...check, path: '/x' }, { ...container, healthCheck: undefined }, 0)).toEqual([]);
  });

  test('nothing is told while all are healthy or no task runs; any command is read', () => {
    expect(planTargetHealth({ ...situation, unhealthyTargets: 0 }).kind).toBe('nothing');
    expect(planTargetHealth({ ...situation, runningTasks: 0 }).kind).toBe('nothing');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string(), fc.string(), (command, path, port) => {
        const found = healthCheckDifferences({ ...check, path, port }, { ...container, healthCheck: { ...own, command } }, 0);
        expect(found.length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('a scan finding', () => {
  const situation: ScanFindingSituation = {
    kind: 'scanFinding',
    repository: 'team/orders',
    digest: 'sha256:now',
    servingDigest: 'sha256:now',
    counts: { CRITICAL: 1, HIGH: 2, MEDIUM: 9 },
    blocked: false,
  };
  const scan = (more: Partial<ScanFindingSituation>, severity: 'CRITICAL' | 'HIGH' | 'LOW' = 'HIGH', onFinding: 'alert' | 'blockPromotion' = 'alert') =>
    planScanFinding({ ...situation, ...more }, { mode: 'auto', severity, onFinding });

  test('of the serving digest at or above the severity is told', () => {
    expect(scan({})).toMatchObject({ kind: 'alert', why: 'the serving image has findings: 1 CRITICAL, 2 HIGH' });
    expect(scan({ counts: { MEDIUM: 9 } }).kind).toBe('nothing');
    expect(scan({ counts: { MEDIUM: 9 } }, 'LOW').kind).toBe('alert');
    expect(scan({ counts: {} }, 'LOW').kind).toBe('nothing');
    expect(scan({ servingDigest: 'sha256:other' }).kind).toBe('nothing');
  });

  test('blocks the next promotion where the policy says so, once', () => {
    expect(scan({}, 'CRITICAL', 'blockPromotion')).toMatchObject({
      action: { kind: 'blockPromotion', digest: 'sha256:now', reason: 'scan findings: 1 CRITICAL' },
    });
    expect(scan({ blocked: true }, 'CRITICAL', 'blockPromotion').kind).toBe('nothing');
  });
});

test('every cause has a runbook or a reason for none', () => {
  const without = Object.keys(stopCauses).filter((code) => runbookForCause(code as keyof typeof stopCauses) === undefined);
  expect(without).toEqual(['maintenance', 'hostLost', 'infrastructureUnhealthy', 'schedulerStopped', 'userStopped', 'unknown']);
  expect(runbookForCause('spotInterrupted')).toBe('capacity');
});

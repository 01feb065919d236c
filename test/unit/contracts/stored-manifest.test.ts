import { describe, expect, test } from '@jest/globals';
import {
  comparisonRules,
  deploymentSettings,
  driverTarget,
  imagePolicy,
  manifestStrategy,
  parseManifestDocument,
  planTarget,
  readManifest,
} from '#contracts/stored-manifest.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import { changed, goodChanges } from './manifest-samples.ts';

function manifest(change: Record<string, unknown>) {
  return readManifest(changed(change));
}

describe('a stored manifest', () => {
  test('it comes back from the store as it went in', () => {
    for (const change of Object.values(goodChanges)) {
      const stored = manifest(change);
      expect(readManifest(JSON.parse(JSON.stringify(stored)))).toStrictEqual(stored);
    }
  });

  test('the same manifest is read once, and nobody can change what all share', () => {
    const first = manifest({});
    expect(manifest({})).toBe(first);
    expect(() => Object.assign(first.health, { windowMinutes: 1 })).toThrow(TypeError);
    for (let minutes = 1; minutes <= 25; minutes++) expect(manifest({ bakeTimeMinutes: minutes }).bakeTimeMinutes).toBe(minutes);
    expect(manifest({})).not.toBe(first);
    expect(manifest({})).toStrictEqual(first);
  });

  test('what is none is a broken promise and says what is wrong', () => {
    expect(() => readManifest({ version: 1 })).toThrow(/the stored manifest cannot be read: service: is required/);
    expect(() => readManifest(undefined)).toThrow(/cannot be read: manifest: is required/);
  });
});

describe('a manifest that comes as data', () => {
  test('it is a value or a problem that names the first ten faults', () => {
    expect(parseManifestDocument(changed({}))).toMatchObject({ ok: true, value: { bakeTimeMinutes: 5 } });
    expect(parseManifestDocument(changed({ onPush: 'never' }))).toEqual({ ok: false, problem: 'onPush: must be one of queue, supersede, ignore, got "never"' });
    const unknown = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`key${index}`, 1]));
    expect(parseManifestDocument(changed(unknown))).toEqual({ ok: false, problem: expect.stringMatching(/; and 4 more$/) });
  });
});

describe('a manifest that would not fit its record', () => {
  test('it is refused as a whole', () => {
    const smokeChecks = Array.from({ length: 10 }, (_, index) => ({
      name: `check ${index}`,
      method: 'POST',
      path: '/',
      body: 'x'.repeat(16_000),
      attempts: 1,
    }));
    expect(parseManifestDocument(changed({ smokeChecks }))).toEqual({ ok: false, problem: expect.stringMatching(/^manifest: must have at most 131072 bytes/) });
  });
});

describe('what a manifest means', () => {
  test.each([
    [{}, { kind: 'canary', percent: 10, intervalMinutes: 5 }],
    [{ strategy: { canary: { percent: 25 } } }, { kind: 'canary', percent: 25, intervalMinutes: 5 }],
    [{ strategy: { linear: {} } }, { kind: 'linear', percent: 10, intervalMinutes: 3 }],
    [{ strategy: { allAtOnce: {} } }, { kind: 'allAtOnce' }],
    [{ strategy: { codedeployConfiguration: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' } }, { kind: 'linear', percent: 10, intervalMinutes: 1 }],
    [{ strategy: { codedeployConfiguration: 'CodeDeployDefault.ECSAllAtOnce' } }, { kind: 'allAtOnce' }],
  ])('the strategy of %j', (change, strategy) => {
    expect(manifestStrategy(manifest(change))).toEqual(strategy);
  });

  test.each([
    [{}, { kind: 'glob', globs: ['*'] }],
    [{ tags: { exact: ['a'] } }, { kind: 'exact', tags: ['a'] }],
    [{ tags: { glob: ['a*'] } }, { kind: 'glob', globs: ['a*'] }],
    [{ tags: { semver: '^1' } }, { kind: 'semver', range: '^1' }],
    [{ tags: { regex: 'v[0-9]+' } }, { kind: 'regex', regex: 'v[0-9]+' }],
  ])('the image policy of %j', (image, rule) => {
    const policy = imagePolicy(manifest({ image: { repository: 'team/orders', ignore: ['*-dev'], ...image } }));
    expect(policy).toEqual({ rule, ignore: ['*-dev'], acceptUntagged: false });
  });

  test('the settings fixed for a deployment', () => {
    const settings = deploymentSettings(
      manifest({ health: { crashes: { thresholdType: 'COUNT', value: 4 }, latency: { percentile: 95, maxMilliseconds: 300 } } }),
      7,
    );
    expect(settings).toEqual({
      manifestVersion: 7,
      strategy: { kind: 'canary', percent: 10, intervalMinutes: 5 },
      bakeTimeMinutes: 5,
      health: {
        comparison: { ...COMPARISON_DEFAULTS, plannedMinutes: 10 },
        latency: { percentile: 95, maxMilliseconds: 300, minimumRequests: 100 },
        healthyHosts: { minimumPercent: 50 },
        alarms: [],
        windowMinutes: 5,
        settleSeconds: 60,
      },
      crashThreshold: { type: 'COUNT', value: 4 },
      resetOnHealthy: false,
      crashLogLines: 10,
      onInconclusive: 'hold',
      waitForSlotMinutes: 60,
      quarantineHours: 24,
    });
    const bare = deploymentSettings(manifest({}), 1).health;
    expect('latency' in bare || 'errorRate' in bare).toBe(false);
  });

  test('the comparison in shares, as the manifest has it in percent', () => {
    const compare = {
      falseRollbackPercent: 5,
      budget: { errors: 70, latency: 10, crashes: 10, slo: 10 },
      latencyTolerance: false,
      acceptedHarmPercent: 1,
      stickySessions: true,
      observe: true,
    };
    expect(comparisonRules(manifest({ health: { compare, slo: { maxErrorPercent: 2 } }, strategy: { allAtOnce: {} }, bakeTimeMinutes: 0 }))).toEqual({
      falseRollback: 0.05,
      spend: { errors: 0.7, latency: 0.1, crashes: 0.1, slo: 0.1 },
      errors: { tolerance: 1.25, ignoredDifference: 1e-5 },
      sloErrorRate: 0.02,
      advance: { falseAdvance: 0.05, acceptedHarm: 0.01 },
      sticky: true,
      observe: true,
      plannedMinutes: 1,
    });
  });

  test('what planning compares with AWS', () => {
    expect(planTarget(manifest({ preflight: { maxScanSeverity: 'HIGH' } }))).toEqual({
      cluster: 'prod',
      service: 'orders',
      container: undefined,
      driver: 'codedeploy',
      onWeightsChanged: 'hold',
      onOutsideDeployment: 'yield',
      maxScanSeverity: 'HIGH',
      requireScan: false,
    });
  });

  test('where the driver finds its configuration', () => {
    expect(driverTarget(manifest({}))).toEqual({ kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' });
    expect(driverTarget(manifest({ driver: { kind: 'ecs' } }))).toEqual({ kind: 'ecs', cluster: 'prod', service: 'orders' });
  });
});

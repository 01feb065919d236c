import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { MANIFEST_BYTES_MAX, MANIFEST_PROBLEMS_MAX, parseManifest } from '#contracts/parse-manifest.ts';
import { defaultRemediationPolicy } from '#core/remediation/policy.ts';
import { badChanges, changed, goodChanges, minimal, parserOnlyChanges } from './manifest-samples.ts';

const minimalText = stringify(minimal);
const minimalLines = minimalText.split('\n').length - 1;

function problemsOf(text: string): readonly string[] {
  const parsed = parseManifest(text, 'weir.yaml');
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.text);
}

/** Problems of lines added to the minimal manifest, with line 1 the first of them. */
function problemsOfMore(text: string): readonly string[] {
  return problemsOf(`${minimalText}${text}`).map((problem) => problem.replace(/^weir\.yaml:(\d+)/, (_, line) => `${Number(line) - minimalLines}`));
}

describe('a good manifest', () => {
  test.each(Object.entries(goodChanges))('%s', (_, change) => {
    const parsed = parseManifest(stringify(changed(change)), 'weir.yaml');
    expect(parsed).toMatchObject({ ok: true });
  });

  test('the smallest one gets every default', () => {
    expect(parseManifest(minimalText, 'weir.yaml')).toEqual({
      ok: true,
      manifest: {
        ...minimal,
        driver: { ...minimal.driver, onWeightsChanged: 'hold', onOutsideDeployment: 'yield' },
        image: { repository: 'team/orders', tags: { glob: ['*'] }, ignore: [], acceptUntagged: false },
        strategy: { canary: { percent: 10, intervalMinutes: 5 } },
        bakeTimeMinutes: 5,
        onPush: 'queue',
        health: {
          compare: {
            falseRollbackPercent: 1,
            budget: { errors: 50, latency: 20, crashes: 25, slo: 5 },
            errorTolerance: 1.25,
            ignoredDifferencePercent: 0.001,
            latencyTolerance: 1.2,
            acceptedHarmPercent: 0.2,
            falsePromotionPercent: 5,
            stickySessions: false,
            observe: false,
          },
          healthyHosts: { minimumPercent: 50 },
          crashes: { thresholdType: 'BOUNDED_PERCENT', value: 50, resetOnHealthy: false, logLines: 10 },
          alarms: [],
          windowMinutes: 5,
          settleSeconds: 60,
          onInconclusive: 'hold',
        },
        hooks: {},
        smokeChecks: [],
        preflight: { maxScanSeverity: 'CRITICAL', requireScan: false },
        breaker: { enabled: true, failuresToOpen: 3, coolDownMinutes: 30, coolDownMaxMinutes: 1_440 },
        guard: { mode: 'auto', minutes: 30 },
        remediation: defaultRemediationPolicy,
        waitForSlotMinutes: 60,
        freeze: { timeZone: 'UTC', windows: [] },
        frozen: false,
        notifications: {},
        quarantineHours: 24,
      },
    });
  });

  test('a smoke check gets its defaults, one status becomes a list of one', () => {
    const parsed = parseManifest(`${minimalText}smokeChecks: [{ name: health, path: /health, expect: { status: 204 } }]`, 'weir.yaml');
    expect(parsed).toMatchObject({
      manifest: { smokeChecks: [{ method: 'GET', headers: {}, attempts: 3, delaySeconds: 2, expect: { status: [204], json: {}, maxMilliseconds: 2_000 } }] },
    });
  });

  test('anchors and aliases are followed', () => {
    const parsed = parseManifest(`${minimalText}hooks: { afterInstall: &gate { function: gate }, beforeAllowTraffic: *gate }`, 'weir.yaml');
    expect(parsed).toMatchObject({ manifest: { hooks: { beforeAllowTraffic: { function: 'gate', timeoutSeconds: 300 } } } });
  });

  test('comments, CRLF line ends and a byte order mark do not matter', () => {
    expect(parseManifest(`\uFEFF# ours\r\n${minimalText.replaceAll('\n', '\r\n')}`, 'weir.yaml')).toMatchObject({ ok: true });
  });

  test('law: a parsed manifest parses to itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(goodChanges)), (change) => {
        const once = parseManifest(stringify(changed(change)), 'weir.yaml');
        const twice = parseManifest(stringify(once.ok ? once.manifest : undefined), 'weir.yaml');
        expect(twice).toEqual(once);
      }),
    );
  });
});

describe('a bad manifest', () => {
  test.each(Object.entries({ ...badChanges, ...parserOnlyChanges }))('%s', (_, change) => {
    const parsed = parseManifest(stringify(changed(change)), 'weir.yaml');
    expect(parsed).toMatchObject({ ok: false });
    // One thing is wrong, so one thing is said: a second line would be the echo of the first.
    if (!parsed.ok) expect(parsed.problems).toHaveLength(1);
  });

  test.each<[string, readonly string[]]>([
    ['strategy:\n  canary:\n    percent: 120\n', ['3:14 strategy.canary.percent: must be a whole number from 1 to 99, got 120']],
    ['strategy: { canary: {}, linear: {} }', ['1:11 strategy: must have exactly one of canary, linear, allAtOnce, adaptive, rolling, codedeployConfiguration']],
    [
      'strategy: { canry: {} }',
      ['1:13 strategy.canry: is not a key Weir knows; did you mean canary? (allowed: canary, linear, allAtOnce, adaptive, rolling, codedeployConfiguration)'],
    ],
    [
      'strategy: { linear: { percent: 1, intervalMinutes: 60 } }',
      ['1:21 strategy.linear: the whole shift may take at most 2880 minutes, 1 % every 60 minutes takes 5940'],
    ],
    ['strategy: { allAtOnce: }', ['1:24 strategy.allAtOnce: must be a mapping of keys, got nothing (an empty mapping is written {})']],
    ['strategy: { allAtOnce: { percent: 1 } }', ['1:26 strategy.allAtOnce.percent: is not a key Weir knows (it has no keys)']],
    [
      'testUrl: 8080',
      ['1:10 testUrl: must be http:// or https://, a host and optionally a port, without a path, got 8080 (text that looks like something else needs quotes)'],
    ],
    ['onPush: que', ['1:9 onPush: must be one of queue, supersede, ignore, got "que"']],
    ['health:\n  latency: { percentile: 99 }', ['2:12 health.latency.maxMilliseconds: is required and must be a whole number from 1 to 300000']],
    ['health: { crashes: { value: 500 } }', ['1:29 health.crashes.value: must be a percentage from 1 to 100 where thresholdType is BOUNDED_PERCENT, got 500']],
    ['frozen: true', ['1:9 frozen: must be false, or a mapping with a reason: { reason: "..." }, got true']],
    ['frozen: { reason: x, until: y }', ['1:22 frozen.until: is not a key Weir knows (allowed: reason)']],
    [
      'smokeChecks: [{ name: a, path: / }, { name: b, path: x }]',
      ['1:54 smokeChecks[1].path: must be a path beginning with one slash, without spaces, got "x"'],
    ],
    [
      'smokeChecks: [{ name: a, path: /, expect: { status: [200, 20] } }]',
      ['1:59 smokeChecks[0].expect.status[1]: must be a whole number from 100 to 599, got 20'],
    ],
    [
      'smokeChecks: [{ name: a, path: /, expect: { sattus: 200 } }]',
      ['1:45 smokeChecks[0].expect.sattus: is not a key Weir knows; did you mean status? (allowed: status, json, maxMilliseconds)'],
    ],
    ['smokeChecks: [{ name: a, path: /, body: x }]', ['1:41 smokeChecks[0].body: must be left out: a GET request has no body']],
    [
      'hooks: { afterInstall: &gate { function: a b }, beforeInstall: *gate }',
      [
        '1:42 hooks.beforeInstall.function: must be the name or ARN of a Lambda function, optionally with an alias or version, got "a b"',
        '1:42 hooks.afterInstall.function: must be the name or ARN of a Lambda function, optionally with an alias or version, got "a b"',
      ],
    ],
  ])('%s', (text, expected) => {
    expect([...problemsOfMore(text)].toSorted()).toEqual([...expected].toSorted());
  });

  test('several problems come in the order of the text, each with what is allowed', () => {
    const parsed = parseManifest(`onPush: never\n${minimalText}bakeTime: 5\nquarantineHours: x\n`, 'deploy/weir.yaml');
    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        { line: 1, column: 9, path: 'onPush', allowed: ['queue', 'supersede', 'ignore'] },
        { path: 'bakeTime', message: expect.stringContaining('did you mean bakeTimeMinutes?'), allowed: expect.arrayContaining(['bakeTimeMinutes', 'image']) },
        { path: 'quarantineHours', text: expect.stringMatching(/^deploy\/weir\.yaml:\d+:18 quarantineHours: must be a whole number from 0 to 720, got "x"$/) },
      ],
    });
  });

  test('a missing required key is reported at the section that lacks it', () => {
    expect(
      problemsOf(
        'version: 1\nservice: orders\ncluster: prod\nimage:\n  tags: { semver: "1" }\ndriver: { kind: codedeploy, application: a, deploymentGroup: b }',
      ),
    ).toEqual(['weir.yaml:5:3 image.repository: is required and must be the name of an ECR repository, without registry and tag']);
  });

  test('values of headers and bodies are not repeated: they may be confidential', () => {
    const text = problemsOfMore('smokeChecks: [{ name: a, path: /, headers: { authorization: "token\\n" }, body: [secret] }]').join();
    expect(text).toContain('headers.authorization');
    expect(text).not.toMatch(/token|secret/);
  });

  test('a name with control characters is shown escaped', () => {
    expect(problemsOfMore('"\\e[31m": 1')[0]).toMatch(/^1:1 \["\\u001b\[31m"\]: is not a key Weir knows \(allowed: /);
  });
});

describe('text that is not even a manifest', () => {
  test.each<[string, RegExp]>([
    ['', /^weir.yaml:1:1 manifest: is empty/],
    ['# nothing', /is empty/],
    ['[]', /must be a mapping of keys, got a list of 0/],
    ['just text', /must be a mapping of keys, got "just text"/],
    ['a: b: c', /^weir.yaml:1:4 manifest: is not valid YAML/],
    ['a: 1\na: 2', /^weir.yaml:2:1 manifest: is not valid YAML: Map keys must be unique/],
    ['a: !secret 1', /Unresolved tag/],
    ['a: 1\nb: *none', /^weir.yaml:2:4 manifest: has no anchor named none before this alias/],
    ['a: 1\n---\nb: 1', /single YAML document/],
    ['? [a]\n: 1', /keys must be strings/],
  ])('%j', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('too much text is refused before it is read', () => {
    expect(problemsOf(`${minimalText}#${'ü'.repeat(MANIFEST_BYTES_MAX / 2)}`)).toEqual([expect.stringMatching(/must have at most 65536 bytes, got 65\d{3}/)]);
  });

  test('aliases that multiply are refused', () => {
    const bomb = `a: &a [1,1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`).join('\n')}`;
    expect(problemsOf(bomb)).toEqual([expect.stringContaining('cannot be read as YAML')]);
  });

  test('nesting without end is refused', () => {
    expect(problemsOf('['.repeat(60_000))).toHaveLength(1);
    expect(problemsOf('{a: '.repeat(15_000))).toHaveLength(1);
  });

  test('a thousand faults are reported as the first fifty', () => {
    const text = Array.from({ length: 1_000 }, (_, index) => `key${index}: 1\n`).join('');
    expect(problemsOfMore(text)).toHaveLength(MANIFEST_PROBLEMS_MAX);
  });

  test('law: any text gets an answer, never a crash', () => {
    const bits = fc.array(
      fc.constantFrom('version: 1\n', 'image:', '  ', '\n', '- ', '&a ', '*a', '{', '}', '[', ']', '"', ': ', '? ', '!!', '<<', '__proto__', '|', '\t'),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          bits.map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseManifest(text, 'weir.yaml');
          if (parsed.ok) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const problem of parsed.problems) expect(problem.line >= 1 && problem.column >= 1).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('law: any data in any place gets an answer that names the place', () => {
    const keys = [
      'version',
      'service',
      'image',
      'driver',
      'strategy',
      'health',
      'hooks',
      'smokeChecks',
      'frozen',
      'notifications',
      'bakeTimeMinutes',
      '__proto__',
      'constructor',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }), (key, value) => {
        const parsed = parseManifest(
          JSON.stringify(Object.fromEntries([...Object.entries(minimal).filter(([name]) => name !== key), [key, value]])),
          'weir.json',
        );
        if (!parsed.ok) expect(parsed.problems.every((problem) => problem.path.startsWith(key))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

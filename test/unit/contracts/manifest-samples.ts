// Manifests that are right and wrong in one way each, for the tests of the parser and of the JSON Schema.

/** The smallest manifest. */
export const minimal = {
  version: 1,
  service: 'orders',
  cluster: 'prod',
  image: { repository: 'team/orders' },
  driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
};

type Change = Readonly<Record<string, unknown>>;

const image = (change: Change): Change => ({ image: { repository: 'team/orders', ...change } });
const check = (change: Change): Change => ({ smokeChecks: [{ name: 'health', path: '/health', ...change }] });

/** What a right manifest may have besides the minimum. */
export const goodChanges: Readonly<Record<string, Change>> = {
  'nothing more': {},
  'the ecs driver': { driver: { kind: 'ecs' } },
  'the ecs driver paced by evidence': { driver: { kind: 'ecs', onWeightsChanged: 'rollBack' }, strategy: { adaptive: { stepPercent: 4 } } },
  'tasks replaced one after another': { driver: { kind: 'ecs' }, strategy: { rolling: { minimumHealthyPercent: 50, maximumPercent: 150 } } },
  'two approvals': { approval: { required: 2, approvers: ['arn:aws:iam::111122223333:user/ann', 'arn:aws:sts::111122223333:assumed-role/release/*'] } },
  'exact tags': image({ tags: { exact: ['stable', 'v1'] } }),
  'a glob list': image({ tags: { glob: ['release-*', '[0-9]*'] }, ignore: ['*-dev', '*-{rc,beta}*'] }),
  'a version range': image({ tags: { semver: '>=1.0.0 <2' } }),
  'a regular expression': image({ tags: { regex: 'v[0-9]+' }, acceptUntagged: true }),
  'another account': image({ registry: '111122223333', container: 'app' }),
  'a canary with defaults': { strategy: { canary: {} } },
  'a linear shift': { strategy: { linear: { percent: 20, intervalMinutes: 2 } } },
  'all at once': { strategy: { allAtOnce: {} } },
  'a predefined configuration': { strategy: { codedeployConfiguration: 'CodeDeployDefault.ECSCanary10Percent15Minutes' } },
  'a webhook by parameter, and a FIFO topic': {
    notifications: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:orders.fifo', webhook: { parameter: '/weir/orders/slack' } },
  },
  'a webhook by secret': { notifications: { webhook: { secret: 'weir/orders/slack' } } },
  'limits at both ends': { bakeTimeMinutes: 0, quarantineHours: 720, waitForSlotMinutes: 2_880, strategy: { canary: { percent: 99, intervalMinutes: 2_880 } } },
  'health rules': {
    health: {
      compare: { falseRollbackPercent: 0.1, budget: { errors: 100, latency: 0, crashes: 0, slo: 0 }, latencyTolerance: 1.5, observe: true },
      slo: { maxErrorPercent: 0.5 },
      errorRate: { maxPercent: 0.5 },
      latency: { percentile: 99.9, maxMilliseconds: 500 },
      healthyHosts: { minimumPercent: 100 },
      crashes: { thresholdType: 'COUNT', value: 400 },
      alarms: ['orders-5xx', 'orders slow (p99)'],
      onInconclusive: 'rollBack',
    },
  },
  hooks: {
    hooks: {
      afterInstall: { function: 'my-check' },
      beforeAllowTraffic: { function: 'arn:aws:lambda:eu-west-1:111122223333:function:gate:live', timeoutSeconds: 60 },
    },
  },
  'smoke checks': {
    smokeChecks: [
      { name: 'health', path: '/health' },
      {
        name: 'order',
        method: 'POST',
        path: '/orders?dry=1',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        expect: { status: [200, 201], json: { 'data.ok': true, 'items.0.id': 7, note: null } },
      },
    ],
  },
  'a test URL': { testUrl: 'https://orders-test.example.com:9000' },
  'a freeze': { frozen: { reason: 'end of year' } },
  'no freeze': { frozen: false },
  'freeze windows': {
    freeze: {
      timeZone: 'Europe/Berlin',
      windows: [
        { name: 'weekend', weekly: { from: 'Fri 16:00', to: 'Mon 08:00' } },
        { name: 'year end', dates: { from: '2026-12-18T16:00', to: '2027-01-04T08:00' } },
      ],
    },
  },
  'a topic': {
    notifications: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:orders' },
    preflight: { maxScanSeverity: 'HIGH', requireScan: true },
    onPush: 'supersede',
  },
};

/** What makes a manifest wrong in the eyes of the parser and of the JSON Schema. */
export const badChanges: Readonly<Record<string, Change>> = {
  'another version': { version: 2 },
  'a version in quotes': { version: '1' },
  'an unknown key': { bakeTime: 5 },
  'an unknown key inside': { health: { errorRate: { max: 1 } } },
  'a missing service': { service: undefined },
  'an empty service': { service: '' },
  'a service ARN': { service: 'arn:aws:ecs:eu-west-1:111122223333:service/prod/orders' },
  'a repository with a tag': image({ repository: 'team/orders:1' }),
  'a registry that is a number': image({ registry: 111122223333 }),
  'two tag rules': image({ tags: { exact: ['a'], semver: '1' } }),
  'no tag rule': image({ tags: {} }),
  'an empty list of tags': image({ tags: { exact: [] } }),
  'a tag twice': image({ tags: { exact: ['a', 'a'] } }),
  'a tag that is a number': image({ tags: { exact: [1.8] } }),
  'an unknown driver': { driver: { kind: 'flagger', application: 'orders', deploymentGroup: 'orders-prod' } },
  'a driver without a group': { driver: { kind: 'codedeploy', application: 'orders' } },
  "the ecs driver with CodeDeploy's application": { driver: { kind: 'ecs', application: 'orders' } },
  'a step too small for ECS': { driver: { kind: 'ecs' }, strategy: { adaptive: { stepPercent: 3 } } },
  'two strategies': { strategy: { canary: {}, linear: {} } },
  'no strategy': { strategy: {} },
  'a misspelt strategy': { strategy: { canry: {} } },
  'an empty strategy': { strategy: { canary: null } },
  'too many percent': { strategy: { canary: { percent: 100 } } },
  'half a percent': { strategy: { linear: { percent: 0.5 } } },
  'no interval': { strategy: { canary: { intervalMinutes: 0 } } },
  'a Lambda configuration': { strategy: { codedeployConfiguration: 'CodeDeployDefault.LambdaAllAtOnce' } },
  'settings of all at once': { strategy: { allAtOnce: { percent: 10 } } },
  'a bake of text': { bakeTimeMinutes: '5' },
  'a bake that is too long': { bakeTimeMinutes: 2_881 },
  'an unknown onPush': { onPush: 'replace' },
  'nothing left for errors': { health: { compare: { budget: { errors: 0 } } } },
  'a latency tolerance of true': { health: { compare: { latencyTolerance: true } } },
  'an error tolerance without a difference': { health: { compare: { errorTolerance: 1 } } },
  'a negative error rate': { health: { errorRate: { maxPercent: -1 } } },
  'no minimum of requests': { health: { errorRate: { minimumRequests: 0 } } },
  'half a latency rule': { health: { latency: { percentile: 99 } } },
  'an unknown crash threshold': { health: { crashes: { thresholdType: 'PERCENT' } } },
  'alarms that are no list': { health: { alarms: 'orders-5xx' } },
  'an alarm twice': { health: { alarms: ['a', 'a'] } },
  'an unknown hook': { hooks: { afterinstall: { function: 'x' } } },
  'a hook without a function': { hooks: { afterInstall: {} } },
  'a function name with spaces': { hooks: { afterInstall: { function: 'my check' } } },
  'a hook that waits too long': { hooks: { afterInstall: { function: 'x', timeoutSeconds: 841 } } },
  'smoke checks that are no list': { smokeChecks: { name: 'a' } },
  'a check without a path': { smokeChecks: [{ name: 'a' }] },
  'a path on another host': check({ path: '//example.com/' }),
  'a path with a space': check({ path: '/a b' }),
  'an unknown method': check({ method: 'get' }),
  'a header that is a number': check({ headers: { 'x-version': 1 } }),
  'a header with a line break': check({ headers: { 'x-a': 'b\r\nx-c: d' } }),
  'a header name with a space': check({ headers: { 'x a': 'b' } }),
  'too many headers': check({ headers: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, ''])) }),
  'a status of text': check({ expect: { status: 'OK' } }),
  'an impossible status': check({ expect: { status: 99 } }),
  'no allowed status': check({ expect: { status: [] } }),
  'an expected list': check({ expect: { json: { ok: [true] } } }),
  'a bad member path': check({ expect: { json: { 'a..b': true } } }),
  'no attempts': check({ attempts: 0 }),
  'a test URL with a path': { testUrl: 'http://example.com/api' },
  'a test URL with a password': { testUrl: 'http://user:secret@example.com' },
  'a test URL of another kind': { testUrl: 'ftp://example.com' },
  'an unknown severity': { preflight: { maxScanSeverity: 'critical' } },
  'a freeze without a reason': { frozen: true },
  'a freeze window in UTC words': { freeze: { windows: [{ name: 'w', dates: { from: '2026-12-18T16:00Z', to: '2027-01-04T08:00' } }] } },
  'a freeze window on a day that is none': { freeze: { windows: [{ name: 'w', weekly: { from: 'Fry 16:00', to: 'Mon 08:00' } }] } },
  'a freeze window without a name': { freeze: { windows: [{ weekly: { from: 'Fri 16:00', to: 'Mon 08:00' } }] } },
  'a freeze with an empty reason': { frozen: { reason: ' ' } },
  'a webhook of two secrets': { notifications: { webhook: { parameter: '/weir/a', secret: 'weir/a' } } },
  "a webhook of somebody else's parameter": { notifications: { webhook: { parameter: '/prod/database' } } },
  "a webhook of somebody else's secret": { notifications: { webhook: { secret: 'prod/database' } } },
  'a webhook that is a URL': { notifications: { webhook: 'https://hooks.slack.com/services/x' } },
  'a topic that is none': { notifications: { topicArn: 'orders' } },
  'notifications that are a list': { notifications: [] },
  'a quarantine without end': { quarantineHours: 721 },
};

/** What only the parser can see; the JSON Schema lets it through. */
export const parserOnlyChanges: Readonly<Record<string, Change>> = {
  'a time zone that does not exist': { freeze: { timeZone: 'Europe/Berlinn' } },
  'a freeze window that ends before it begins': { freeze: { windows: [{ name: 'w', dates: { from: '2027-01-04T08:00', to: '2026-12-18T16:00' } }] } },
  'a freeze window of both kinds': {
    freeze: {
      windows: [{ name: 'w', weekly: { from: 'Fri 16:00', to: 'Mon 08:00' }, dates: { from: '2026-12-18T16:00', to: '2027-01-04T08:00' } }],
    },
  },
  'an adaptive shift with CodeDeploy': { strategy: { adaptive: {} } },
  'linear steps smaller than ECS takes': { driver: { kind: 'ecs' }, strategy: { linear: { percent: 2 } } },
  'a bake longer than a stage of ECS': { driver: { kind: 'ecs' }, bakeTimeMinutes: 1_381 },
  'a budget above 100 %': { health: { compare: { budget: { errors: 80, latency: 21 } } } },
  'a glob that cannot be': image({ tags: { glob: ['[a-'] } }),
  'an ignore glob that cannot be': image({ ignore: ['[a-'] }),
  'a range that cannot be': image({ tags: { semver: 'newest' } }),
  'a regular expression with look-ahead': image({ tags: { regex: '(?=a)b' } }),
  'a shift that takes too long': { strategy: { linear: { percent: 1, intervalMinutes: 60 } } },
  'more than 100 percent of crashes': { health: { crashes: { value: 101 } } },
  'a GET with a body': check({ body: 'x' }),
  'two checks of one name': {
    smokeChecks: [
      { name: 'a', path: '/a' },
      { name: 'a', path: '/b' },
    ],
  },
  'checks that take too long': check({ attempts: 10, delaySeconds: 60, expect: { maxMilliseconds: 60_000 } }),
};

/** The minimal manifest with a change; a member that is undefined is left out. */
export function changed(change: Change): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...minimal, ...change }).filter(([, value]) => value !== undefined));
}

// Routing without sockets: rules, weights, round robin, failing open, stickiness.
import { describe, expect, test } from '@jest/globals';
import { initialAttributes } from '../../../../localaws/elbv2/attributes.ts';
import { chooseRoute, type RouteDecision } from '../../../../localaws/elbv2/choose-route.ts';
import { DEFAULT_HEALTH_CHECK } from '../../../../localaws/elbv2/health-check-settings.ts';
import type { Action, Condition, Rule, Target, TargetGroup } from '../../../../localaws/elbv2/load-balancing-state.ts';
import { matchesConditions, matchesWildcard, type RoutableRequest } from '../../../../localaws/elbv2/match-conditions.ts';
import { DRAINING, FIRST_CHECKS, type TargetState } from '../../../../localaws/elbv2/target-health.ts';
import { createIds } from '../../../../localaws/ids.ts';

const request: RoutableRequest = { method: 'GET', path: '/', query: '', headers: { host: 'shop.example.com:8080' }, clientAddress: '127.0.0.1' };

function group(name: string, states: readonly TargetState[], attributes: Record<string, string> = {}): TargetGroup {
  const targets = new Map<string, Target>();
  for (const [index, state] of states.entries()) {
    const health = state === 'draining' ? DRAINING : { ...FIRST_CHECKS, state };
    targets.set(`10.0.0.${index}:80`, {
      id: `10.0.0.${index}`,
      port: 80,
      zone: 'us-east-1a',
      zoneGiven: false,
      registeredAt: 0,
      health,
      slowStartFrom: undefined,
      outstanding: 0,
    });
  }
  return {
    arn: `arn:${name}`,
    name,
    dimension: `targetgroup/${name}/0`,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    port: 80,
    vpcId: 'vpc-1',
    targetType: 'ip',
    ipAddressType: 'ipv4',
    healthCheck: DEFAULT_HEALTH_CHECK,
    attributes: new Map([...initialAttributes('target group'), ...Object.entries(attributes)]),
    targets,
    turns: 0,
  };
}

function forward(weights: Record<string, number>, durationSeconds?: number): Action {
  const groups = Object.entries(weights).map(([name, weight]) => ({ targetGroupArn: `arn:${name}`, weight }));
  return { kind: 'forward', order: undefined, groups, stickiness: { enabled: durationSeconds !== undefined, durationSeconds } };
}

function rule(action: Action, conditions: readonly Condition[] = []): Rule {
  return { arn: 'rule', listenerArn: 'listener', priority: 'default', conditions, action };
}

function router(action: Action, ...groups: TargetGroup[]) {
  const { random } = createIds(7);
  const byArn = new Map(groups.map((each) => [each.arn, each]));
  return (asked: RoutableRequest = request, now = 0): RouteDecision =>
    chooseRoute({ rules: [rule(action)], groupOf: (arn) => byArn.get(arn) }, asked, random, now);
}

function reached(decision: RouteDecision): string {
  return decision.kind === 'target' ? `${decision.group.name} ${decision.target.id}` : decision.kind;
}

describe('choosing a route', () => {
  test.each([
    [1, 10],
    [10, 90],
    [999, 1],
  ])('weights %d to %d are kept within 3 points over 2,000 requests', (a, b) => {
    const route = router(forward({ a, b }), group('a', ['healthy']), group('b', ['healthy']));
    const share = Array.from({ length: 2_000 }, () => reached(route())).filter((where) => where.startsWith('a')).length / 20;
    expect(Math.abs(share - (100 * a) / (a + b))).toBeLessThan(3);
  });

  test('weight 0 gets nothing, and all weights 0 serve nobody', () => {
    const route = router(forward({ a: 1, b: 0 }), group('a', ['healthy']), group('b', ['healthy']));
    expect(new Set(Array.from({ length: 500 }, () => reached(route())))).toEqual(new Set(['a 10.0.0.0']));
    expect(router(forward({ a: 0 }), group('a', ['healthy']))()).toEqual({ kind: 'no-target', group: undefined });
  });

  test('goes round the healthy targets of a group', () => {
    const route = router(forward({ a: 1 }), group('a', ['healthy', 'unhealthy', 'healthy', 'draining', 'initial']));
    expect(Array.from({ length: 4 }, () => reached(route()))).toEqual(['a 10.0.0.0', 'a 10.0.0.2', 'a 10.0.0.0', 'a 10.0.0.2']);
  });

  test('fails open to all registered targets when none is healthy, never to draining ones', () => {
    const route = router(forward({ a: 1 }), group('a', ['unhealthy', 'initial', 'draining']));
    expect(Array.from({ length: 2 }, () => reached(route()))).toEqual(['a 10.0.0.0', 'a 10.0.0.1']);
    expect(router(forward({ a: 1 }), group('a', ['draining']))()).toMatchObject({ kind: 'no-target' });
    expect(router(forward({ a: 1 }), group('a', []))()).toMatchObject({ kind: 'no-target' });
  });

  test('there is no failover from a group without targets to another', () => {
    const route = router(forward({ a: 50, b: 50 }), group('a', []), group('b', ['healthy']));
    const lost = Array.from({ length: 1_000 }, () => reached(route())).filter((where) => where === 'no-target').length;
    expect(lost).toBeGreaterThan(400);
    expect(lost).toBeLessThan(600);
  });

  test('least outstanding requests prefers the idle target', () => {
    const busy = group('a', ['healthy', 'healthy'], { 'load_balancing.algorithm.type': 'least_outstanding_requests' });
    const [first] = busy.targets.values();
    if (first !== undefined) first.outstanding = 3;
    const route = router(forward({ a: 1 }), busy);
    expect(Array.from({ length: 3 }, () => reached(route()))).toEqual(['a 10.0.0.1', 'a 10.0.0.1', 'a 10.0.0.1']);
  });

  test('a target in slow start gets a share that grows', () => {
    const slow = group('a', ['healthy', 'healthy'], { 'slow_start.duration_seconds': '100' });
    const second = [...slow.targets.values()][1];
    if (second !== undefined) second.slowStartFrom = 0;
    const route = router(forward({ a: 1 }), slow);
    const shareAt = (now: number): number =>
      Array.from({ length: 1_000 }, () => reached(route(request, now))).filter((where) => where === 'a 10.0.0.1').length / 1_000;
    expect(shareAt(10_000)).toBeLessThan(0.15);
    expect(shareAt(90_000)).toBeGreaterThan(0.4);
  });

  test('a sticky client stays with its group whatever the weights, until its cookie ends', () => {
    const groups = [group('a', ['healthy']), group('b', ['healthy'])];
    const first = router(forward({ a: 1, b: 0 }, 60), ...groups)();
    const cookie = first.kind === 'target' ? String(first.cookies[0]).split(';')[0] : '';
    expect(cookie).toMatch(/^AWSALBTG=/);
    const route = router(forward({ a: 0, b: 1 }, 60), ...groups);
    const returning = { ...request, headers: { ...request.headers, cookie } };
    expect(reached(route(returning, 59_000))).toBe('a 10.0.0.0');
    expect(reached(route(returning, 60_000))).toBe('b 10.0.0.0');
    expect(reached(route({ ...request, headers: { cookie: 'AWSALBTG=nonsense' } }))).toBe('b 10.0.0.0');
  });

  test('the first rule that matches decides', () => {
    const fixed = (statusCode: string): Action => ({ kind: 'fixed-response', order: undefined, statusCode, contentType: undefined, messageBody: undefined });
    const rules = [
      rule(fixed('201'), [{ kind: 'path-pattern', values: ['/a*'] }]),
      rule(fixed('202'), [{ kind: 'path-pattern', values: ['/ab'] }]),
      rule(fixed('404')),
    ];
    const decide = (path: string) => chooseRoute({ rules, groupOf: () => undefined }, { ...request, path }, () => 0, 0);
    expect([decide('/ab'), decide('/b')]).toMatchObject([{ action: { statusCode: '201' } }, { action: { statusCode: '404' } }]);
  });
});

describe('conditions', () => {
  test.each<[Condition, Partial<RoutableRequest>, boolean]>([
    [{ kind: 'path-pattern', values: ['/img/*', '/css/?.css'] }, { path: '/css/a.css' }, true],
    [{ kind: 'path-pattern', values: ['/IMG/*'] }, { path: '/img/x' }, false],
    [{ kind: 'host-header', values: ['*.EXAMPLE.com'] }, {}, true],
    [{ kind: 'host-header', values: ['example.com'] }, {}, false],
    [{ kind: 'http-request-method', values: ['GET', 'HEAD'] }, {}, true],
    [{ kind: 'http-request-method', values: ['POST'] }, {}, false],
    [{ kind: 'http-header', name: 'X-Canary', values: ['yes*'] }, { headers: { 'x-canary': 'YES please' } }, true],
    [{ kind: 'http-header', name: 'X-Canary', values: ['*'] }, {}, false],
    [{ kind: 'query-string', values: [{ key: 'v', value: '2*' }] }, { query: 'a=1&V=2b' }, true],
    [{ kind: 'query-string', values: [{ key: undefined, value: 'on' }] }, { query: 'debug=on' }, true],
    [{ kind: 'query-string', values: [{ key: 'v', value: '3' }] }, { query: 'v=2' }, false],
    [{ kind: 'source-ip', values: ['127.0.0.0/8'] }, {}, true],
    [{ kind: 'source-ip', values: ['10.0.0.0/8', '2001:db8::/32'] }, {}, false],
  ])('%j against %j: %s', (condition, changes, expected) => {
    expect(matchesConditions([condition], { ...request, ...changes })).toBe(expected);
  });

  test('a hostile pattern takes no unusual time', () => {
    const startedAt = performance.now();
    expect(matchesWildcard(`${'*a'.repeat(60)}b`, 'a'.repeat(8_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

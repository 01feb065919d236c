// Checks of the load balancer: target groups of the right type, a health check that passes, a route for production and one for tests.
import type { TargetGroupFacts, TargetState } from '#core/inspection/service-facts.ts';
import type { TaskDefinitionView } from '#core/inspection/task-definition-view.ts';
import type { Finding, VerifyFacts, VerifyTarget } from './verify-facts.ts';

export function checkTargetGroups(facts: VerifyFacts, view: TaskDefinitionView | undefined): readonly Finding[] {
  const { observed, groups, targetGroups } = facts;
  const wanted = new Set([
    ...(observed?.balancers ?? []).flatMap(({ targetGroupArn, alternateTargetGroupArn }) =>
      alternateTargetGroupArn === undefined ? [targetGroupArn] : [targetGroupArn, alternateTargetGroupArn],
    ),
    ...groups.flatMap(({ targetGroupNames }) => targetGroupNames),
  ]);
  const missing = [...wanted].filter((name) => !targetGroups.some((group) => group.arn === name || group.name === name));
  const type = view?.networkMode === 'awsvpc' ? 'ip' : 'instance';
  const wrong = view === undefined ? [] : targetGroups.filter(({ targetType }) => targetType !== type);
  return [
    ...missing.map((name) =>
      fault('targetGroup', `target group ${name} does not exist`, 'create it, or name one that exists in the deployment group or service'),
    ),
    ...wrong.map(({ name, targetType }) =>
      fault(
        'targetType',
        `target group ${name} is of type ${targetType}; tasks of network mode ${view?.networkMode} need type ${type}`,
        `make a target group of type ${type}: the type of one that exists cannot be changed`,
      ),
    ),
  ];
}

/** What an unhealthy target's reason means. Source: ELBv2 API, TargetHealth, reason codes. */
const remedies: Readonly<Record<string, (group: TargetGroupFacts) => string>> = {
  'Target.ResponseCodeMismatch': ({ healthCheckPath = '/', matcher = '200' }) =>
    `make ${healthCheckPath} answer ${matcher}, or mend the health check's path or matcher`,
  'Target.Timeout': ({ healthCheckPath = '/' }) =>
    `let the security groups pass the load balancer, make ${healthCheckPath} answer sooner, or give it a longer timeout`,
  'Target.FailedHealthChecks': () => 'see that the container listens on the port of the target group and is not behind a closed security group',
};

export function checkHealthChecks({ observed, targetGroups }: VerifyFacts): readonly Finding[] {
  const serving = new Set((observed?.balancers ?? []).map(({ targetGroupArn }) => targetGroupArn));
  return targetGroups
    .filter(({ arn }) => serving.has(arn))
    .flatMap((group) => {
      const judged = group.targets.filter(({ state }) => state === 'healthy' || state === 'unhealthy');
      const failing = judged.filter(({ state }) => state === 'unhealthy');
      const [first] = failing;
      if (first === undefined) return [];
      const level = failing.length === judged.length ? ('fault' as const) : ('warning' as const);
      const problem = `the health check of ${group.name} (${group.healthCheckPath ?? 'no path'}) fails on ${failing.length} of ${judged.length} targets: ${why(first)}`;
      return [{ check: 'healthCheck', level, problem, remedy: remedies[first.reason ?? '']?.(group) ?? 'look at the targets in the load balancer' }];
    });
}

function why({ reason, description }: TargetState): string {
  return [reason, description].filter((text) => text !== undefined).join(', ') || 'no reason given';
}

export function checkRoutes(facts: VerifyFacts, target: VerifyTarget): readonly Finding[] {
  if (target.rolling) return [];
  if (facts.observed !== undefined && facts.observed.balancers.length === 0) {
    return [
      fault(
        'productionRoute',
        'the service has no load balancer, so that there is no traffic to shift',
        'write strategy.rolling with driver.kind: ecs, or give it a load balancer',
      ),
    ];
  }
  const routes =
    target.driver === 'codedeploy'
      ? facts.groups.map(({ productionListenerArn, testListenerArn }) => ({ production: productionListenerArn, test: testListenerArn }))
      : (facts.observed?.balancers ?? []).map(({ productionRuleArn, testRuleArn }) => ({ production: productionRuleArn, test: testRuleArn }));
  if (
    target.driver === 'ecs' &&
    routes.length > 0 &&
    (facts.observed?.balancers ?? []).every(({ alternateTargetGroupArn }) => alternateTargetGroupArn === undefined)
  ) {
    const remedy = 'give its load balancer an advancedConfiguration: alternate target group, production listener rule, role';
    return [fault('targetGroup', 'the service has no second target group, so that ECS can only replace its tasks in place', remedy)];
  }
  const where = target.driver === 'codedeploy' ? 'the deployment group' : "the service's advancedConfiguration";
  return routes.flatMap(({ production, test }) => [
    ...(production === undefined
      ? [fault('productionRoute', `${where} names no production listener`, 'name the listener (or rule) that serves production traffic')]
      : []),
    ...(test === undefined ? [withoutTestRoute(where, target)] : []),
    ...[production, test].flatMap((arn) =>
      arn === undefined || isThere(facts, arn) ? [] : [fault('listener', `listener ${arn} does not exist`, `name one that exists in ${where}`)],
    ),
  ]);
}

/** `...:listener-rule/app/NAME/LB/LISTENER/RULE` belongs to `...:listener/app/NAME/LB/LISTENER`. */
function isThere({ listeners }: VerifyFacts, arn: string): boolean {
  const listener = arn.includes(':listener-rule/') ? arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '') : arn;
  return listeners.some((candidate) => candidate.arn === listener);
}

function withoutTestRoute(where: string, { smokeChecks, driver }: VerifyTarget): Finding {
  const remedy = driver === 'codedeploy' ? 'add a test listener to the deployment group' : 'add a testListenerRule to the advancedConfiguration';
  if (smokeChecks > 0) return fault('testRoute', `${where} has no test listener, and the manifest has ${smokeChecks} smoke check(s) to send there`, remedy);
  return { check: 'testRoute', level: 'warning', problem: `${where} has no test listener: green meets its first request in production`, remedy };
}

function fault(check: string, problem: string, remedy: string): Finding {
  return { check, level: 'fault', problem, remedy };
}

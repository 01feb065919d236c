// Before anything changes: is this deployment possible and safe, and with what exactly? Called by the `plan` step.
import type { Deployment, DeploymentSettings, EpochMillis, LaunchSettings, Plan } from '#core/deployment/deployment.ts';
import { type DriverKind, driverName } from '#core/deployment/driver-kind.ts';
import type { OutsidePolicy } from '#core/deployment/outside-deployment.ts';
import { type ProductionWeights, trafficShare } from '#core/deployment/watch.ts';
import { expectedProof } from '#core/health/comparison-rules.ts';
import type { Baseline } from '#core/health/evidence.ts';
import { configurationNameFor } from '#core/strategy/configuration-name.ts';
import { ECS_BAKE_MINUTES_MAX, ecsStrategyProblem } from '#core/strategy/ecs-configuration.ts';
import { type PlannedSides, rollingProblems, rollingRoute, withoutComparison } from './rolling-plan.ts';

export interface TaskSetObservation {
  readonly id: string;
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly targetGroupArn: string | undefined;
  readonly launch: LaunchSettings | undefined;
  /** Absent: not said. */
  readonly runningCount?: number;
}

export interface ServiceObservation {
  readonly status: string;
  readonly deploymentController: string;
  readonly desiredCount: number;
  readonly taskSets: readonly TaskSetObservation[];
}

/** The CodeDeploy deployment group as configured, or the same of a service that ECS itself deploys. */
export interface DeploymentGroupObservation {
  readonly cluster: string;
  readonly service: string;
  /** The pair of target groups, by ARN. */
  readonly targetGroupArns: readonly string[];
  /** undefined: the service has no load balancer whose traffic could be shifted. */
  readonly productionListenerArn: string | undefined;
  /** The one rule whose weights are shifted; absent: all rules of the listener that forward to the pair. */
  readonly productionRuleArn?: string;
  readonly testListenerArn: string | undefined;
  readonly terminationWaitMinutes: number;
  readonly terminatesBlue: boolean;
  /** The group's active deployment, if any, and whether its description carries this deployment's id. */
  readonly active: { readonly id: string; readonly isOurs: boolean } | undefined;
}

export interface ContainerObservation {
  readonly name: string;
  readonly image: string;
}

/** `undefined` members could not be found or read. */
export interface PlanObservation {
  readonly service: ServiceObservation | undefined;
  readonly group: DeploymentGroupObservation | undefined;
  readonly weights: ProductionWeights;
  readonly blueHealthyTargets: number | undefined;
  readonly containers: readonly ContainerObservation[];
  readonly image: { readonly status: string; readonly findings: Readonly<Record<string, number>> | undefined } | undefined;
  readonly alarmsInAlarm: readonly string[] | undefined;
  readonly baseline: Baseline | undefined;
}

/** What the manifest names, needed to read the observation. */
export interface PlanTarget {
  readonly cluster: string;
  readonly service: string;
  readonly container: string | undefined;
  readonly driver: DriverKind;
  readonly onWeightsChanged: 'hold' | 'rollBack';
  readonly onOutsideDeployment: OutsidePolicy;
  readonly maxScanSeverity: string | undefined;
  readonly requireScan: boolean;
}

export type PlanDecision =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'waitForSlot'; readonly holder: string }
  | { readonly kind: 'refuse'; readonly problems: readonly string[] };

/** ECR's severities, worst first. Source: ECR API, FindingSeverity. */
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'];

/** Seconds between two looks at a taken deployment group: often in the first hour, then seldom enough for one run's history. */
export const SLOT_WAIT_SECONDS = 30;
export const SLOT_WAIT_SECONDS_LATER = 150;
const SLOT_WAIT_OFTEN_MINUTES = 60;

export function slotWaitSeconds(waitingSince: EpochMillis | undefined, now: EpochMillis): number {
  return now < (waitingSince ?? now) + SLOT_WAIT_OFTEN_MINUTES * 60_000 ? SLOT_WAIT_SECONDS : SLOT_WAIT_SECONDS_LATER;
}

/**
 * Plans or refuses. A deployment group taken by somebody else is waited for, up to the manifest's limit.
 * Problems prevent the deployment and say what to do; warnings go into the plan.
 */
export function decidePlan(
  deployment: Deployment,
  settings: DeploymentSettings,
  target: PlanTarget,
  observed: PlanObservation,
  now: EpochMillis,
): PlanDecision {
  const { service, group } = observed;
  if (service === undefined) return refuse(`ECS service ${target.service} was not found in cluster ${target.cluster}`);
  const isRolling = settings.strategy.kind === 'rolling';
  if (group === undefined || (group.productionListenerArn === undefined && !isRolling)) return refuse(missingGroup(service, target));
  if (group.active !== undefined && !group.active.isOurs) {
    const since = deployment.waitingForSlotSince ?? now;
    if (now < since + settings.waitForSlotMinutes * 60_000)
      return { kind: 'waitForSlot', holder: `${driverName(target.driver)} deployment ${group.active.id}` };
    return refuse(
      `the service was taken by ${driverName(target.driver)} deployment ${group.active.id} for longer than waitForSlotMinutes (${settings.waitForSlotMinutes})`,
    );
  }
  const blue = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  const problems = [
    ...serviceProblems(service, group, target),
    ...strategyProblems(settings, target),
    ...(isRolling ? rollingProblems(blue) : trafficProblems(settings, group, blue, observed, group.active?.isOurs ?? false)),
    ...imageProblems(deployment, target, observed),
    ...containerProblems(target, observed),
    ...alarmProblems(settings, observed),
  ];
  const sides = isRolling ? rollingRoute : routeOf(group, blue);
  const container = containerOf(target, observed);
  if (problems.length > 0 || blue === undefined || sides === undefined || container === undefined) {
    return { kind: 'refuse', problems: problems.length > 0 ? problems : ['the PRIMARY task set has no load balancer'] };
  }
  return {
    kind: 'planned',
    plan: {
      settings: isRolling ? withoutComparison(settings) : settings,
      blue: { taskSetId: blue.id, taskDefinitionArn: blue.taskDefinitionArn, targetGroupArn: sides.blue, digest: digestOf(container.image) },
      greenTargetGroupArn: sides.green,
      productionListenerArn: sides.listener,
      ...(target.driver === 'ecs' && target.onOutsideDeployment !== 'yield' ? { onOutsideDeployment: target.onOutsideDeployment } : {}),
      ...(isRolling ? { rolling: { cluster: target.cluster, service: target.service } } : {}),
      ...(group.testListenerArn === undefined ? {} : { testListenerArn: group.testListenerArn }),
      driver: target.driver,
      ...(group.productionRuleArn === undefined || isRolling ? {} : { productionRuleArn: group.productionRuleArn, onWeightsChanged: target.onWeightsChanged }),
      launch: blue.launch ?? {},
      desiredCount: service.desiredCount,
      containerName: container.name,
      configurationName: configurationNameFor(target.driver, settings.strategy),
      ...(observed.baseline === undefined ? {} : { baseline: observed.baseline }),
      warnings: warningsOf(settings, group, observed),
    },
  };
}

function routeOf(
  { targetGroupArns, productionListenerArn: listener }: DeploymentGroupObservation,
  blue: TaskSetObservation | undefined,
): PlannedSides | undefined {
  const green = targetGroupArns.find((arn) => arn !== blue?.targetGroupArn);
  if (blue?.targetGroupArn === undefined || blue.launch === undefined || green === undefined || listener === undefined) return undefined;
  return { blue: blue.targetGroupArn, green, listener };
}

function refuse(problem: string): PlanDecision {
  return { kind: 'refuse', problems: [problem] };
}

function missingGroup(service: ServiceObservation, target: PlanTarget): string {
  if (target.driver === 'codedeploy') return "the manifest's CodeDeploy application or deployment group does not exist or could not be read";
  if (service.deploymentController !== 'ECS') return wrongController(service, target);
  return `ECS service ${target.service} has no load balancer whose traffic can be shifted: loadBalancers[].advancedConfiguration with a second target group, the production listener's rule and a role is needed`;
}

function strategyProblems({ strategy, bakeTimeMinutes }: DeploymentSettings, { driver }: PlanTarget): string[] {
  if (driver === 'codedeploy') {
    if (strategy.kind === 'rolling') return ['a rolling deployment needs the ecs driver: CodeDeploy deploys blue/green only'];
    return strategy.kind === 'adaptive' ? ['the adaptive strategy needs the ecs driver: CodeDeploy cannot be held between two steps'] : [];
  }
  const problem = ecsStrategyProblem(strategy);
  const problems = problem === undefined ? [] : [problem];
  if (bakeTimeMinutes > ECS_BAKE_MINUTES_MAX) {
    problems.push(`bakeTimeMinutes must be at most ${ECS_BAKE_MINUTES_MAX} with the ecs driver, got ${bakeTimeMinutes}: ECS ends a stage after 24 hours`);
  }
  return problems;
}

const controllers = { codedeploy: 'CODE_DEPLOY', ecs: 'ECS' } as const;

function wrongController(service: ServiceObservation, { service: name, driver }: PlanTarget): string {
  return `ECS service ${name} has the deployment controller ${service.deploymentController}; the ${driver} driver needs ${controllers[driver]}`;
}

function serviceProblems(service: ServiceObservation, group: DeploymentGroupObservation, target: PlanTarget): string[] {
  const problems: string[] = [];
  if (service.status !== 'ACTIVE') problems.push(`ECS service ${target.service} is ${service.status}, not ACTIVE`);
  if (service.deploymentController !== controllers[target.driver]) problems.push(wrongController(service, target));
  if (service.desiredCount < 1) problems.push(`ECS service ${target.service} has a desired count of 0: there is nothing to shift traffic to`);
  if (group.cluster !== target.cluster || group.service !== target.service) {
    problems.push(`the deployment group deploys ${group.cluster}/${group.service}, not ${target.cluster}/${target.service}`);
  }
  return problems;
}

function trafficProblems(
  settings: DeploymentSettings,
  group: DeploymentGroupObservation,
  blue: TaskSetObservation | undefined,
  observed: PlanObservation,
  underWay: boolean,
): string[] {
  if (blue === undefined) return ['the service has no PRIMARY task set: it has never served; start it once before Weir deploys to it'];
  if (blue.targetGroupArn === undefined || !group.targetGroupArns.includes(blue.targetGroupArn)) {
    return ["the PRIMARY task set's target group is not one of the deployment group's pair"];
  }
  if (group.targetGroupArns.length !== 2) return [`the deployment group names ${group.targetGroupArns.length} target group(s); blue/green needs a pair`];
  const problems: string[] = [];
  // Under ECS both groups hang on the production rule all the time, so that green is checked before it serves.
  if (settings.strategy.kind === 'allAtOnce' && group.testListenerArn === undefined && group.productionRuleArn === undefined) {
    // Source: CodeDeploy user guide, troubleshooting ECS deployments: an unused target group is not health-checked.
    problems.push(
      'all-at-once without a test listener would send all traffic to targets that were never health-checked; add a test listener or use canary or linear',
    );
  }
  const share = trafficShare(observed.weights, blue.targetGroupArn);
  if (share === undefined) problems.push("the production listener's weights could not be read");
  else if (share < 100 && !underWay) {
    problems.push(
      `the production listener sends only ${share} % of the traffic to the serving target group: somebody changed it by hand; put it back to 100 % first`,
    );
  }
  return problems;
}

function imageProblems(deployment: Deployment, target: PlanTarget, observed: PlanObservation): string[] {
  const name = `${deployment.request.repository}@${deployment.request.digest}`;
  if (observed.image === undefined) return [`image ${name} is not in ECR any more (deleted by hand or by a lifecycle policy)`];
  const problems: string[] = [];
  if (observed.image.status !== 'ACTIVE') problems.push(`image ${name} is ${observed.image.status} in ECR and cannot be pulled`);
  const { findings } = observed.image;
  if (target.requireScan && findings === undefined) problems.push(`image ${name} has no finished scan and the manifest says preflight.requireScan`);
  if (target.maxScanSeverity !== undefined && findings !== undefined) {
    const limit = severities.indexOf(target.maxScanSeverity);
    const worse = severities.slice(0, Math.max(0, limit)).filter((severity) => (findings[severity] ?? 0) > 0);
    if (worse.length > 0) {
      const counts = worse.map((severity) => `${findings[severity]} ${severity}`).join(', ');
      problems.push(`image ${name} has scan findings above ${target.maxScanSeverity}: ${counts}`);
    }
  }
  return problems;
}

function containerOf(target: PlanTarget, observed: PlanObservation): ContainerObservation | undefined {
  if (target.container !== undefined) return observed.containers.find((container) => container.name === target.container);
  return observed.containers.length === 1 ? observed.containers[0] : undefined;
}

function containerProblems(target: PlanTarget, observed: PlanObservation): string[] {
  if (containerOf(target, observed) !== undefined) return [];
  const names = observed.containers.map((container) => container.name).join(', ');
  if (target.container !== undefined) return [`the task definition has no container named ${target.container}; it has: ${names}`];
  return [`the task definition has ${observed.containers.length} containers (${names}); name one in the manifest as image.container`];
}

function alarmProblems(settings: DeploymentSettings, observed: PlanObservation): string[] {
  if (settings.health.alarms.length === 0) return [];
  if (observed.alarmsInAlarm === undefined) return ["the manifest's alarms could not be read"];
  const red = settings.health.alarms.filter((name) => observed.alarmsInAlarm?.includes(name));
  return red.length === 0 ? [] : [`alarm ${red.join(', ')} is already in ALARM: it could not tell a bad image from a good one`];
}

function warningsOf(settings: DeploymentSettings, group: DeploymentGroupObservation, observed: PlanObservation): string[] {
  const warnings: string[] = [];
  if (group.terminatesBlue && group.terminationWaitMinutes < settings.bakeTimeMinutes) {
    warnings.push(
      `the deployment group ends blue ${group.terminationWaitMinutes} min after the shift, before the bake time of ${settings.bakeTimeMinutes} min is over`,
    );
  }
  if (settings.strategy.kind !== 'rolling') warnings.push(...evidenceWarnings(settings, observed.baseline));
  if (observed.blueHealthyTargets === 0) warnings.push('blue has no healthy target: there is nothing healthy to go back to');
  return warnings;
}

/** With little traffic the proof takes long, and CodeDeploy goes on shifting by its own clock: said before, not found out afterwards. */
function evidenceWarnings(settings: DeploymentSettings, baseline: Baseline | undefined): string[] {
  if (settings.health.comparison.observe) return [];
  if (baseline === undefined || baseline.minutes === 0) {
    return ['blue has no metrics of the last hours: green is compared only with what blue does during the deployment, response times not at all'];
  }
  const { requests, perMinute } = expectedProof(settings.health.comparison, baseline);
  const minutes = Math.ceil(requests / perMinute);
  if (minutes <= settings.bakeTimeMinutes) return [];
  return [
    `about ${requests} green requests are needed to call green as good as blue, ${minutes} min of all traffic (${Math.round(perMinute)} requests a minute); the bake time of ${settings.bakeTimeMinutes} min may end without that`,
  ];
}

function digestOf(image: string): string | undefined {
  const at = image.indexOf('@sha256:');
  return at < 0 ? undefined : image.slice(at + 1);
}

// A manifest for a service that is already live, from what was read of it. What AWS does not say is guessed on the safe side, and every
// guess is a note for the person who reviews it. Called by `weir init`.
import { parseEcrReference } from '#core/inspection/ecr-reference.ts';
import type { AlarmFacts, DeploymentGroupFacts, InspectedService, ServiceBalancer, ServiceFacts } from '#core/inspection/service-facts.ts';
import { type TaskDefinitionView, viewTaskDefinition } from '#core/inspection/task-definition-view.ts';
import { guessSmokeStatuses, guessTagRule, type TagRuleGuess } from './guess-settings.ts';

/** Minutes of the bake time where nothing speaks against them: the manifest's own default. */
const BAKE_MINUTES = 5;

/** Words for a person, beside the field they are about. */
export interface DraftNotes {
  readonly service: readonly string[];
  readonly image: readonly string[];
  readonly driver: readonly string[];
  readonly bakeTime: readonly string[];
  readonly health: readonly string[];
  readonly smokeChecks: readonly string[];
}

export interface ManifestDraft {
  readonly service: string;
  readonly cluster: string;
  readonly image: { readonly repository: string; readonly registry: string | undefined; readonly container: string | undefined; readonly tags: TagRuleGuess };
  readonly driver: { readonly kind: 'codedeploy'; readonly application: string; readonly deploymentGroup: string } | { readonly kind: 'ecs' };
  /** rolling: a service without a load balancer, whose tasks are replaced. */
  readonly strategy: 'canary' | 'rolling';
  readonly bakeTimeMinutes: number;
  readonly alarms: readonly string[];
  readonly smokeCheck: { readonly path: string; readonly statuses: readonly number[] } | undefined;
  readonly notes: DraftNotes;
}

export type DraftedManifest = { readonly ok: true; readonly draft: ManifestDraft } | { readonly ok: false; readonly problems: readonly string[] };

/** What is known of the repository and of alarms, read after the service. */
export interface DraftSurroundings {
  readonly tags: readonly string[];
  readonly alarms: readonly AlarmFacts[];
}

/** The ECR repository whose image the manifest is about; undefined when the service runs none. */
export function draftedRepository(facts: ServiceFacts): { readonly registry: string; readonly repository: string } | undefined {
  const found = facts.taskDefinition === undefined ? undefined : deployedContainer(facts, viewTaskDefinition(facts.taskDefinition));
  return found === undefined ? undefined : { registry: found.registry, repository: found.repository };
}

export function draftManifest(facts: ServiceFacts, { tags, alarms }: DraftSurroundings): DraftedManifest {
  const { observed, taskDefinition, cluster, service } = facts;
  if (observed === undefined) return refuse(`there is no service ${service} in cluster ${cluster} of account ${facts.account}, ${facts.region}`);
  if (taskDefinition === undefined) return refuse(`the task definition ${observed.taskDefinitionArn} of ${cluster}/${service} cannot be read`);
  const view = viewTaskDefinition(taskDefinition);
  const driver = chooseDriver(facts, observed);
  if ('problem' in driver) return refuse(driver.problem);
  const container = deployedContainer(facts, view);
  if (container === undefined) {
    const images = view.containers.map(({ name, image }) => `${name}: ${image}`).join(', ');
    return refuse(`no container of ${observed.taskDefinitionArn} runs an image of an ECR repository (${images}); Weir deploys what is pushed to ECR`);
  }
  const guessed = guessTagRule(tags);
  const bakeTime = guessBakeTime(driver.group);
  const smoke = guessSmokeCheck(facts, driver.hasTestRoute, driver.balancer);
  const quiet = alarms.filter(({ state }) => state !== 'ALARM').map(({ name }) => name);
  return {
    ok: true,
    draft: {
      service,
      cluster,
      image: {
        repository: container.repository,
        registry: container.registry === facts.account ? undefined : container.registry,
        container: view.containers.length > 1 ? container.name : undefined,
        tags: guessed.rule,
      },
      driver: driver.driver,
      strategy: driver.strategy ?? 'canary',
      bakeTimeMinutes: bakeTime.minutes,
      alarms: quiet,
      smokeCheck: smoke.check,
      notes: {
        service: [
          `controller ${observed.deploymentController}, ${observed.desiredCount} task(s) wanted, ${observed.onFargate ? 'Fargate' : 'EC2'}`,
          `task definition ${lastPart(observed.taskDefinitionArn)}`,
        ],
        image: [`container ${container.name}, image ${container.image}`, ...guessed.notes],
        driver: driver.notes,
        bakeTime: bakeTime.notes,
        health: alarmNotes(alarms),
        smokeChecks: smoke.notes,
      },
    },
  };
}

function refuse(problem: string): DraftedManifest {
  return { ok: false, problems: [problem] };
}

/** The container behind the load balancer where its image is ECR's, else the only one whose image is. */
function deployedContainer(
  facts: ServiceFacts,
  view: TaskDefinitionView,
): { readonly name: string; readonly image: string; readonly registry: string; readonly repository: string } | undefined {
  const ofEcr = view.containers.flatMap(({ name, image }) => {
    const reference = parseEcrReference(image, facts.account);
    return reference === undefined ? [] : [{ name, image, registry: reference.registry, repository: reference.repository }];
  });
  const balanced = facts.observed?.balancers[0]?.containerName;
  return ofEcr.find(({ name }) => name === balanced) ?? ofEcr[0];
}

interface ChosenDriver {
  readonly driver: ManifestDraft['driver'];
  readonly group: DeploymentGroupFacts | undefined;
  readonly balancer: ServiceBalancer | undefined;
  readonly hasTestRoute: boolean;
  readonly strategy?: 'rolling';
  readonly notes: readonly string[];
}

function chooseDriver(facts: ServiceFacts, observed: InspectedService): ChosenDriver | { readonly problem: string } {
  switch (observed.deploymentController) {
    case 'CODE_DEPLOY':
      return chooseGroup(facts, observed);
    case 'ECS':
      return chooseEcs(facts, observed);
    default:
      return { problem: `the service's deployment controller is ${observed.deploymentController}; Weir drives CODE_DEPLOY and ECS` };
  }
}

function chooseGroup(facts: ServiceFacts, observed: InspectedService): ChosenDriver | { readonly problem: string } {
  const [group, ...others] = facts.groups;
  if (group === undefined) {
    return {
      problem: `the service's controller is CODE_DEPLOY, but no CodeDeploy deployment group of ${facts.account}, ${facts.region} deploys ${facts.cluster}/${facts.service}; create one first`,
    };
  }
  return {
    driver: { kind: 'codedeploy', application: group.application, deploymentGroup: group.deploymentGroup },
    group,
    balancer: observed.balancers[0],
    hasTestRoute: group.testListenerArn !== undefined,
    notes: [
      `target groups ${group.targetGroupNames.join(' and ')}; ${observed.balancers.map(describeBalancer).join(', ')}`,
      ...routeNotes(facts, group.productionListenerArn, group.testListenerArn),
      group.terminatesBlue ? `the group ends blue ${group.terminationWaitMinutes} min after the shift` : 'the group keeps blue after the shift',
      ...others.map((other) => `GUESSED: ${other.application}/${other.deploymentGroup} deploys this service too; the first was taken`),
    ],
  };
}

function chooseEcs(facts: ServiceFacts, observed: InspectedService): ChosenDriver | { readonly problem: string } {
  if (observed.balancers.length === 0) {
    const notes = ['no load balancer: ECS replaces the tasks, and crashes, alarms and running tasks are what judges'];
    return { driver: { kind: 'ecs' }, group: undefined, balancer: undefined, hasTestRoute: false, strategy: 'rolling', notes };
  }
  const balancer = observed.balancers.find(({ alternateTargetGroupArn }) => alternateTargetGroupArn !== undefined);
  if (balancer === undefined) {
    return {
      problem:
        "the service is deployed by ECS without a second target group: give its load balancer an advancedConfiguration (alternate target group, production listener rule, role), which Weir's ecs driver shifts traffic with",
    };
  }
  const names = facts.targetGroups.map(({ name }) => name).join(' and ');
  return {
    driver: { kind: 'ecs' },
    group: undefined,
    balancer,
    hasTestRoute: balancer.testRuleArn !== undefined,
    notes: [`target groups ${names}; ${describeBalancer(balancer)}`, ...routeNotes(facts, balancer.productionRuleArn, balancer.testRuleArn)],
  };
}

function describeBalancer({ containerName, containerPort }: ServiceBalancer): string {
  return `container ${containerName} on port ${containerPort}`;
}

function routeNotes(facts: ServiceFacts, production: string | undefined, test: string | undefined): readonly string[] {
  return [
    `production: ${describeRoute(facts, production)}`,
    test === undefined ? 'test: none, so nothing can be checked on green before production traffic' : `test: ${describeRoute(facts, test)}`,
  ];
}

function describeRoute(facts: ServiceFacts, arn: string | undefined): string {
  if (arn === undefined) return 'none';
  const ofRule = arn.replace(':listener-rule/', ':listener/');
  const listener = facts.listeners.find((candidate) => ofRule === candidate.arn || ofRule.startsWith(`${candidate.arn}/`));
  if (listener === undefined) return arn;
  return `${listener.protocol} ${listener.port ?? '?'} of load balancer ${listener.loadBalancerName}${ofRule === arn ? '' : ', one rule of it'}`;
}

function guessBakeTime(group: DeploymentGroupFacts | undefined): { readonly minutes: number; readonly notes: readonly string[] } {
  if (group?.terminatesBlue !== true || group.terminationWaitMinutes >= BAKE_MINUTES) return { minutes: BAKE_MINUTES, notes: ['GUESSED: the default'] };
  const minutes = group.terminationWaitMinutes;
  return { minutes, notes: [`GUESSED: the deployment group ends blue after ${minutes} min; longer needs a longer termination wait there`] };
}

function guessSmokeCheck(
  facts: ServiceFacts,
  hasTestRoute: boolean,
  balancer: ServiceBalancer | undefined,
): { readonly check: ManifestDraft['smokeCheck']; readonly notes: readonly string[] } {
  const group = facts.targetGroups.find(({ arn }) => arn === balancer?.targetGroupArn) ?? facts.targetGroups[0];
  const path = group?.healthCheckPath;
  if (!hasTestRoute) return { check: undefined, notes: ['no smoke checks: they need a test listener'] };
  const statuses = guessSmokeStatuses(group?.matcher);
  if (path === undefined || statuses === undefined)
    return { check: undefined, notes: ["none guessed: the target group's health check names no path and status"] };
  return { check: { path, statuses }, notes: [`GUESSED: the health check of target group ${group?.name ?? ''}; name a request that proves more`] };
}

function alarmNotes(alarms: readonly AlarmFacts[]): readonly string[] {
  const red = alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  return [
    ...(alarms.length === 0
      ? ["no alarm on this service's metrics was found"]
      : ["GUESSED: alarms on this service's metrics, and those its deployments name already"]),
    ...red.map((name) => `left out because it is in ALARM now, and would refuse every deployment: ${name}`),
  ];
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

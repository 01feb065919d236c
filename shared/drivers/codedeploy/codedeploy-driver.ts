// Blue/green through AWS CodeDeploy: start or adopt, observe, stop, continue. Everything here can be repeated.
import type { ShiftObservation } from '#core/deployment/shift-observation.ts';
import type { DriverCapabilities } from '#core/rollout/driver-capabilities.ts';
import { isPredefinedConfiguration } from '#core/strategy/codedeploy-configuration.ts';
import type { CodeDeploy, CodeDeployDeployment, LifecycleEventState } from '#ports/codedeploy.ts';
import type { DeploymentDriver, DriverTarget, StartedShift, StartShift } from '#ports/deployment-driver.ts';
import { PermanentError } from '#ports/errors.ts';
import type { LoadBalancer } from '#ports/load-balancer.ts';
import { appSpec } from './app-spec.ts';
import { DESCRIPTION_LENGTH_MAX, describe, ownerOfDescription } from './description.ts';

/** Source: CodeDeploy user guide, deployment configurations and lifecycle of ECS deployments: it cannot be held between two steps. */
export const codedeployCapabilities: DriverCapabilities = {
  strategies: ['canary', 'linear', 'allAtOnce'],
  holdsAtStep: false,
  shiftsBackGradually: false,
  hooksPerStep: false,
  severalTargetGroups: false,
  worksWithoutLoadBalancer: false,
};

export function createCodedeployDriver(codedeploy: CodeDeploy, loadBalancer: LoadBalancer, hookFunctionPrefix: string): DeploymentDriver {
  return {
    async observeGroup(given, deploymentId) {
      const target = requireCodedeploy(given);
      const group = await codedeploy.group(target.application, target.deploymentGroup);
      if (group === undefined) return undefined;
      const [targetGroupArns, active] = await Promise.all([loadBalancer.targetGroupArns(group.targetGroupNames), findActive(codedeploy, target)]);
      return {
        cluster: group.cluster,
        service: group.service,
        targetGroupArns,
        productionListenerArn: group.productionListenerArn,
        testListenerArn: group.testListenerArn,
        terminationWaitMinutes: group.terminationWaitMinutes,
        terminatesBlue: group.terminatesBlue,
        active: active === undefined ? undefined : { id: active.id, isOurs: isOurs(active, deploymentId) },
      };
    },
    start: (request) => start(codedeploy, hookFunctionPrefix, requireCodedeploy(request.target), request),
    observe: (id) => observe(codedeploy, id),
    async stop(id, mode) {
      return (await codedeploy.stop(id, mode === 'toBlue')) === 'stopping' ? 'stopping' : 'atRest';
    },
    endTerminationWait: (id) => codedeploy.continue(id, 'TERMINATION_WAIT'),
    continueReady: (id) => codedeploy.continue(id, 'READY_WAIT'),
    async ownerOf(id) {
      const deployment = await codedeploy.deployment(id);
      if (deployment === undefined) return { serviceKey: undefined, deploymentId: undefined, isRollback: false };
      const owner = ownerOfDescription(deployment.description);
      return { serviceKey: owner?.serviceKey, deploymentId: owner?.deploymentId, isRollback: isRollback(deployment) };
    },
    answerHook: (id, executionId, answer) => codedeploy.answerHook(id, executionId, answer),
  };
}

type CodedeployTarget = Extract<DriverTarget, { kind: 'codedeploy' }>;

function requireCodedeploy(target: DriverTarget): CodedeployTarget {
  if (target.kind === 'codedeploy') return target;
  throw new PermanentError('the codedeploy driver was asked for a service that ECS itself deploys');
}

async function start(codedeploy: CodeDeploy, hookFunctionPrefix: string, target: CodedeployTarget, request: StartShift): Promise<StartedShift> {
  const found = await findActive(codedeploy, target);
  if (found !== undefined) return adoptOrWait(found, request);
  if (request.onlyAdopt) return { kind: 'notStarted' };
  const { strategy } = request;
  if (strategy.kind === 'rolling') return { kind: 'refused', reason: 'CodeDeploy deploys blue/green only' };
  if (strategy.kind === 'adaptive') return { kind: 'refused', reason: 'it cannot be held between two steps, which the adaptive strategy needs' };
  if (!isPredefinedConfiguration(request.configurationName)) await codedeploy.ensureConfiguration(request.configurationName, strategy);
  const created = await codedeploy.create({
    application: target.application,
    deploymentGroup: target.deploymentGroup,
    configurationName: request.configurationName,
    description: describe(request.serviceKey, request.deploymentId),
    appSpec: appSpec(request.taskDefinitionArn, request.launch, hookFunctionPrefix),
  });
  if (created.kind === 'created') return { kind: 'started', driverDeploymentId: created.id };
  if (created.kind === 'refused') return { kind: 'refused', reason: created.reason };
  // Either an earlier try of ours worked and its answer was lost, or somebody was faster; the list may show it only a little later.
  const holder = await findActive(codedeploy, target);
  return holder === undefined ? { kind: 'slotTaken', holder: created.reason } : adoptOrWait(holder, request);
}

function adoptOrWait(active: CodeDeployDeployment, request: StartShift): StartedShift {
  if (isOurs(active, request.deploymentId)) return { kind: 'adopted', driverDeploymentId: active.id };
  return { kind: 'slotTaken', holder: `CodeDeploy deployment ${active.id}` };
}

async function findActive(codedeploy: CodeDeploy, target: CodedeployTarget): Promise<CodeDeployDeployment | undefined> {
  const [newest] = await codedeploy.active(target.application, target.deploymentGroup);
  return newest === undefined ? undefined : codedeploy.deployment(newest);
}

function isOurs(deployment: CodeDeployDeployment, deploymentId: string): boolean {
  return !isRollback(deployment) && ownerOfDescription(deployment.description)?.deploymentId === deploymentId;
}

function isRollback(deployment: CodeDeployDeployment): boolean {
  return deployment.creator === 'codeDeployRollback' || deployment.triggeringId !== undefined;
}

async function observe(codedeploy: CodeDeploy, id: string): Promise<ShiftObservation | undefined> {
  const deployment = await codedeploy.deployment(id);
  if (deployment === undefined) return undefined;
  const place = await placeOf(codedeploy, deployment);
  const events = place === undefined ? [] : await codedeploy.lifecycle(id, place.cluster, place.service);
  const rollback = deployment.rollbackId === undefined ? undefined : await codedeploy.deployment(deployment.rollbackId);
  return {
    status: statusOf(deployment.status),
    phase: phaseOf(deployment, events),
    waitsBeforeBlueEnds: deployment.terminationWaitStarted && statusOf(deployment.status) === 'running',
    failure: failureOf(deployment, events),
    rollback:
      deployment.rollbackId === undefined
        ? undefined
        : { id: deployment.rollbackId, status: rollback === undefined ? 'running' : rollbackStatusOf(rollback.status) },
  };
}

/** The service it deploys: our own descriptions say it, for others the deployment group is asked. */
async function placeOf(codedeploy: CodeDeploy, deployment: CodeDeployDeployment): Promise<{ readonly cluster: string; readonly service: string } | undefined> {
  const [cluster, service] = ownerOfDescription(deployment.description)?.serviceKey.split('/') ?? [];
  // One that has the greatest length may have been cut.
  if (cluster !== undefined && service !== undefined && deployment.description.length < DESCRIPTION_LENGTH_MAX) return { cluster, service };
  return codedeploy.group(deployment.application, deployment.deploymentGroup);
}

/** A status this version does not know counts as running: it is neither success nor failure. */
function statusOf(status: string): ShiftObservation['status'] {
  switch (status) {
    case 'Succeeded':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    case 'Stopped':
      return 'stopped';
    case 'Ready':
      return 'ready';
    default:
      return 'running';
  }
}

function rollbackStatusOf(status: string): 'running' | 'succeeded' | 'failed' {
  const known = statusOf(status);
  if (known === 'succeeded') return 'succeeded';
  return known === 'failed' || known === 'stopped' ? 'failed' : 'running';
}

function phaseOf(deployment: CodeDeployDeployment, events: readonly LifecycleEventState[]): string {
  if (statusOf(deployment.status) !== 'running') return deployment.status;
  if (deployment.terminationWaitStarted) return 'Termination wait';
  const current = events.find((event) => event.status === 'InProgress') ?? events.findLast((event) => event.status === 'Succeeded');
  return current?.name ?? deployment.status;
}

function failureOf(deployment: CodeDeployDeployment, events: readonly LifecycleEventState[]): string | undefined {
  const failed = events.find((event) => event.status === 'Failed');
  if (failed !== undefined) return `${failed.name} failed: ${failed.message ?? deployment.error ?? 'no reason given'}`;
  return deployment.error;
}

// ECS's own deployments through the AWS SDK.
import {
  ContinueServiceDeploymentCommand,
  type DeploymentConfiguration,
  type DeploymentLifecycleHook,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type LoadBalancer,
  type Service,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { EcsTrafficConfiguration } from '#core/strategy/ecs-configuration.ts';
import type { RollingMonitors } from '#ports/deployment-driver.ts';
import type { DeploymentMark, EcsDeployments, NativeDeployment, NativePause, NativeRoute } from '#ports/ecs-deployments.ts';
import { PermanentError } from '#ports/errors.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

/** Weir's lifecycle hook: its function, and the role as which ECS invokes it. */
export interface LifecycleHookFunction {
  readonly functionArn: string;
  readonly roleArn: string;
}

/**
 * The stages Weir decides at. The two that move traffic are not among them: their hooks run in a rollback too, and no rollback of
 * ours is to depend on a function. Source: ECS developer guide, lifecycle hooks; ECS API, DeploymentLifecycleHookStage.
 */
const HOOKED_STAGES = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const;
/** Newest deployments listed. */
const LISTED = 10;

export function createAwsEcsDeployments(client: ECSClient, hook: LifecycleHookFunction): EcsDeployments {
  return {
    async service(cluster, service) {
      const found = await describeService(client, cluster, service);
      if (found === undefined) return undefined;
      return { routes: (found.loadBalancers ?? []).flatMap(routeOf), newestDeployment: found.currentServiceDeployment };
    },
    async newest(cluster, service) {
      const missing = { ClusterNotFoundException: () => undefined, ServiceNotFoundException: () => undefined };
      const answer = await callAwsUnless(`list the service deployments of ${cluster}/${service}`, missing, () =>
        client.send(new ListServiceDeploymentsCommand({ cluster, service, maxResults: LISTED })),
      );
      return (answer?.serviceDeployments ?? []).flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
    },
    async deployment(arn) {
      const answer = await callAwsUnless(`describe ${arn}`, { ServiceNotFoundException: () => undefined, ClusterNotFoundException: () => undefined }, () =>
        client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })),
      );
      const found = answer?.serviceDeployments?.[0];
      return found === undefined ? undefined : deploymentOf(arn, found, hook.functionArn);
    },
    async taskDefinitionOf(revisionArn) {
      const answer = await callAws(`describe ${revisionArn}`, () => client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revisionArn] })));
      return answer.serviceRevisions?.[0]?.taskDefinition;
    },
    async start({ cluster, service, taskDefinitionArn, traffic, mark, pause, monitors, capacityProviderStrategy }) {
      const found = await describeService(client, cluster, service);
      if (found === undefined) return { kind: 'refused', reason: `service ${cluster}/${service} does not exist` };
      const refused = (error: Error) => ({ kind: 'refused' as const, reason: error.message });
      const deploymentConfiguration =
        monitors !== undefined
          ? rollingConfiguration(found.deploymentConfiguration, traffic, monitors, hook.functionArn)
          : configurationWith(found.deploymentConfiguration, traffic, ownHook(hook, mark, pause), pause);
      const answer = await callAwsUnless(
        `start a deployment of ${cluster}/${service}`,
        { InvalidParameterException: refused, ClientException: refused, ServiceNotActiveException: refused, UnsupportedFeatureException: refused },
        () =>
          client.send(
            new UpdateServiceCommand({
              cluster,
              service,
              taskDefinition: taskDefinitionArn,
              deploymentConfiguration,
              ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy: [...capacityProviderStrategy] }),
            }),
          ),
      );
      return 'kind' in answer ? answer : { kind: 'started' };
    },
    async stop(arn, stopType) {
      const unsupported = () => 'unsupported' as const;
      // Only ROLLBACK is described by AWS's guide; what a region without ABORT answers is unverified.
      const withoutAbort = stopType === 'ABORT' ? { UnsupportedFeatureException: unsupported, InvalidParameterException: unsupported } : {};
      const answers = { ConflictException: () => 'over' as const, ...withoutAbort };
      const answer = await callAwsUnless(`stop ${arn}`, answers, () => client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType })));
      return typeof answer === 'string' ? answer : 'stopping';
    },
    async continue(arn, hookId) {
      // ECS says so when the hook was answered before, or timed out meanwhile.
      await callAwsUnless(`continue ${arn}`, { InvalidParameterException: () => undefined, ConflictException: () => undefined }, () =>
        client.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, action: 'CONTINUE' })),
      );
    },
  };
}

async function describeService(client: ECSClient, cluster: string, service: string): Promise<Service | undefined> {
  const answer = await callAwsUnless(`describe service ${cluster}/${service}`, { ClusterNotFoundException: () => undefined }, () =>
    client.send(new DescribeServicesCommand({ cluster, services: [service] })),
  );
  return answer?.services?.[0];
}

function routeOf({ targetGroupArn, advancedConfiguration: advanced }: LoadBalancer): NativeRoute[] {
  const { alternateTargetGroupArn, productionListenerRule } = advanced ?? {};
  if (targetGroupArn === undefined || alternateTargetGroupArn === undefined || productionListenerRule === undefined) return [];
  return [{ targetGroupArn, alternateTargetGroupArn, productionRuleArn: productionListenerRule, testRuleArn: advanced?.testListenerRule }];
}

/** The service's own settings stay: its alarms, circuit breaker, and hooks that are not ours. */
function configurationWith(
  before: DeploymentConfiguration | undefined,
  traffic: EcsTrafficConfiguration,
  own: DeploymentLifecycleHook,
  pause: NativePause | undefined,
): DeploymentConfiguration {
  const { canaryConfiguration: _canary, linearConfiguration: _linear, ...kept } = before ?? {};
  const others = withoutOurs(before?.lifecycleHooks ?? [], own.hookTargetArn);
  // The bake is Weir's: its hook keeps blue until the verdict lets it go. Source for 0: Terraform AWS provider, 0 to 1440 (unverified in AWS's own pages).
  return { ...kept, ...traffic, bakeTimeInMinutes: 0, lifecycleHooks: [...others, own, ...(pause === undefined ? [] : [pauseHook(pause)])] };
}

/** The service's own breaker is kept where it has one, and its own alarms are watched too. */
function rollingConfiguration(
  before: DeploymentConfiguration | undefined,
  traffic: EcsTrafficConfiguration,
  { crashThreshold, resetOnHealthy, alarms, bakeTimeMinutes }: RollingMonitors,
  functionArn: string,
): DeploymentConfiguration {
  const { canaryConfiguration: _canary, linearConfiguration: _linear, deploymentCircuitBreaker: own, alarms: ownAlarms, ...kept } = before ?? {};
  const breaker = { enable: true, rollback: true, resetOnHealthyTask: resetOnHealthy, thresholdConfiguration: crashThreshold };
  const alarmNames = [...new Set([...(ownAlarms?.enable === true ? (ownAlarms.alarmNames ?? []) : []), ...alarms])];
  return {
    ...kept,
    ...traffic,
    bakeTimeInMinutes: bakeTimeMinutes,
    deploymentCircuitBreaker: own?.enable === true ? own : breaker,
    alarms: { alarmNames, enable: alarmNames.length > 0, rollback: alarmNames.length > 0 },
    lifecycleHooks: [...withoutOurs(before?.lifecycleHooks ?? [], functionArn)],
  };
}

/**
 * A PAUSE hook carries nothing that says whose it is (ECS API: hookDetails are not used for it): the details of our function's hook say
 * with what time-out ours was made, and only that one is taken away again.
 */
function withoutOurs(hooks: readonly DeploymentLifecycleHook[], functionArn: string | undefined): readonly DeploymentLifecycleHook[] {
  const before = hooks.find((hook) => hook.hookTargetArn === functionArn)?.hookDetails;
  const minutes = typeof before === 'object' && before !== null ? (before as Record<string, unknown>)['weirPauseMinutes'] : undefined;
  const pause = minutes === undefined ? -1 : hooks.findIndex((hook) => isPause(hook) && hook.timeoutConfiguration?.timeoutInMinutes === minutes);
  return hooks.filter((hook, index) => hook.hookTargetArn !== functionArn && index !== pause);
}

const PAUSE_STAGE: NativePause['stage'] = 'POST_TEST_TRAFFIC_SHIFT';

function isPause({ targetType, lifecycleStages }: DeploymentLifecycleHook): boolean {
  return targetType === 'PAUSE' && lifecycleStages?.length === 1 && lifecycleStages[0] === PAUSE_STAGE;
}

function pauseHook({ stage, timeoutMinutes, onTimeout }: NativePause): DeploymentLifecycleHook {
  return { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration: { timeoutInMinutes: timeoutMinutes, action: onTimeout } };
}

function ownHook(
  { functionArn, roleArn }: LifecycleHookFunction,
  { deploymentId, serviceKey, taskDefinitionArn }: DeploymentMark,
  pause: NativePause | undefined,
): DeploymentLifecycleHook {
  const paused = pause === undefined ? {} : { weirPauseMinutes: pause.timeoutMinutes };
  return {
    targetType: 'AWS_LAMBDA',
    hookTargetArn: functionArn,
    roleArn,
    lifecycleStages: [...HOOKED_STAGES],
    hookDetails: { weirDeployment: deploymentId, weirService: serviceKey, taskDefinition: taskDefinitionArn, ...paused },
  };
}

function deploymentOf(arn: string, found: ServiceDeployment, functionArn: string): NativeDeployment {
  const targetRevisionArn = found.targetServiceRevision?.arn;
  if (targetRevisionArn === undefined) throw new PermanentError(`${arn} names no target service revision`);
  const own = found.deploymentConfiguration?.lifecycleHooks?.find((candidate) => candidate.hookTargetArn === functionArn);
  return {
    arn,
    status: found.status ?? '',
    statusReason: found.statusReason,
    stage: found.lifecycleStage,
    targetRevisionArn,
    mark: markOf(own?.hookDetails),
    pauses: (found.lifecycleHookDetails ?? []).flatMap((detail) => (detail.status === 'AWAITING_ACTION' ? (detail.hookId ?? []) : [])),
  };
}

/** Anybody can write anything into a hook's details: what is not ours in every member is not ours. */
function markOf(details: unknown): DeploymentMark | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const { weirDeployment, weirService, taskDefinition } = details as Record<string, unknown>;
  if (typeof weirDeployment !== 'string' || typeof weirService !== 'string' || typeof taskDefinition !== 'string') return undefined;
  return { deploymentId: weirDeployment, serviceKey: weirService, taskDefinitionArn: taskDefinition };
}

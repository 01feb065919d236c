// The records that the step's decision reads, as a deployment of the sample manifest has them: settings are the product's defaults.
import { deploymentSettings, parseManifestDocument } from '#contracts/stored-manifest.ts';
import type { Deployment, DeploymentSettings, Plan } from '#core/deployment/deployment.ts';
import type { Baseline } from '#core/health/evidence.ts';
import { ecsConfigurationName } from '#core/strategy/ecs-configuration.ts';

export const TASKS = 4;

/** @param strategy as a manifest says it */
export function settingsOf(strategy: object): DeploymentSettings {
  const image = { repository: 'team/orders' };
  const parsed = parseManifestDocument({ version: 1, service: 'orders', cluster: 'prod', image, driver: { kind: 'ecs' }, strategy });
  if (!parsed.ok) throw new Error(parsed.problem);
  return deploymentSettings(parsed.value, 1);
}

export function planOf(settings: DeploymentSettings, baseline: Baseline | undefined): Plan {
  return {
    settings,
    blue: { taskSetId: 'blue', taskDefinitionArn: 'orders:1', targetGroupArn: 'blue', digest: undefined },
    greenTargetGroupArn: 'green',
    productionListenerArn: 'listener',
    productionRuleArn: 'rule',
    driver: 'ecs',
    onWeightsChanged: 'hold',
    launch: { loadBalancerContainer: 'app', loadBalancerPort: 80 },
    desiredCount: TASKS,
    containerName: 'app',
    configurationName: ecsConfigurationName(settings.strategy),
    ...(baseline === undefined ? {} : { baseline }),
    warnings: [],
  };
}

export const shifting: Deployment = {
  schema: 1,
  id: 'bench',
  serviceKey: 'prod/orders',
  status: 'Shifting',
  request: { repository: 'team/orders', registry: '111122223333', digest: 'sha256:0', tag: undefined, pushedAt: 0, source: 'push' },
  requestedAt: 0,
  updatedAt: 0,
  fence: 1,
  run: 1,
  hooks: {},
  rounds: 0,
  timeline: [],
  timelineDropped: 0,
};

// Application Auto Scaling for ECS services, as a local service: put together here.
import type { Region, Service } from '../region.ts';
import { scalableTargetOperations } from './scalable-targets.ts';
import { scalingPolicyOperations } from './scaling-policies.ts';
import type { ScalingContext } from './scaling-state.ts';
import { tagOperations } from './tags.ts';

/** Application Auto Scaling of one region; a ServiceFactory. */
export function createApplicationAutoScaling(region: Region): Service {
  const context: ScalingContext = { region, targets: new Map(), activities: [] };
  return {
    name: 'application-autoscaling',
    iamPrefix: 'application-autoscaling',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'AnyScaleFrontendService' }],
    operations: { ...scalableTargetOperations(context), ...scalingPolicyOperations(context), ...tagOperations(context) },
  };
}

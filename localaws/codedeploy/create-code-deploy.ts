// CodeDeploy for ECS blue/green, as a local service: put together here, nothing decided here.
import type { Region, Service, ServiceFactory } from '../region.ts';
import { announceDeployment } from './announcements.ts';
import { applicationOperations } from './applications.ts';
import { type CodeDeployBehaviour, HARSHEST_BEHAVIOUR } from './behaviour.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { createDeploymentOperation } from './create-deployment.ts';
import { deploymentConfigOperations } from './deployment-configs.ts';
import { deploymentControlOperations } from './deployment-control.ts';
import { deploymentGroupOperations } from './deployment-groups.ts';
import { deploymentQueryOperations } from './deployment-queries.ts';
import { deploymentTargetOperations } from './deployment-targets.ts';
import { createLifecycleRunner } from './lifecycle/run-lifecycle.ts';
import type { Deployment } from './model.ts';
import { revisionOperations } from './revisions.ts';
import { startRollback } from './start-rollback.ts';
import { createStore } from './store.ts';
import { tagOperations } from './tags.ts';

/**
 * A factory of CodeDeploy.
 * @param behaviour positions of the switches for what AWS does not document; the harsher ones where absent.
 */
export function codeDeployFactory(behaviour: Partial<CodeDeployBehaviour> = {}): ServiceFactory {
  return (region) => createCodeDeploy(region, behaviour);
}

/** CodeDeploy of one region; itself a ServiceFactory. */
export function createCodeDeploy(region: Region, behaviour: Partial<CodeDeployBehaviour> = {}): Service {
  const store = createStore();
  const switches = { ...HARSHEST_BEHAVIOUR, ...behaviour };
  const runner = createLifecycleRunner(region, switches, {
    announce: (deployment, state) => announceDeployment(region, deployment, state),
    startRollback: (triggering) => startRollback(context, triggering),
    finished: leaveSlot,
  });
  const context: CodeDeployContext = { region, store, runner, behaviour: switches };
  return {
    name: 'codedeploy',
    iamPrefix: 'codedeploy',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'CodeDeploy_20141006' }],
    operations: {
      ...applicationOperations(context),
      ...deploymentGroupOperations(context),
      ...deploymentConfigOperations(context),
      ...revisionOperations(context),
      CreateDeployment: createDeploymentOperation(context),
      ...deploymentQueryOperations(context),
      ...deploymentTargetOperations(context),
      ...deploymentControlOperations(context),
      ...tagOperations(context),
    },
  };
}

/** Frees the group's slot and notes the outcome. A rollback's success is not the success of what it deployed. */
function leaveSlot(deployment: Deployment): void {
  const { group, lifecycle, id, createTime, sha256 } = deployment;
  if (group.activeDeploymentId === id) group.activeDeploymentId = undefined;
  const last = { deploymentId: id, status: lifecycle.status, createTime, endTime: lifecycle.completeTime, sha256 };
  if (group.lastAttempted?.deploymentId === id) group.lastAttempted = last;
  if (lifecycle.status === 'Succeeded' && deployment.creator === 'user') group.lastSuccessful = last;
}

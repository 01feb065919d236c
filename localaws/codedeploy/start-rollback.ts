// A rollback is a new deployment: other id, creator codeDeployRollback, all at once, joined to the one it undoes by rollbackInfo.
import { parseAppSpec } from './app-spec.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { record } from './create-deployment.ts';
import { initialLifecycle } from './lifecycle/lifecycle.ts';
import { rollbackPlan } from './lifecycle/plan.ts';
import type { Deployment } from './model.ts';
import { DEFAULT_ECS_CONFIG } from './predefined-configs.ts';

/** Puts the rollback of a failed or stopped deployment on record and starts it. */
export function startRollback(context: CodeDeployContext, triggering: Deployment): void {
  const { region } = context;
  const now = region.clock.now();
  const id = `d-${region.ids.upper(9)}`;
  // The revision that goes back into service; before the first success nobody knows it, and the failed one stands in (unverified).
  const previous = triggering.previousSha256 === undefined ? undefined : triggering.application.revisions.get(triggering.previousSha256);
  const appSpec = previous === undefined ? triggering.appSpec : parseAppSpec(previous.content);
  const rollback: Deployment = {
    id,
    application: triggering.application,
    group: triggering.group,
    configName: DEFAULT_ECS_CONFIG,
    createTime: now,
    creator: 'codeDeployRollback',
    description: undefined,
    sha256: previous?.sha256 ?? triggering.sha256,
    previousSha256: triggering.previousSha256,
    appSpec,
    settings: triggering.settings,
    autoRollback: { enabled: false, events: [] },
    overrideAlarms: undefined,
    plan: rollbackPlan(triggering.plan, appSpec, context.behaviour),
    lifecycle: initialLifecycle({ greenExists: true, greenPercent: triggering.lifecycle.greenPercent }),
    facts: triggering.facts,
    rollbackInfo: {
      rollbackTriggeringDeploymentId: triggering.id,
      rollbackMessage: `Deployment ${id} is triggered to roll back deployment ${triggering.id}.`,
    },
    lastUpdatedAt: now,
  };
  triggering.rollbackInfo = {
    rollbackDeploymentId: id,
    rollbackMessage: `Deployment ${triggering.id} terminated. Automatic rollback is triggered with a DeploymentId ${id}.`,
  };
  record(context, rollback);
}

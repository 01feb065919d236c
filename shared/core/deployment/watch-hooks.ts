// Lifecycle hooks as the watch loop sees them: which one failed, which are open, which are to be checked again.
import { type Deployment, type EpochMillis, type HookRecord, type LifecycleHook, lifecycleHooks } from './deployment.ts';
import type { RollbackCause } from './rollback-cause.ts';

/** A hook of ours that is to be looked at again, in its own function. */
export interface HookCheck {
  readonly kind: 'checkHook';
  readonly hook: LifecycleHook;
  readonly record: HookRecord;
}

export function failedHook(deployment: Deployment): RollbackCause | undefined {
  for (const hook of lifecycleHooks) {
    const record = deployment.hooks[hook];
    if (record?.answer === 'Failed') return { kind: 'hook', hook, reason: record.reason ?? 'no reason recorded' };
  }
  return undefined;
}

/** Hooks that CodeDeploy still waits for: not decided, or decided by a function that died before it could say so. */
export function openHooks(deployment: Deployment): readonly { readonly hook: LifecycleHook; readonly record: HookRecord }[] {
  return lifecycleHooks.flatMap((hook) => {
    const record = deployment.hooks[hook];
    return record === undefined || record.reportedAt !== undefined ? [] : [{ hook, record }];
  });
}

export function hookChecks(deployment: Deployment, now: EpochMillis): readonly HookCheck[] {
  // ECS asks its hooks again by itself.
  if (deployment.plan?.driver === 'ecs') return [];
  return openHooks(deployment)
    .filter(({ record }) => now >= record.nextTryAt)
    .map(({ hook, record }) => ({ kind: 'checkHook', hook, record }));
}

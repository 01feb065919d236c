// Runbook: the serving revision crashes again and again while nothing is being deployed. Back to the last successful revision that is
// another one and was healthy; where there is none, or where going back cannot help, people are told the cause.
import { type StopCauseCode, stopCause } from '#core/breaker/stop-cause.ts';
import type { Finding } from '../action.ts';
import type { CrashLoopPolicy } from '../policy.ts';

/** A revision that was deployed successfully. */
export interface SuccessfulRevision {
  readonly deploymentId: string;
  readonly taskDefinitionArn: string;
  readonly digest: string;
  /** Its guard window ended well, its image is still there and not quarantined. undefined: could not be found out. */
  readonly healthy: boolean | undefined;
}

export interface CrashLoopSituation {
  readonly kind: 'crashLoop';
  readonly serving: { readonly taskDefinitionArn: string; readonly digest: string | undefined };
  /** Crashes of the serving revision within the policy's window, and what most of them share. */
  readonly crashes: number;
  readonly cause: StopCauseCode;
  readonly lastText: string;
  /** Newest first. */
  readonly successes: readonly SuccessfulRevision[];
}

export function planCrashLoop(situation: CrashLoopSituation, policy: CrashLoopPolicy): Finding {
  const { serving, crashes } = situation;
  if (crashes < policy.crashes) return { kind: 'nothing', why: `${crashes} crashes in ${policy.windowMinutes} minutes; ${policy.crashes} are a loop` };
  const cause = stopCause(situation.cause);
  const evidence = [
    `${crashes} tasks of ${serving.taskDefinitionArn} crashed in ${policy.windowMinutes} minutes, most because ${cause.title}`,
    `last: ${situation.lastText}`,
  ];
  const alert = (why: string): Finding => ({ kind: 'alert', why, evidence: [...evidence, `remedy: ${cause.remedy}`] });
  if (cause.fault === 'environment') return alert('the serving revision crashes and another one would too: the cause is not in the image');
  const others = situation.successes.filter((one) => one.taskDefinitionArn !== serving.taskDefinitionArn);
  const target = others.find((one) => one.healthy === true);
  if (target === undefined) {
    return alert(
      others.length === 0
        ? 'the serving revision crashes and no other one was ever deployed successfully'
        : 'the serving revision crashes and none of the earlier ones is known to be healthy',
    );
  }
  return {
    kind: 'action',
    action: {
      kind: 'redeployRevision',
      taskDefinitionArn: target.taskDefinitionArn,
      digest: target.digest,
      of: target.deploymentId,
      strategy: 'allAtOnce',
    },
    why: `the serving revision crashes in a loop: back to the one of deployment ${target.deploymentId}`,
    evidence: [...evidence, `${target.taskDefinitionArn} was deployed successfully and was healthy`],
  };
}

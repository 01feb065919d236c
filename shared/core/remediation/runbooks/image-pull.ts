// Runbook: the serving revision's image can no longer be pulled, so no task can be replaced. Where a digest still runs and is still in
// the registry, the service is pinned to it: a tag that was moved, deleted or overwritten does no more harm.
import { type StopCauseCode, stopCause } from '#core/breaker/stop-cause.ts';
import type { Finding } from '../action.ts';

export interface RunningDigest {
  readonly digest: string;
  /** Tasks that run it now. */
  readonly tasks: number;
  /** Whether the registry still has it; undefined when it could not be asked. */
  readonly inRegistry: boolean | undefined;
}

export interface ImagePullSituation {
  readonly kind: 'imagePull';
  readonly container: string;
  /** The image as the serving task definition names it. */
  readonly image: string;
  readonly cause: StopCauseCode;
  readonly lastText: string;
  readonly running: readonly RunningDigest[];
}

/** Causes that another reference to the image can heal; a missing permission or route stops every digest alike. */
const pinnable: ReadonlySet<StopCauseCode> = new Set<StopCauseCode>(['imageMissing', 'imagePlatform', 'imagePullFailed']);

export function planImagePull(situation: ImagePullSituation): Finding {
  const cause = stopCause(situation.cause);
  const running = [...situation.running].filter((one) => one.tasks > 0).sort((a, b) => b.tasks - a.tasks || (a.digest < b.digest ? -1 : 1));
  const evidence = [
    `${situation.image} cannot be pulled: ${situation.lastText}`,
    running.length === 0 ? 'no task runs any more' : `still running: ${running.map((one) => `${one.digest} (${one.tasks} tasks)`).join(', ')}`,
  ];
  const alert = (why: string): Finding => ({ kind: 'alert', why, evidence: [...evidence, `remedy: ${cause.remedy}`] });
  if (!pinnable.has(situation.cause)) return alert(`new tasks cannot start because ${cause.title}; pinning a digest would not help`);
  const target = running.find((one) => one.inRegistry === true);
  if (target === undefined) {
    if (running.length === 0) return alert('the image is gone and nothing runs that could be pinned');
    return alert('the image is gone and what still runs is not known to be in the registry: these tasks cannot be replaced, push their digest again');
  }
  if (situation.image.endsWith(`@${target.digest}`))
    return alert('the service is pinned already to the digest that runs, and it is in the registry: look at the pull itself');
  return {
    kind: 'action',
    action: { kind: 'pinDigest', container: situation.container, digest: target.digest, strategy: 'allAtOnce' },
    why: `${situation.image} cannot be pulled: pin to ${target.digest}, which ${target.tasks} tasks run`,
    evidence,
  };
}

// What a person may ask of a service now, and what would come of it. The operations decide; this only says what is worth a button.
import { decideApproval } from '#core/approval/approval.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { isPaused } from '#core/deployment/pause-state.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';

export const actions = ['approve', 'reject', 'pause', 'resume', 'promote', 'abort', 'rollback', 'retry'] as const;
export type Action = (typeof actions)[number];

export interface Control {
  readonly action: Action;
  readonly label: string;
  /** What happens, in one sentence of the dialog. */
  readonly consequence: string;
  /** It takes traffic away from a version, or ends something. */
  readonly isGrave: boolean;
  /** Why not now; absent where it can be asked. */
  readonly refusal?: string;
}

/** The controls of this deployment, those that matter most first; none that make no sense here. */
export function controlsOf(service: ServiceRecord, deployment: Deployment, now: number): readonly Control[] {
  if (service.active?.deploymentId === deployment.id) return isTerminal(deployment.status) ? [] : runningControls(deployment, now);
  return [...retryControls(service, deployment), ...rollbackControls(service)];
}

function runningControls(deployment: Deployment, now: number): readonly Control[] {
  const { status, approval, promoteRequest, abortRequest } = deployment;
  const waits = approval !== undefined && decideApproval(approval, now).kind === 'waits';
  const goesBack = status === 'RollingBack' ? 'it goes back already' : abortRequest === undefined ? undefined : `${abortRequest.by} has asked it to go back`;
  const approvals: readonly Control[] = waits
    ? [
        {
          action: 'approve',
          label: 'Approve',
          consequence: 'Your approval counts; with enough of them green gets its first production traffic.',
          isGrave: false,
        },
        { action: 'reject', label: 'Reject', consequence: 'One such answer ends the deployment before any production traffic.', isGrave: true },
      ]
    : [];
  return [
    ...approvals,
    pauseControl(deployment, goesBack),
    withRefusal(
      {
        action: 'promote',
        label: 'Promote',
        consequence: 'Green stays without waiting for more evidence. Evidence against it still rolls it back.',
        isGrave: false,
      },
      goesBack ?? (waits ? 'it waits for approval' : promoteRequest === undefined ? undefined : `${promoteRequest.by} has promoted it`),
    ),
    withRefusal({ action: 'abort', label: 'Abort', consequence: 'All production traffic goes back to blue and the deployment ends.', isGrave: true }, goesBack),
  ];
}

function pauseControl(deployment: Deployment, goesBack: string | undefined): Control {
  if (isPaused(deployment))
    return withRefusal({ action: 'resume', label: 'Resume', consequence: 'The shift goes on where it was held.', isGrave: false }, goesBack);
  const { plan, shift } = deployment;
  const holds = plan?.driver === 'ecs' && plan.rolling === undefined;
  return withRefusal(
    {
      action: 'pause',
      label: 'Pause',
      consequence: 'Traffic stays where it is until somebody resumes. Evidence against green still takes it back.',
      isGrave: false,
    },
    goesBack ??
      (plan === undefined || shift === undefined ? 'no traffic is being shifted' : holds ? undefined : 'this driver cannot hold traffic between two steps'),
  );
}

function retryControls(service: ServiceRecord, { status, id }: Deployment): readonly Control[] {
  if (status !== 'Failed' && status !== 'RolledBack' && status !== 'Held') return [];
  const control: Control = { action: 'retry', label: 'Retry', consequence: `The image of ${id} is deployed once more, quarantined or not.`, isGrave: false };
  return [withRefusal(control, service.active === undefined ? undefined : `${service.active.deploymentId} is running`)];
}

function rollbackControls(service: ServiceRecord): readonly Control[] {
  if (service.lastSuccess === undefined) return [];
  const control: Control = {
    action: 'rollback',
    label: 'Roll back',
    consequence: 'The version that served before the one that serves now is deployed, all traffic at once where it can be checked first.',
    isGrave: true,
  };
  return [withRefusal(control, service.active === undefined ? undefined : `${service.active.deploymentId} is running: abort that one`)];
}

function withRefusal(control: Control, refusal: string | undefined): Control {
  return refusal === undefined ? control : { ...control, refusal };
}

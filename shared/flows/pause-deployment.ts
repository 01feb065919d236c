// A person holds the traffic of the running deployment where it is, or lets it go on. Asking twice is asking once.
import { readManifest } from '#contracts/stored-manifest.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { driverName } from '#core/deployment/driver-kind.ts';
import { type DecidedPause, decidePause, decideResume, type PauseOutcome, type PauseRequest, type ResumeOutcome } from '#core/deployment/pause-state.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export interface PauseQuestion extends PauseRequest {
  readonly serviceKey: string;
  /** The one that runs, when undefined. */
  readonly deploymentId?: string | undefined;
}

interface About {
  readonly deploymentId: string;
}

export type PauseAnswer = (PauseOutcome & About) | { readonly kind: 'nothingRuns' };
export type ResumeAnswer = (ResumeOutcome & About) | { readonly kind: 'nothingRuns' };

export function pauseDeployment(ports: Ports, question: PauseQuestion): Promise<PauseAnswer> {
  return decideOnRecord(ports, question, 'pause', async (deployment) => {
    const why = await cannotHold(ports, deployment);
    return (newest) => decidePause(newest, question, why);
  });
}

export function resumeDeployment(ports: Ports, question: PauseQuestion): Promise<ResumeAnswer> {
  return decideOnRecord(ports, question, 'resume', async () => (newest) => decideResume(newest, question));
}

/** Says what the driver cannot do, and what can be done instead; undefined where it can hold. */
async function cannotHold(ports: Ports, deployment: Deployment): Promise<string | undefined> {
  const service = await ports.services.load(deployment.serviceKey);
  const manifest = service === undefined ? undefined : readManifest(service.record.manifest);
  const driver = deployment.plan?.driver ?? (deployment.plan === undefined ? manifest?.driver.kind : 'codedeploy') ?? 'codedeploy';
  const strategy = deployment.plan?.settings.strategy.kind ?? (manifest?.strategy.rolling === undefined ? undefined : 'rolling');
  if (strategy === 'rolling')
    return 'ECS replaces tasks by its own clock in a rolling deployment and cannot be held between two; weir abort brings the old ones back';
  if (ports.capabilities[driver].holdsAtStep) return undefined;
  return `${driverName(driver)} shifts traffic by its own clock and cannot be held in mid-shift; weir abort sends the traffic back, and driver.kind: ecs can be held`;
}

async function decideOnRecord<Outcome extends { readonly kind: string }>(
  ports: Ports,
  { serviceKey, deploymentId, by }: PauseQuestion,
  verb: string,
  decider: (deployment: Deployment) => Promise<(newest: Deployment) => DecidedPause<Outcome>>,
): Promise<(Outcome & About) | { readonly kind: 'nothingRuns' }> {
  const id = deploymentId ?? (await ports.services.load(serviceKey))?.record.active?.deploymentId;
  const loaded = id === undefined ? undefined : await ports.deployments.load(serviceKey, id);
  if (id === undefined || loaded === undefined) return { kind: 'nothingRuns' };
  const decide = await decider(loaded.deployment);
  let decided = decide(loaded.deployment);
  const changed = await changeDeployment(ports, serviceKey, id, (newest) => {
    decided = decide(newest);
    return decided.events;
  });
  if (changed !== undefined && !isTerminal(changed.deployment.status) && decided.events.length > 0) {
    const { token } = await ports.deployments.signal(serviceKey, id, { source: 'operator', note: `${verb} by ${by}` });
    if (token !== undefined) await ports.workflow.wake(token);
  }
  return { ...decided.outcome, deploymentId: id };
}

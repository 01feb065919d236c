// What tells whether a version that serves is still healthy: the evidence its deployment left off with and the minutes since, its
// targets, alarms and crashes. Blue is gone: green is held against what blue was known to have.
import { readManifest } from '#contracts/stored-manifest.ts';
import { crashLimit } from '#core/breaker/crash-threshold.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { EvidenceRecord } from '#core/health/evidence-record.ts';
import type { HealthVerdict } from '#core/health/health.ts';
import type { GuardObservation } from '#core/remediation/guard-window.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { observeHealth } from './observe-deployment.ts';
import { targetsOf, weightsOf } from './sides.ts';

export interface ObservedGuard {
  readonly verdict: HealthVerdict | undefined;
  readonly evidence: EvidenceRecord | undefined;
  /** The verdict, when it can decide: a failure counts once two looks one after the other saw one. */
  readonly confirmed: HealthVerdict | undefined;
  readonly crashes: GuardObservation['crashes'];
}

const nothing: ObservedGuard = { verdict: undefined, evidence: undefined, confirmed: undefined, crashes: undefined };

export async function observeGuard(ports: Ports, deployment: Deployment, record: ServiceRecord): Promise<ObservedGuard> {
  const { plan, shift, taskDefinitionArn, guard, serviceKey } = deployment;
  if (plan === undefined || shift === undefined || taskDefinitionArn === undefined || guard === undefined) return nothing;
  const manifest = readManifest(record.manifest);
  const [service, weights, greenTargets, [crashes] = []] = await Promise.all([
    attempt(ports, deployment, 'the service', () => ports.ecs.describeService(manifest.cluster, manifest.service)),
    attempt(ports, deployment, 'the production listener', () => weightsOf(ports, plan)),
    attempt(ports, deployment, 'its targets', () => targetsOf(ports, plan, 'green')),
    attempt(ports, deployment, 'its crash count', () => ports.crashes.read(serviceKey, [{ taskDefinitionArn, since: guard.startedAt }])),
  ]);
  // Auto scaling is at work again: how many tasks there should be is what the service says now.
  const desiredCount = service?.desiredCount ?? plan.desiredCount;
  const seenBefore = deployment.evidence?.crashesSeen ?? { blue: 0, green: 0 };
  const { verdict, evidence } = await observeHealth(ports, deployment, { ...plan, desiredCount }, shift, {
    weights,
    greenTargets: service === undefined ? undefined : greenTargets,
    crashes: { blue: seenBefore.blue, green: crashes?.total ?? seenBefore.green },
  });
  const fails = verdict.verdict === 'fail';
  const limit = crashLimit(plan.settings.crashThreshold, desiredCount);
  return {
    verdict,
    evidence,
    confirmed: fails && guard.verdict?.verdict !== 'fail' ? undefined : verdict,
    crashes: crashes === undefined || crashes.count < limit ? undefined : { count: crashes.count, limit, lastText: crashes.lastReason },
  };
}

async function attempt<T>(ports: Ports, { serviceKey, id: deploymentId }: Deployment, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    ports.log.warn(`could not read ${what} in the guard window`, { serviceKey, deploymentId, error: String(error) });
    return undefined;
  }
}

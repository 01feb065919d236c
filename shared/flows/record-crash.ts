// A task stopped: if it was green's or blue's and it crashed, count it, and wake the deployment once the count of green could decide something.
import { readManifest } from '#contracts/stored-manifest.ts';
import { crashLimit } from '#core/breaker/crash-threshold.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { TaskCrash } from '#ports/crash-store.ts';
import type { Ports } from '#ports/ports.ts';
import { signalRunning } from './signal-deployment.ts';

/** @returns what was done, for the log */
export async function recordCrash(ports: Ports, service: ServiceRecord, taskDefinitionArn: string, crash: TaskCrash): Promise<string> {
  const { key: serviceKey, active } = service;
  if (active === undefined) return recordGuarded(ports, service, taskDefinitionArn, crash);
  const loaded = await ports.deployments.load(serviceKey, active.deploymentId);
  const isGreen = loaded?.deployment.taskDefinitionArn === taskDefinitionArn;
  const isBlue = loaded?.deployment.plan?.blue.taskDefinitionArn === taskDefinitionArn;
  if (loaded === undefined || !(isGreen || isBlue)) return 'not a task of the running deployment';
  const { count } = await ports.crashes.record(serviceKey, taskDefinitionArn, crash);
  if (isBlue) return `crash ${count} of blue`;
  const { plan } = loaded.deployment;
  const limit = plan === undefined ? 1 : crashLimit(plan.settings.crashThreshold, plan.desiredCount);
  if (count < limit) return `crash ${count} of ${limit}`;
  await signalRunning(ports, serviceKey, { source: 'task', note: crash.text });
  return `crash ${count} of ${limit}: woke the deployment`;
}

/** In the guard window the crashes of what succeeded are counted too; its next look judges them. */
async function recordGuarded(ports: Ports, record: ServiceRecord, taskDefinitionArn: string, crash: TaskCrash): Promise<string> {
  const { lastSuccess } = record;
  const { mode, minutes } = readManifest(record.manifest).guard;
  const isGuarded = mode !== 'off' && lastSuccess?.taskDefinitionArn === taskDefinitionArn && ports.now() < lastSuccess.at + minutes * 60_000;
  if (!isGuarded) return 'no deployment runs on this service';
  const { count } = await ports.crashes.record(record.key, taskDefinitionArn, crash);
  return `crash ${count} in the guard window`;
}

// A task stopped: if it was green's or blue's and it crashed, count it, and wake the deployment once the count of green could decide something.
import { crashLimit } from '#core/breaker/crash-threshold.ts';
import type { TaskCrash } from '#ports/crash-store.ts';
import type { Ports } from '#ports/ports.ts';
import { signalRunning } from './signal-deployment.ts';

/** @returns what was done, for the log */
export async function recordCrash(ports: Ports, serviceKey: string, taskDefinitionArn: string, crash: TaskCrash): Promise<string> {
  const service = await ports.services.load(serviceKey);
  const active = service?.record.active;
  if (active === undefined) return 'no deployment runs on this service';
  const loaded = await ports.deployments.load(serviceKey, active.deploymentId);
  const isGreen = loaded?.deployment.taskDefinitionArn === taskDefinitionArn;
  const isBlue = loaded?.deployment.plan?.blue.taskDefinitionArn === taskDefinitionArn;
  if (loaded === undefined || !(isGreen || isBlue)) return 'not a task of the running deployment';
  const { count } = await ports.crashes.record(serviceKey, taskDefinitionArn, crash);
  if (isBlue) return `crash ${count} of blue`;
  const { plan } = loaded.deployment;
  const limit = plan === undefined ? 1 : crashLimit(plan.settings.crashThreshold, plan.desiredCount);
  if (count < limit) return `crash ${count} of ${limit}`;
  await signalRunning(ports, serviceKey, { source: 'task', note: crash.reason });
  return `crash ${count} of ${limit}: woke the deployment`;
}

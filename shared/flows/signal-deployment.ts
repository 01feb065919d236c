// Wakes the deployment that runs on a service. Called by every subscriber. The signal says only "look now": what is true is observed.
import type { Signal } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import type { Subscription } from '#ports/subscription-store.ts';

/** @returns the deployment that was woken; undefined when none runs there */
export async function signalRunning(ports: Ports, serviceKey: string, signal: Signal): Promise<string | undefined> {
  const service = await ports.services.load(serviceKey);
  const active = service?.record.active;
  if (active === undefined) return undefined;
  const { token } = await ports.deployments.signal(serviceKey, active.deploymentId, signal);
  if (token !== undefined) await ports.workflow.wake(token);
  return active.deploymentId;
}

/** Wakes the running deployment of every service that subscribed to what an event is about. */
export async function signalSubscribers(ports: Ports, subscription: Subscription, signal: Signal): Promise<readonly string[]> {
  const woken: string[] = [];
  for (const serviceKey of await ports.subscriptions.subscribers(subscription)) {
    const deploymentId = await signalRunning(ports, serviceKey, signal);
    if (deploymentId !== undefined) woken.push(deploymentId);
  }
  return woken;
}

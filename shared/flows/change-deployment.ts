// Changes a deployment's record by events decided from its newest state. Used by every flow that is not the only writer.
import type { Deployment, DeploymentEvent } from '#core/deployment/deployment.ts';
import { evolveAll } from '#core/deployment/evolve.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';

/** Tries against other writers of the same record: the workflow, five hooks, an operator. */
const CHANGE_ATTEMPTS_MAX = 6;

/**
 * Loads, decides, writes; decides again from the newer record when somebody else wrote in between. No events, no write.
 * @param known the record as it was a moment ago: the first try needs no reading, and fails should it be out of date
 * @returns the record after the change; undefined when there is no such deployment
 * @throws ConflictError when others keep winning
 */
export async function changeDeployment(
  ports: Ports,
  serviceKey: string,
  deploymentId: string,
  decide: (deployment: Deployment) => readonly DeploymentEvent[],
  known?: VersionedDeployment,
): Promise<VersionedDeployment | undefined> {
  for (let attempt = 1; ; attempt++) {
    const loaded = attempt === 1 && known !== undefined ? known : await ports.deployments.load(serviceKey, deploymentId);
    if (loaded === undefined) return undefined;
    try {
      return await recordEvents(ports, loaded, decide(loaded.deployment));
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= CHANGE_ATTEMPTS_MAX) throw error;
    }
  }
}

/** Writes events on a record just loaded. @throws ConflictError when it has changed since. */
export async function recordEvents(ports: Ports, loaded: VersionedDeployment, events: readonly DeploymentEvent[]): Promise<VersionedDeployment> {
  if (events.length === 0) return loaded;
  const deployment = evolveAll(loaded.deployment, events, ports.now());
  const version = await ports.deployments.save(deployment, loaded.version, ports.writeId());
  return { ...loaded, deployment, version };
}

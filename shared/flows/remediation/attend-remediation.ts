// A remediation whose start was lost is started, one that people were not told of is told. Called by the sweeper.
import type { Ports } from '#ports/ports.ts';
import { secondsUntil } from './decide-step.ts';
import { tellOnce } from './tell-once.ts';

/** One that changed this recently has somebody at work. */
const QUIET_MILLISECONDS = 3 * 60_000;

/** @returns whether there was something to do */
export async function attendRemediation(ports: Ports, serviceKey: string, id: string): Promise<boolean> {
  const loaded = await ports.remediations.load(serviceKey, id);
  if (loaded === undefined || ports.now() < loaded.remediation.updatedAt + QUIET_MILLISECONDS) return false;
  const { remediation } = loaded;
  if (remediation.status !== 'Requested') {
    await tellOnce(ports, remediation);
    return true;
  }
  const { cause } = remediation;
  // One that was started is not started again; a way back still waits for its time.
  const waitSeconds = cause.kind === 'wayBack' && cause.until > ports.now() ? secondsUntil(cause.until, ports.now()) : 0;
  await ports.remediationWorkflow.start({ serviceKey, remediationId: id, waitSeconds });
  return true;
}

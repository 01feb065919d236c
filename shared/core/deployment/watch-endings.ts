// How a look of the watch loop ends when nothing is to be weighed any more: another look, or the deployment's end.
import type { Deployment, TerminalStatus } from './deployment.ts';
import { describeCause } from './describe-event.ts';
import type { RollbackCause } from './rollback-cause.ts';
import type { WatchDecision } from './watch.ts';

export function concludeRollback(deployment: Deployment, cause: RollbackCause): WatchDecision {
  const exposed = deployment.shift?.firstTrafficAt !== undefined;
  const where = exposed ? 'blue serves all production traffic again' : 'green never got production traffic';
  const status = cause.kind === 'superseded' ? 'Superseded' : exposed ? 'RolledBack' : 'Failed';
  const remedy = cause.kind === 'crashes' ? cause.causes?.[0]?.remedy : undefined;
  return conclude(status, `${describeCause(cause)}; ${where}${remedy === undefined ? '' : `. ${remedy}`}`);
}

export function held(why: string, bluePercent: number | undefined): WatchDecision {
  return conclude('Held', `${why}; blue has ${bluePercent === undefined ? 'an unknown share' : `${bluePercent} %`} of the traffic`);
}

export function watch(waitSeconds: number): WatchDecision {
  return { events: [], actions: [], next: { kind: 'watch', waitSeconds } };
}

export function conclude(status: TerminalStatus, reason: string): WatchDecision {
  return { events: [{ type: 'Concluded', status, reason }], actions: [], next: { kind: 'conclude' } };
}

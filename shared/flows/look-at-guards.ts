// Once a minute: every open guard window gets its look. Nothing is kept between two runs, so that none can be lost.
import type { Ports } from '#ports/ports.ts';
import { lookAtGuard } from './look-at-guard.ts';

export interface GuardsReport {
  readonly looks: number;
  readonly decided: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** Pages of one run; the least recently judged come first, so that what is left over is first the next time. */
const PAGES_MAX = 20;
/** Looks at the same time: each is a handful of AWS calls. */
const LOOKS_AT_ONCE = 10;
/** What was looked at this recently is in order: the run has come round. */
const FRESH_MILLISECONDS = 20_000;

export async function lookAtGuards(ports: Ports): Promise<GuardsReport> {
  const began = ports.now();
  const decided: Record<string, number> = {};
  const problems: string[] = [];
  let looks = 0;
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { deployments, after: next } = await ports.deployments.guarded(after);
    const due = deployments.filter(({ updatedAt }) => updatedAt <= began - FRESH_MILLISECONDS);
    for (let at = 0; at < due.length; at += LOOKS_AT_ONCE) {
      await Promise.all(
        due.slice(at, at + LOOKS_AT_ONCE).map(async ({ serviceKey, deploymentId }) => {
          looks++;
          try {
            const kind = await lookAtGuard(ports, serviceKey, deploymentId);
            if (kind !== undefined) decided[kind] = (decided[kind] ?? 0) + 1;
          } catch (error) {
            // One broken service must not keep the guard from the others.
            problems.push(`${serviceKey} ${deploymentId}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
      );
    }
    if (next === undefined || due.length < deployments.length) break;
    after = next;
  }
  return { looks, decided, problems };
}

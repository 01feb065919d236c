// Runbook: targets are unhealthy although their tasks run. The load balancer asks something else than the container answers; the alert
// says where the two differ. Sources: aws-contracts.md 4.2 (states, reasons, defaults); ECS API, HealthCheck.
import type { Finding } from '../action.ts';

/** Health check of the target group, members as the ELBv2 API means them. */
export interface TargetGroupHealthCheck {
  readonly protocol: string;
  /** A port number, or `traffic-port`. */
  readonly port: string;
  readonly path: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
}

/** What the task definition says of the container behind the load balancer. */
export interface ContainerHealthSettings {
  readonly name: string;
  readonly ports: readonly number[];
  /** Its own health check; undefined when it has none. */
  readonly healthCheck:
    | { readonly command: readonly string[]; readonly intervalSeconds: number; readonly timeoutSeconds: number; readonly startPeriodSeconds: number }
    | undefined;
}

export interface TargetHealthSituation {
  readonly kind: 'targetHealth';
  readonly targetGroup: string;
  readonly unhealthyTargets: number;
  readonly runningTasks: number;
  /** TargetHealth reasons with their descriptions, such as Target.ResponseCodeMismatch "Health checks failed with these codes: [503]". */
  readonly reasons: readonly { readonly code: string; readonly description: string }[];
  readonly check: TargetGroupHealthCheck;
  readonly container: ContainerHealthSettings;
  readonly healthCheckGracePeriodSeconds: number;
}

/** Words for TargetHealth.Reason; a reason not in it is shown as it came. */
const reasonWords: ReadonlyMap<string, string> = new Map([
  ['Target.ResponseCodeMismatch', 'the container answers, with a status the matcher does not allow'],
  ['Target.Timeout', 'the container does not answer in time'],
  ['Target.FailedHealthChecks', 'connections to the container fail: check its port and the security group from the load balancer'],
  ['Elb.InternalError', 'the load balancer itself fails'],
]);

export function planTargetHealth(situation: TargetHealthSituation): Finding {
  const { unhealthyTargets, runningTasks } = situation;
  if (unhealthyTargets === 0) return { kind: 'nothing', why: 'all targets are healthy' };
  if (runningTasks === 0) return { kind: 'nothing', why: 'no task runs: the targets are unhealthy because of that' };
  const differences = healthCheckDifferences(situation.check, situation.container, situation.healthCheckGracePeriodSeconds);
  const reasons = situation.reasons.map(({ code, description }) => `${code}: ${reasonWords.get(code) ?? 'see the description'} (${description})`);
  return {
    kind: 'alert',
    why:
      differences.length === 0
        ? `${unhealthyTargets} targets are unhealthy while ${runningTasks} tasks run, and the health check settings agree: the application does not answer as asked`
        : `${unhealthyTargets} targets are unhealthy while ${runningTasks} tasks run: the load balancer checks otherwise than the container`,
    evidence: [`target group ${situation.targetGroup}`, ...reasons, ...differences],
  };
}

/** Where the load balancer's health check and the container's settings contradict each other; each a sentence with both values. */
export function healthCheckDifferences(check: TargetGroupHealthCheck, container: ContainerHealthSettings, gracePeriodSeconds: number): readonly string[] {
  const found: string[] = [];
  const port = Number(check.port);
  if (Number.isInteger(port) && container.ports.length > 0 && !container.ports.includes(port)) {
    found.push(`the load balancer checks port ${port}; container ${container.name} listens on ${container.ports.join(', ')}`);
  }
  const own = container.healthCheck;
  if (own === undefined) return found;
  const url = urlOf(own.command);
  if (url !== undefined) {
    if (url.path !== pathOnly(check.path)) found.push(`the load balancer asks for ${check.path}; the container's own health check asks for ${url.path}`);
    if (url.protocol !== check.protocol.toLowerCase())
      found.push(`the load balancer speaks ${check.protocol}; the container's own health check uses ${url.protocol}`);
    if (url.port !== undefined && Number.isInteger(port) && url.port !== port) {
      found.push(`the load balancer checks port ${port}; the container's own health check asks port ${url.port}`);
    }
  }
  if (check.timeoutSeconds < own.timeoutSeconds) {
    found.push(`the load balancer waits ${check.timeoutSeconds} s for an answer; the container's own health check allows ${own.timeoutSeconds} s`);
  }
  // A target is unhealthy after so many failed checks in a row; until the grace period is over ECS does not stop the task for it.
  const patience = Math.max(gracePeriodSeconds, check.intervalSeconds * check.unhealthyThreshold);
  if (patience < own.startPeriodSeconds) {
    found.push(
      `the load balancer gives up after ${patience} s (grace period ${gracePeriodSeconds} s); the container may take ${own.startPeriodSeconds} s to start (startPeriod)`,
    );
  }
  return found;
}

/** The URL a health check command asks for, as in `curl -f http://localhost:8080/health || exit 1`. */
function urlOf(command: readonly string[]): { readonly protocol: string; readonly port: number | undefined; readonly path: string } | undefined {
  const match = /\b(https?):\/\/[^\s/:"']{1,253}(?::([0-9]{1,5}))?(\/[^\s"'|;&?#]{0,1024})?/.exec(command.join(' '));
  if (match === null) return undefined;
  const [, protocol = 'http', port, path = '/'] = match;
  return { protocol, port: port === undefined ? undefined : Number(port), path };
}

function pathOnly(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

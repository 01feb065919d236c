// What the load balancer knows: load balancers, target groups with their targets, listeners with their rules, tags.
// Only the operations, the health checker and the draining timers change it; the proxy reads it at each request.
import { AwsError } from '../endpoint/aws-error.ts';
import type { TargetHealth } from './target-health.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  /** `app/NAME/ID`, the value of the CloudWatch dimension. */
  readonly dimension: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly createdAt: number;
  readonly hostedZoneId: string;
  ipAddressType: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
  readonly attributes: Map<string, string>;
}

export interface HealthCheckSettings {
  readonly protocol: string;
  /** `traffic-port` or a number. */
  readonly port: string;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes as given: `200`, `200,202`, `200-299`. */
  readonly matcher: string;
}

export interface Target {
  readonly id: string;
  readonly port: number;
  /** Given at registration or derived from the id, so that zone metrics exist. */
  readonly zone: string;
  readonly zoneGiven: boolean;
  readonly registeredAt: number;
  health: TargetHealth;
  /** Set when slow start applies: simulated ms at which the target became healthy. */
  slowStartFrom: number | undefined;
  /** Requests under way to it. */
  outstanding: number;
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  /** `targetgroup/NAME/ID`, the value of the CloudWatch dimension. */
  readonly dimension: string;
  readonly protocol: string;
  readonly protocolVersion: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: 'ip' | 'instance';
  readonly ipAddressType: string;
  healthCheck: HealthCheckSettings;
  readonly attributes: Map<string, string>;
  /** By `id:port`, in order of registration. */
  readonly targets: Map<string, Target>;
  /** Requests given out so far, for round robin. */
  turns: number;
}

export interface WeightedGroup {
  readonly targetGroupArn: string;
  readonly weight: number;
}

export type Action =
  | {
      readonly kind: 'forward';
      readonly order: number | undefined;
      readonly groups: readonly WeightedGroup[];
      readonly stickiness: { readonly enabled: boolean; readonly durationSeconds: number | undefined };
    }
  | {
      readonly kind: 'fixed-response';
      readonly order: number | undefined;
      readonly statusCode: string;
      readonly contentType: string | undefined;
      readonly messageBody: string | undefined;
    }
  | {
      readonly kind: 'redirect';
      readonly order: number | undefined;
      readonly statusCode: 'HTTP_301' | 'HTTP_302';
      readonly protocol: string;
      readonly port: string;
      readonly host: string;
      readonly path: string;
      readonly query: string;
    };

export type Condition =
  | { readonly kind: 'path-pattern' | 'host-header' | 'http-request-method' | 'source-ip'; readonly values: readonly string[] }
  | { readonly kind: 'http-header'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'query-string'; readonly values: readonly { readonly key: string | undefined; readonly value: string }[] };

export interface Rule {
  readonly arn: string;
  readonly listenerArn: string;
  priority: number | 'default';
  conditions: readonly Condition[];
  /** Replaced as a whole, so a request sees either the old or the new weights. */
  action: Action;
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  port: number;
  readonly protocol: 'HTTP';
  /** By priority, the default rule last. Replaced as a whole. */
  rules: readonly Rule[];
}

export interface LoadBalancing {
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly targetGroups: Map<string, TargetGroup>;
  readonly listeners: Map<string, Listener>;
  /** By resource ARN. */
  readonly tags: Map<string, Map<string, string>>;
}

export function createLoadBalancing(): LoadBalancing {
  return { loadBalancers: new Map(), targetGroups: new Map(), listeners: new Map(), tags: new Map() };
}

function checkedArn(arn: string, kind: string, title: string): string {
  if (!arn.startsWith('arn:') || !arn.includes(`:${kind}/`)) throw new AwsError('ValidationError', `'${arn}' is not a valid ${title} ARN`);
  return arn;
}

export function loadBalancerOf(state: LoadBalancing, arn: string): LoadBalancer {
  const found = state.loadBalancers.get(checkedArn(arn, 'loadbalancer', 'load balancer'));
  if (found === undefined) throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
  return found;
}

export function targetGroupOf(state: LoadBalancing, arn: string): TargetGroup {
  const found = state.targetGroups.get(checkedArn(arn, 'targetgroup', 'target group'));
  if (found === undefined) throw new AwsError('TargetGroupNotFound', `Target group '${arn}' not found`);
  return found;
}

export function listenerOf(state: LoadBalancing, arn: string): Listener {
  const found = state.listeners.get(checkedArn(arn, 'listener', 'listener'));
  if (found === undefined) throw new AwsError('ListenerNotFound', `Listener '${arn}' not found`);
  return found;
}

export function ruleOf(state: LoadBalancing, arn: string): { listener: Listener; rule: Rule } {
  checkedArn(arn, 'listener-rule', 'listener rule');
  for (const listener of state.listeners.values()) {
    const rule = listener.rules.find((candidate) => candidate.arn === arn);
    if (rule !== undefined) return { listener, rule };
  }
  throw new AwsError('RuleNotFound', `Rule '${arn}' not found`);
}

/** ARNs of the target groups an action names. */
export function groupsOfAction(action: Action): readonly string[] {
  return action.kind === 'forward' ? action.groups.map((group) => group.targetGroupArn) : [];
}

/** The load balancers whose rules name this group: AWS allows one at most. Weight 0 counts: the group is in use and checked. */
export function loadBalancersUsing(state: LoadBalancing, targetGroupArn: string): LoadBalancer[] {
  const arns = new Set<string>();
  for (const listener of state.listeners.values()) {
    if (listener.rules.some((rule) => groupsOfAction(rule.action).includes(targetGroupArn))) arns.add(listener.loadBalancerArn);
  }
  return [...arns].flatMap((arn) => state.loadBalancers.get(arn) ?? []);
}

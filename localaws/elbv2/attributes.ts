// The attributes of load balancers and target groups: their defaults, and what each may be set to. An attribute the local load
// balancer cannot honour may only keep its default; changing it is a clear error, not a pretence.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { requiredText, shapes, text, validationError } from './request-members.ts';

interface AttributeRule {
  readonly initial: string;
  /** undefined: only the default is honoured here. */
  readonly allows?: (value: string) => boolean;
}

const isFlag = (value: string): boolean => value === 'true' || value === 'false';
const isBetween =
  (min: number, max: number) =>
  (value: string): boolean =>
    /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
const anything = (): boolean => true;

const LOAD_BALANCER_ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  'deletion_protection.enabled': { initial: 'false', allows: isFlag },
  'idle_timeout.timeout_seconds': { initial: '60', allows: isBetween(1, 4_000) },
  'client_keep_alive.seconds': { initial: '3600', allows: isBetween(60, 604_800) },
  'routing.http.xff_header_processing.mode': { initial: 'append', allows: (value) => ['append', 'preserve', 'remove'].includes(value) },
  'routing.http.xff_client_port.enabled': { initial: 'false', allows: isFlag },
  // Header bytes are passed on as they are, so these two make no difference here.
  'routing.http.preserve_host_header.enabled': { initial: 'false', allows: isFlag },
  'routing.http.drop_invalid_header_fields.enabled': { initial: 'false', allows: isFlag },
  'routing.http.desync_mitigation_mode': { initial: 'defensive', allows: (value) => ['monitor', 'defensive', 'strictest'].includes(value) },
  'routing.http2.enabled': { initial: 'true', allows: isFlag },
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': { initial: 'false', allows: isFlag },
  'load_balancing.cross_zone.enabled': { initial: 'true' },
  'waf.fail_open.enabled': { initial: 'false', allows: isFlag },
  'zonal_shift.config.enabled': { initial: 'false' },
  'access_logs.s3.enabled': { initial: 'false' },
  'access_logs.s3.bucket': { initial: '', allows: anything },
  'access_logs.s3.prefix': { initial: '', allows: anything },
  'connection_logs.s3.enabled': { initial: 'false' },
  'connection_logs.s3.bucket': { initial: '', allows: anything },
  'connection_logs.s3.prefix': { initial: '', allows: anything },
  'ipv6.deny_all_igw_traffic': { initial: 'false', allows: isFlag },
};

const TARGET_GROUP_ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  'deregistration_delay.timeout_seconds': { initial: '300', allows: isBetween(0, 3_600) },
  'stickiness.enabled': { initial: 'false', allows: isFlag },
  'stickiness.type': { initial: 'lb_cookie' },
  'stickiness.lb_cookie.duration_seconds': { initial: '86400', allows: isBetween(1, 604_800) },
  'stickiness.app_cookie.cookie_name': { initial: '', allows: anything },
  'stickiness.app_cookie.duration_seconds': { initial: '86400', allows: isBetween(1, 604_800) },
  'slow_start.duration_seconds': { initial: '0', allows: (value) => value === '0' || isBetween(30, 900)(value) },
  'load_balancing.algorithm.type': {
    initial: 'round_robin',
    allows: (value) => ['round_robin', 'least_outstanding_requests', 'weighted_random'].includes(value),
  },
  'load_balancing.algorithm.anomaly_mitigation': { initial: 'off' },
  'load_balancing.cross_zone.enabled': { initial: 'use_load_balancer_configuration' },
  'target_group_health.dns_failover.minimum_healthy_targets.count': { initial: '1' },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': { initial: 'off' },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': { initial: '1' },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': { initial: 'off' },
};

const RULES = { 'load balancer': LOAD_BALANCER_ATTRIBUTES, 'target group': TARGET_GROUP_ATTRIBUTES } as const;
export type AttributeOwner = keyof typeof RULES;

export function initialAttributes(owner: AttributeOwner): Map<string, string> {
  return new Map(Object.entries(RULES[owner]).map(([key, rule]) => [key, rule.initial]));
}

export function describeAttributes(attributes: ReadonlyMap<string, string>): AwsShape[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

/** Checks all of a Modify...Attributes request before changing anything. */
export function modifyAttributes(owner: AttributeOwner, attributes: Map<string, string>, input: AwsShape): AwsShape[] {
  const changes = shapes(input, 'Attributes').map((given) => ({ key: requiredText(given, 'Key'), value: text(given, 'Value') ?? '' }));
  if (changes.length === 0) throw validationError('At least one attribute must be specified');
  if (new Set(changes.map((change) => change.key)).size < changes.length) throw validationError('An attribute key can be specified only once');
  for (const { key, value } of changes) checkAttribute(owner, key, value);
  for (const { key, value } of changes) attributes.set(key, value);
  return describeAttributes(attributes);
}

function checkAttribute(owner: AttributeOwner, key: string, value: string): void {
  const rule = Object.hasOwn(RULES[owner], key) ? RULES[owner][key] : undefined;
  if (rule === undefined) throw new AwsError('ValidationError', `${capital(owner)} attribute key '${key}' is not recognized`);
  if (value === rule.initial) return;
  if (rule.allows === undefined) {
    throw new AwsError('InvalidConfigurationRequest', `localaws: ${owner} attribute '${key}' can only be '${rule.initial}' on the local AWS, not '${value}'.`);
  }
  if (!rule.allows(value)) throw new AwsError('ValidationError', `'${value}' is not a valid value for ${owner} attribute '${key}'`);
}

function capital(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

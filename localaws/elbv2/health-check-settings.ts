// The health check settings of a target group: AWS's defaults, ranges and cross-checks, for creating and for modifying.
import type { AwsShape } from '../region.ts';
import type { HealthCheckSettings } from './load-balancing-state.ts';
import { flag, integer, notOffered, oneOf, shape, text, validationError } from './request-members.ts';

const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'] as const;

export const DEFAULT_HEALTH_CHECK: HealthCheckSettings = {
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

/** `base` with what the request says; a member left out stays as it is. */
export function parseHealthCheck(input: AwsShape, base: HealthCheckSettings): HealthCheckSettings {
  if (flag(input, 'HealthCheckEnabled') === false)
    throw validationError("Health check enabled must be true for target groups with target type 'instance' or 'ip'");
  const protocol = oneOf(input, 'HealthCheckProtocol', PROTOCOLS) ?? base.protocol;
  if (protocol === 'HTTPS') throw notOffered("the health check protocol 'HTTPS' (only 'HTTP')");
  if (protocol !== 'HTTP') throw validationError(`Health check protocol '${protocol}' is not supported for target groups with the HTTP protocol`);
  const settings: HealthCheckSettings = {
    protocol,
    port: parsePort(input) ?? base.port,
    path: parsePath(input) ?? base.path,
    intervalSeconds: integer(input, 'HealthCheckIntervalSeconds', { min: 5, max: 300 }) ?? base.intervalSeconds,
    timeoutSeconds: integer(input, 'HealthCheckTimeoutSeconds', { min: 2, max: 120 }) ?? base.timeoutSeconds,
    healthyThreshold: integer(input, 'HealthyThresholdCount', { min: 2, max: 10 }) ?? base.healthyThreshold,
    unhealthyThreshold: integer(input, 'UnhealthyThresholdCount', { min: 2, max: 10 }) ?? base.unhealthyThreshold,
    matcher: parseMatcher(input) ?? base.matcher,
  };
  if (settings.timeoutSeconds >= settings.intervalSeconds) throw validationError('Health check interval must be greater than the timeout.');
  return settings;
}

function parsePort(input: AwsShape): string | undefined {
  const port = text(input, 'HealthCheckPort');
  if (port === undefined || port === 'traffic-port') return port;
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw validationError(`Health check port '${port}' must be 'traffic-port' or in the range [1-65535]`);
  return port;
}

function parsePath(input: AwsShape): string | undefined {
  const path = text(input, 'HealthCheckPath');
  if (path === undefined) return undefined;
  if (!/^\/[\x21-\x7e]{0,1023}$/.test(path))
    throw validationError(`Health check path '${path}' must begin with a '/' and have at most 1024 printable characters`);
  return path;
}

function parseMatcher(input: AwsShape): string | undefined {
  const matcher = shape(input, 'Matcher');
  if (matcher === undefined) return undefined;
  if (text(matcher, 'GrpcCode') !== undefined) throw validationError('GRPC codes are only supported for target groups with the GRPC protocol version');
  const codes = text(matcher, 'HttpCode');
  if (codes === undefined || codes === '') throw validationError('Health check matcher HTTP code cannot be empty');
  const isValid = codes
    .split(',')
    .every((part) => /^\d{3}(-\d{3})?$/.test(part) && part.split('-').every((code) => Number(code) >= 200 && Number(code) <= 499));
  if (!isValid) throw validationError(`Health check matcher HTTP code '${codes}' must be within '200-499' inclusive`);
  return codes;
}

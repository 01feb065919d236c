// deploymentConfiguration of a service: AWS's defaults, and which parts this local AWS acts on.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { choice, copyOf, flag, invalidParameter, structure, structures, texts, whole } from '../input-members.ts';

const PERCENT_MAX = 200;

/** The configuration with its defaults, or `before` changed by what the request names. @throws AwsError. */
export function deploymentConfigurationOf(input: AwsShape, before: AwsShape = { maximumPercent: PERCENT_MAX, minimumHealthyPercent: 100 }): AwsShape {
  const given = structure(input, 'deploymentConfiguration');
  if (given === undefined) return before;
  const maximumPercent = whole(given, 'maximumPercent', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? before['maximumPercent'];
  const minimumHealthyPercent = whole(given, 'minimumHealthyPercent', { min: 0, max: 100 }) ?? before['minimumHealthyPercent'];
  if (maximumPercent < 100 && maximumPercent <= minimumHealthyPercent) {
    throw invalidParameter('maximumPercent must be greater than minimumHealthyPercent when it is below 100.');
  }
  const strategy = choice(given, 'strategy', ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY']);
  if (strategy !== undefined && strategy !== 'ROLLING') {
    throw new AwsError('UnsupportedFeatureException', `localaws: the deployment strategy ${strategy} is not available on the local AWS; ROLLING is.`);
  }
  if (structures(given, 'lifecycleHooks').length > 0) {
    throw new AwsError('UnsupportedFeatureException', 'localaws: deployment lifecycle hooks are not available on the local AWS.');
  }
  const breaker = structure(given, 'deploymentCircuitBreaker');
  if (breaker !== undefined && (flag(breaker, 'enable') === undefined || flag(breaker, 'rollback') === undefined)) {
    throw invalidParameter('deploymentCircuitBreaker must have enable and rollback.');
  }
  const alarms = structure(given, 'alarms');
  if (alarms !== undefined) texts(alarms, 'alarmNames');
  if (flag(breaker ?? {}, 'enable') === true || flag(alarms ?? {}, 'enable') === true) {
    throw new AwsError('UnsupportedFeatureException', 'localaws: the deployment circuit breaker and deployment alarms are not available on the local AWS.');
  }
  return { ...before, ...copyOf(given), maximumPercent, minimumHealthyPercent };
}

// deploymentConfiguration of a service: AWS's defaults and rules, per strategy.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { EcsBehaviour } from '../behaviour.ts';
import { type Strategy, strategyOf } from '../deployments/deployment-records.ts';
import type { ControllerType } from '../ecs-records.ts';
import { choice, flag, invalidParameter, structure, texts, whole } from '../input-members.ts';
import { ALARMS_PER_SERVICE_MAX, BAKE_MINUTES_MAX, STEP_BAKE_MINUTES_MAX } from '../limits.ts';
import { lifecycleHooksOf } from './lifecycle-hook-input.ts';

const PERCENT_MAX = 200;
const STRATEGIES = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'] as const;
/** The members each strategy has to itself. */
const STRATEGY_MEMBERS: readonly (readonly [member: string, strategy: Strategy])[] = [
  ['linearConfiguration', 'LINEAR'],
  ['canaryConfiguration', 'CANARY'],
  ['earlySuccessCriteria', 'ROLLING'],
];

export interface ConfigurationContext {
  readonly behaviour: EcsBehaviour;
  readonly controller: ControllerType;
}

/**
 * The configuration with its defaults, or `before` changed by what the request names. Where AWS documents a rule without its
 * error text, the text is ours.
 * @throws AwsError InvalidParameterException
 */
export function deploymentConfigurationOf(
  input: AwsShape,
  { behaviour, controller }: ConfigurationContext,
  before: AwsShape = { maximumPercent: PERCENT_MAX, minimumHealthyPercent: 100 },
): AwsShape {
  const given = structure(input, 'deploymentConfiguration');
  if (given === undefined) return before;
  const maximumPercent = whole(given, 'maximumPercent', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? before['maximumPercent'];
  const minimumHealthyPercent = whole(given, 'minimumHealthyPercent', { min: 0, max: 100 }) ?? before['minimumHealthyPercent'];
  if (maximumPercent < 100 && maximumPercent <= minimumHealthyPercent) {
    throw invalidParameter('maximumPercent must be greater than minimumHealthyPercent when it is below 100.');
  }
  const strategy = choice(given, 'strategy', STRATEGIES) ?? strategyOf(before);
  checkMonitors(given);
  const merged: AwsShape = { ...before, ...copyShape(given), maximumPercent, minimumHealthyPercent };
  if (Array.isArray(given['lifecycleHooks'])) merged['lifecycleHooks'] = lifecycleHooksOf(given, behaviour);
  if (controller !== 'ECS') refuseNative(given, controller);
  checkStrategyMembers(given, merged, strategy);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
}

/** Everything here but the percentages belongs to the ECS controller. */
function refuseNative(given: AwsShape, controller: ControllerType): void {
  const isNative = strategyOf(given) !== 'ROLLING' || (given['lifecycleHooks'] ?? []).length > 0;
  const isWatched = given['deploymentCircuitBreaker']?.['enable'] === true || given['alarms']?.['enable'] === true;
  if (isNative || isWatched) {
    throw invalidParameter(`Deployment strategies, lifecycle hooks, the circuit breaker and alarms cannot be used with a ${controller} deployment controller.`);
  }
}

function checkStrategyMembers(given: AwsShape, merged: AwsShape, strategy: Strategy): void {
  for (const [member, owner] of STRATEGY_MEMBERS) {
    if (structure(given, member) !== undefined && strategy !== owner) throw invalidParameter(`${member} can only be specified with the ${owner} strategy.`);
    // Left over from the strategy before.
    if (strategy !== owner) delete merged[member];
  }
  whole(given, 'bakeTimeInMinutes', { min: 0, max: BAKE_MINUTES_MAX });
  if (strategy === 'BLUE_GREEN' && merged['bakeTimeInMinutes'] === undefined) {
    throw invalidParameter('bakeTimeInMinutes must be specified for the BLUE_GREEN strategy.');
  }
  if (strategy === 'LINEAR') {
    const linear: AwsShape = { stepPercent: 10, stepBakeTimeInMinutes: 6, ...merged['linearConfiguration'] };
    tenths(linear, 'stepPercent', 3);
    whole(linear, 'stepBakeTimeInMinutes', { min: 0, max: STEP_BAKE_MINUTES_MAX });
    merged['linearConfiguration'] = linear;
  }
  if (strategy === 'CANARY') {
    const canary: AwsShape = { canaryPercent: 5, canaryBakeTimeInMinutes: 10, ...merged['canaryConfiguration'] };
    tenths(canary, 'canaryPercent', 0.1);
    whole(canary, 'canaryBakeTimeInMinutes', { min: 0, max: STEP_BAKE_MINUTES_MAX });
    merged['canaryConfiguration'] = canary;
  }
  checkEarlySuccess(merged);
}

/** A percentage in tenths. */
function tenths(input: AwsShape, name: string, least: number): void {
  const value: unknown = input[name];
  const isTenth = typeof value === 'number' && Math.abs(value * 10 - Math.round(value * 10)) < 1e-6;
  if (!isTenth || value < least || value > 100) throw invalidParameter(`${name} must be a multiple of 0.1 between ${least.toFixed(1)} and 100.0.`);
}

function checkEarlySuccess(merged: AwsShape): void {
  const criteria = structure(merged, 'earlySuccessCriteria');
  if (criteria === undefined) return;
  const isEnabled = flag(criteria, 'enable');
  if (isEnabled === undefined) throw invalidParameter('earlySuccessCriteria must have enable.');
  const percent = whole(criteria, 'healthyPercent', { min: 0, max: 100 });
  const cleanup = choice(criteria, 'sourceServiceRevisionCleanup', ['BLOCKING', 'DEFERRED']);
  if (!isEnabled) return;
  if (percent === undefined || cleanup === undefined) throw invalidParameter('earlySuccessCriteria must have healthyPercent and sourceServiceRevisionCleanup.');
  if (percent < merged['minimumHealthyPercent']) throw invalidParameter('healthyPercent must be greater than or equal to minimumHealthyPercent.');
}

function checkMonitors(given: AwsShape): void {
  const breaker = structure(given, 'deploymentCircuitBreaker');
  if (breaker !== undefined) {
    if (flag(breaker, 'enable') === undefined || flag(breaker, 'rollback') === undefined) {
      throw invalidParameter('deploymentCircuitBreaker must have enable and rollback.');
    }
    flag(breaker, 'resetOnHealthyTask');
    checkThreshold(structure(breaker, 'thresholdConfiguration'));
  }
  const alarms = structure(given, 'alarms');
  if (alarms === undefined) return;
  if (flag(alarms, 'enable') === undefined || flag(alarms, 'rollback') === undefined) throw invalidParameter('alarms must have enable and rollback.');
  const names = texts(alarms, 'alarmNames');
  if (alarms['enable'] === true && names.length === 0) throw invalidParameter('alarmNames cannot be empty.');
  if (names.length > ALARMS_PER_SERVICE_MAX) throw invalidParameter(`alarmNames can have at most ${ALARMS_PER_SERVICE_MAX} items.`);
}

function checkThreshold(threshold: AwsShape | undefined): void {
  if (threshold === undefined) return;
  const type = choice(threshold, 'type', ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT']);
  const value = whole(threshold, 'value', { min: 1, max: type === 'COUNT' ? Number.MAX_SAFE_INTEGER : 100 });
  if (type === undefined || value === undefined) throw invalidParameter('thresholdConfiguration must have type and value.');
}

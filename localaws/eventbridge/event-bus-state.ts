// The buses of a region with their rules and targets, as data.
import type { AwsShape } from '../region.ts';
import type { CompiledPattern } from './pattern/compile-pattern.ts';
import type { Schedule } from './schedule/schedule-expression.ts';

export interface Target {
  readonly id: string;
  readonly arn: string;
  /** The target as it was put; answered back unchanged. */
  readonly given: AwsShape;
}

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly patternText: string | undefined;
  readonly pattern: CompiledPattern | undefined;
  readonly scheduleText: string | undefined;
  readonly schedule: Schedule | undefined;
  readonly roleArn: string | undefined;
  readonly madeAt: number;
  state: string;
  enabled: boolean;
  readonly targets: Map<string, Target>;
  /** Ends the rule's schedule. */
  stop: () => void;
}

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly madeAt: number;
  readonly rules: Map<string, Rule>;
}

export interface EventBusState {
  readonly buses: Map<string, EventBus>;
  /** Tags of buses and rules by their ARN. */
  readonly tags: Map<string, Map<string, string>>;
}

export function createEventBusState(defaultBus: EventBus): EventBusState {
  return { buses: new Map([[defaultBus.name, defaultBus]]), tags: new Map() };
}

/** `default` for nothing, or an ARN's last part. */
export function busName(given: unknown): string {
  if (typeof given !== 'string' || given === '') return 'default';
  return given.includes(':event-bus/') ? given.slice(given.indexOf(':event-bus/') + ':event-bus/'.length) : given;
}

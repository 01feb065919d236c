// What can go wrong, as plain values. A run draws its faults from its seed and notes each that struck; a run that repeats a failure, or
// tries to tell it with fewer faults, is given such a list instead.
import { type ControlCall, isRead } from '#rehearsal/region/control-call.ts';
import type { Dice } from '#rehearsal/region/random.ts';
import { type CallFaultKind, callFaultKinds } from './call-faults.ts';

/** A fault of one AWS call: which one is told by function, invocation and ordinal, which mean the same in every run of the seed. */
export interface CallFault {
  readonly kind: CallFaultKind;
  readonly functionName: string;
  readonly invocation: number;
  readonly ordinal: number;
}

/** A fault of one delivery of an event to a rule's target; deliveries are counted from 1 in their order. */
export interface EventFault {
  readonly kind: 'eventLost' | 'eventDuplicated' | 'eventDelayed';
  readonly delivery: number;
  readonly delayMs: number;
}

/** A change of the world some time after the first push. */
export interface WorldFault {
  readonly kind:
    | 'taskCrashes'
    | 'taskTakenBySpot'
    | 'weightsChangedByOthers'
    | 'outsideDeployment'
    | 'driverStoppedByOthers'
    | 'metricsMissing'
    | 'metricsLate';
  /** Simulated milliseconds after the story began. */
  readonly atMs: number;
  /** How long, for those that last; a share in percent for weights. */
  readonly amount: number;
}

/** A function's clock that is wrong all the time. */
export interface SkewFault {
  readonly kind: 'clockSkewed';
  readonly functionName: string;
  readonly skewMs: number;
}

export type Fault = CallFault | EventFault | WorldFault | SkewFault;
export type FaultKind = Fault['kind'];

export const faultKinds = [
  ...callFaultKinds,
  'eventLost',
  'eventDuplicated',
  'eventDelayed',
  'taskCrashes',
  'taskTakenBySpot',
  'weightsChangedByOthers',
  'outsideDeployment',
  'driverStoppedByOthers',
  'metricsMissing',
  'metricsLate',
  'clockSkewed',
] as const satisfies readonly FaultKind[];

/**
 * Chance of each kind: of a call for the faults of calls, of a delivery for those of events, of a whole run for the others. `only`
 * leaves out all kinds but some.
 */
export const RATES: Readonly<Record<FaultKind, number>> = {
  throttled: 0.004,
  failsBefore: 0.003,
  answerLost: 0.004,
  failsAfter: 0.003,
  killed: 0.004,
  redelivered: 0.003,
  swallowed: 0.05,
  stale: 0.01,
  eventLost: 0.08,
  eventDuplicated: 0.08,
  eventDelayed: 0.08,
  taskCrashes: 0.1,
  taskTakenBySpot: 0.1,
  weightsChangedByOthers: 0.08,
  outsideDeployment: 0.05,
  driverStoppedByOthers: 0.06,
  metricsMissing: 0.1,
  metricsLate: 0.1,
  clockSkewed: 0.1,
};

/** Longest delay of an event. */
const EVENT_DELAY_MS_MAX = 3_600_000;
/** World faults strike within this time after the story began. */
const WORLD_FAULT_MS_MAX = 420_000;
/** Clocks of Lambda are kept by NTP; this is far beyond what they are wrong. */
const SKEW_MS_MAX = 5_000;
/** A run without faults now and then: what they hide shows there. */
const SHARE_OF_CALM_RUNS = 0.05;

/** The faults of one run, drawn as it goes. */
export interface FaultSource {
  ofCall(call: ControlCall): CallFaultKind | undefined;
  ofDelivery(): { readonly kind: EventFault['kind']; readonly delayMs: number } | undefined;
  readonly ofWorld: readonly WorldFault[];
  skewOf(functionName: string): number;
  /** Those that struck so far, in order. */
  readonly struck: readonly Fault[];
}

export function sampleFaults(dice: Dice, enabled: ReadonlySet<FaultKind>): FaultSource {
  const calm = dice.chance(SHARE_OF_CALM_RUNS);
  // Some runs are worse than others: many faults at once, and few, find different things.
  const intensity = dice.oneOf([0.2, 0.5, 1, 2]);
  const happens = (kind: FaultKind): boolean => !calm && enabled.has(kind) && dice.chance(Math.min(1, RATES[kind] * intensity));
  const struck: Fault[] = [];
  let deliveries = 0;
  const skews = new Map<string, number>();
  return {
    struck,
    ofWorld: worldFaults(dice, happens, struck),
    ofCall(call) {
      const kind = callFaultKinds.filter((candidate) => isPossible(candidate, call)).find(happens);
      if (kind !== undefined) struck.push(callFault(kind, call));
      return kind;
    },
    ofDelivery() {
      deliveries++;
      const kind = (['eventLost', 'eventDuplicated', 'eventDelayed'] as const).find(happens);
      if (kind === undefined) return undefined;
      // Mostly a little late, which reorders; sometimes very late.
      const delayMs = dice.chance(0.8) ? dice.between(1_000, 60_000) : dice.between(60_000, EVENT_DELAY_MS_MAX);
      struck.push({ kind, delivery: deliveries, delayMs });
      return { kind, delayMs };
    },
    skewOf(functionName) {
      const known = skews.get(functionName);
      if (known !== undefined) return known;
      const skewMs = happens('clockSkewed') ? dice.between(-SKEW_MS_MAX, SKEW_MS_MAX) : 0;
      if (skewMs !== 0) struck.push({ kind: 'clockSkewed', functionName, skewMs });
      skews.set(functionName, skewMs);
      return skewMs;
    },
  };
}

function worldFaults(dice: Dice, happens: (kind: FaultKind) => boolean, struck: Fault[]): readonly WorldFault[] {
  const kinds = [
    'taskCrashes',
    'taskTakenBySpot',
    'weightsChangedByOthers',
    'outsideDeployment',
    'driverStoppedByOthers',
    'metricsMissing',
    'metricsLate',
  ] as const;
  const drawn = kinds.flatMap((kind): WorldFault[] =>
    happens(kind)
      ? [{ kind, atMs: dice.between(0, WORLD_FAULT_MS_MAX), amount: kind === 'weightsChangedByOthers' ? dice.between(0, 100) : dice.between(1, 4) }]
      : [],
  );
  struck.push(...drawn);
  return drawn;
}

/** Exactly these faults, and no dice. */
export function givenFaults(faults: readonly Fault[]): FaultSource {
  const struck: Fault[] = [];
  const strike = <T extends Fault>(fault: T | undefined): T | undefined => {
    if (fault !== undefined) struck.push(fault);
    return fault;
  };
  const ofWorld = faults.filter((fault): fault is WorldFault => 'atMs' in fault);
  struck.push(...ofWorld);
  const calls = faults.filter((fault): fault is CallFault => 'ordinal' in fault);
  const deliveries = faults.filter((fault): fault is EventFault => 'delivery' in fault);
  const skews = faults.filter((fault): fault is SkewFault => fault.kind === 'clockSkewed');
  let delivered = 0;
  return {
    struck,
    ofWorld,
    ofCall: ({ functionName, invocation, ordinal }) =>
      strike(calls.find((fault) => fault.functionName === functionName && fault.invocation === invocation && fault.ordinal === ordinal))?.kind,
    ofDelivery() {
      delivered++;
      const fault = strike(deliveries.find(({ delivery }) => delivery === delivered));
      return fault === undefined ? undefined : { kind: fault.kind, delayMs: fault.delayMs };
    },
    skewOf(functionName) {
      const fault = skews.find((candidate) => candidate.functionName === functionName);
      if (fault !== undefined && !struck.includes(fault)) struck.push(fault);
      return fault?.skewMs ?? 0;
    },
  };
}

export function callFault(kind: CallFaultKind, { functionName, invocation, ordinal }: ControlCall): CallFault {
  return { kind, functionName, invocation, ordinal };
}

/** Weir asks for consistency wherever DynamoDB offers it, which it does not for indexes. */
const CONSISTENT_READS: ReadonlySet<string> = new Set(['dynamodb:BatchGetItem', 'dynamodb:GetItem']);

/** Whether a kind can be done to a call: only reads that AWS may answer from a moment ago can be stale, only tokens be swallowed. */
export function isPossible(kind: CallFaultKind, call: ControlCall): boolean {
  if (kind === 'swallowed') return call.operation === 'states:SendTaskSuccess';
  if (kind === 'stale') return isRead(call.operation) && !CONSISTENT_READS.has(call.operation);
  return true;
}

/** One line for people. */
export function describeFault(fault: Fault): string {
  if ('ordinal' in fault) return `${fault.kind}: call ${fault.ordinal} of ${fault.functionName} #${fault.invocation}`;
  if ('delivery' in fault)
    return `${fault.kind}: delivery ${fault.delivery}${fault.kind === 'eventDelayed' ? ` by ${Math.round(fault.delayMs / 1000)} s` : ''}`;
  if ('skewMs' in fault) return `${fault.kind}: ${fault.functionName} by ${fault.skewMs} ms`;
  return `${fault.kind} after ${Math.round(fault.atMs / 1000)} s (${fault.amount})`;
}

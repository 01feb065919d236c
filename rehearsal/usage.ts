// Counts what Weir's functions use while a rehearsal runs: invocations and how long they take, calls by operation, request units, metrics.

import type { ControlPlaneUsage } from '#core/cost/deployment-cost.ts';
import { attributesBytes, readUnits, writeUnits } from '#core/cost/dynamodb-units.ts';
import type { RunFunction } from '#localaws/lambda/in-process-executor.ts';
import type { AwsShape } from '#localaws/region.ts';
import { shortName } from './region/gate.ts';
import type { World, WorldOptions } from './region/world.ts';

type Interceptor = NonNullable<WorldOptions['interceptor']>;

export interface UsageMeter {
  /** To be put around every call of the region. */
  readonly interceptor: Interceptor;
  /** Measures each invocation. */
  measure(run: RunFunction): RunFunction;
  /** Counts from now on. */
  begin(world: World): void;
  end(): Promise<MeteredUsage>;
}

export interface MeteredUsage {
  readonly usage: ControlPlaneUsage;
  /** Invocations by function, most first. */
  readonly invocations: Readonly<Record<string, number>>;
  /** Calls of AWS by operation, most first; most cost nothing. */
  readonly calls: Readonly<Record<string, number>>;
}

/** A function's calls are made in a session of its name. */
const WEIR_FUNCTION = /weir-dev-/;
const MEBIBYTES_PER_GB = 1_024;
const MACHINES = ['weir-dev-deploy', 'weir-dev-remediate'];
const PAGES_MAX = 200;

export function createUsageMeter(): UsageMeter {
  let world: World | undefined;
  const invocations = new Map<string, number>();
  const calls = new Map<string, number>();
  const sizes: ItemSizes = new Map();
  const sums = { gbSeconds: 0, writes: 0, reads: 0, metrics: 0 };
  const count = (map: Map<string, number>, name: string): void => void map.set(name, (map.get(name) ?? 0) + 1);
  return {
    async interceptor(call, input, next) {
      if (world === undefined || call.principal.kind !== 'role' || !WEIR_FUNCTION.test(call.principal.sessionName)) return next();
      count(calls, `${call.service}:${call.operation}`);
      if (call.operation === 'GetMetricData') sums.metrics += (input['MetricDataQueries'] as unknown[] | undefined)?.length ?? 0;
      let answer: AwsShape = {};
      try {
        answer = await next();
        return answer;
      } finally {
        // A write whose condition fails is paid for too.
        if (call.service === 'dynamodb') {
          const { reads, writes } = unitsOf(sizes, call.operation, input, answer);
          sums.reads += reads;
          sums.writes += writes;
        }
      }
    },
    measure: (run) => async (running, event) => {
      const { clock } = world ?? {};
      if (clock === undefined) return run(running, event);
      count(invocations, shortName(running.spec.functionName));
      const startedAt = clock.now();
      try {
        return await run(running, event);
      } finally {
        // Billed by the millisecond, one at least.
        sums.gbSeconds += (Math.max(1, clock.now() - startedAt) / 1_000) * (running.spec.memoryMb / MEBIBYTES_PER_GB);
      }
    },
    begin(given) {
      world = given;
    },
    async end() {
      const transitions = world === undefined ? 0 : await countTransitions(world);
      const usage: ControlPlaneUsage = {
        lambdaRequests: [...invocations.values()].reduce((sum, one) => sum + one, 0),
        lambdaGbSeconds: sums.gbSeconds,
        stateTransitions: transitions,
        dynamodbWriteUnits: sums.writes,
        dynamodbReadUnits: sums.reads,
        metricsRead: sums.metrics,
      };
      world = undefined;
      return { usage, invocations: mostFirst(invocations), calls: mostFirst(calls) };
    },
  };
}

function mostFirst(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].toSorted(([a, one], [b, other]) => other - one || a.localeCompare(b)));
}

/** Bytes of the items written so far, by key: what is read is not measured again. */
type ItemSizes = Map<string, number>;

/** The table's own units and its index's: one for an item that comes to it, two where an update changes its order there. */
function unitsOf(sizes: ItemSizes, operation: string, input: AwsShape, output: AwsShape): { readonly reads: number; readonly writes: number } {
  const isConsistent = input['ConsistentRead'] === true;
  const readsOf = (keys: readonly AwsShape[]): number => keys.reduce((sum, key) => sum + readUnits(sizes.get(nameOf(key)) ?? 0, isConsistent), 0);
  const written = (key: AwsShape, attributes: AwsShape): number => {
    const bytes = attributesBytes(attributes);
    sizes.set(nameOf(key), bytes);
    return writeUnits(bytes);
  };
  switch (operation) {
    case 'GetItem':
      return { reads: readsOf([input['Key'] as AwsShape]), writes: 0 };
    case 'BatchGetItem':
      // Each item is a read of its own.
      return { reads: readsOf(Object.values((input['RequestItems'] ?? {}) as Record<string, AwsShape>).flatMap(({ Keys }) => Keys as AwsShape[])), writes: 0 };
    case 'Query': {
      const bytes = ((output['Items'] ?? []) as AwsShape[]).reduce((sum, item) => sum + attributesBytes(item), 0);
      return { reads: readUnits(bytes, isConsistent), writes: 0 };
    }
    case 'PutItem':
      return { reads: 0, writes: written(input['Item'] as AwsShape, input['Item'] as AwsShape) + indexWrites(input['Item']) };
    case 'UpdateItem': {
      const values = (input['ExpressionAttributeValues'] ?? {}) as AwsShape;
      // A signal changes one attribute of a record that is as long as it was.
      const isWhole = values[':record'] !== undefined;
      const key = input['Key'] as AwsShape;
      const units = isWhole ? written(key, { ...key, ...values }) : writeUnits(sizes.get(nameOf(key)) ?? attributesBytes({ ...key, ...values }));
      return { reads: 0, writes: units + 2 * indexWrites(values) };
    }
    default:
      return { reads: 0, writes: 1 };
  }
}

function nameOf(key: AwsShape): string {
  return `${key['pk']?.['S']} ${key['sk']?.['S']}`;
}

function indexWrites(values: AwsShape | undefined): number {
  return values !== undefined && Object.keys(values).some((name) => /listing/i.test(name)) ? 1 : 0;
}

/** Every state entered, and every retry. Source: Step Functions pricing page, "State transitions". */
async function countTransitions(world: World): Promise<number> {
  let transitions = 0;
  for (const machine of MACHINES) {
    const stateMachineArn = world.region.arn('states', `stateMachine:${machine}`);
    const { executions } = await world.call('states', 'ListExecutions', { stateMachineArn });
    for (const { executionArn } of executions as AwsShape[]) {
      transitions += await transitionsOf(world, String(executionArn));
    }
  }
  return transitions;
}

async function transitionsOf(world: World, executionArn: string): Promise<number> {
  let [entered, scheduled, tasks] = [0, 0, 0];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await world.call('states', 'GetExecutionHistory', {
      executionArn,
      maxResults: 1_000,
      includeExecutionData: false,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    for (const { type } of answer['events'] as AwsShape[]) {
      if (String(type).endsWith('StateEntered')) entered++;
      if (type === 'TaskStateEntered') tasks++;
      if (type === 'TaskScheduled' || type === 'LambdaFunctionScheduled') scheduled++;
    }
    nextToken = answer['nextToken'] as string | undefined;
    if (nextToken === undefined) break;
  }
  return entered + Math.max(0, scheduled - tasks);
}

// Runs a state machine on a virtual clock with doubles of the services its tasks call; what the interpreter's tests share.
import type { AwsShape, Principal, Service, ServiceName } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';
import { createStepFunctions } from '#localaws/stepfunctions/create-step-functions.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/machine';
const LIMIT_MS = 366 * 24 * 3600 * 1000;

export type Double = Readonly<Record<string, (input: AwsShape, principal: Principal) => AwsShape | Promise<AwsShape>>>;

export interface Bench {
  readonly region: RunningRegion;
  call(operation: string, input: AwsShape): Promise<AwsShape>;
  /** Creates a state machine and starts it; answers the execution's ARN. */
  start(definition: AwsShape, input?: unknown, name?: string): Promise<string>;
  /** Lets time go on until the execution is over. */
  finish(executionArn: string): Promise<AwsShape>;
  run(definition: AwsShape, input?: unknown): Promise<Outcome>;
  events(executionArn: string): Promise<readonly AwsShape[]>;
  close(): Promise<void>;
}

export interface Outcome {
  readonly described: AwsShape;
  readonly output: unknown;
  readonly events: readonly AwsShape[];
  /** Event types, with the state's name for entries and exits. */
  readonly path: readonly string[];
}

function double(name: ServiceName, operations: Double): Service {
  const handlers = Object.entries(operations).map(([operation, handle]) => [
    operation,
    { handle: (input: AwsShape, call: { principal: Principal }) => handle(input, call.principal) },
  ]);
  return { name, iamPrefix: name, wires: [], operations: Object.fromEntries(handlers) };
}

export async function startBench(doubles: Partial<Record<ServiceName, Double>> = {}): Promise<Bench> {
  const services = Object.entries(doubles).map(
    ([name, operations]) =>
      () =>
        double(name as ServiceName, operations),
  );
  const region = await startRegion({ services: [createStepFunctions, ...services], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 0, 1) });
  const call = (operation: string, input: AwsShape): Promise<AwsShape> => region.dispatcher.call('states', operation, input, { kind: 'root' });
  let machines = 0;
  const bench: Bench = {
    region,
    call,
    async start(definition, input = {}, name) {
      const machine = await call('CreateStateMachine', { name: `machine-${++machines}`, definition: JSON.stringify(definition), roleArn: ROLE });
      const started = await call('StartExecution', {
        stateMachineArn: machine['stateMachineArn'],
        input: JSON.stringify(input),
        ...(name === undefined ? {} : { name }),
      });
      return started['executionArn'];
    },
    async finish(executionArn) {
      let described: AwsShape = {};
      await region.clock.runUntil(async () => {
        described = await call('DescribeExecution', { executionArn });
        return described['status'] !== 'RUNNING';
      }, LIMIT_MS);
      return described;
    },
    async run(definition, input) {
      const executionArn = await bench.start(definition, input);
      const described = await bench.finish(executionArn);
      const events = await bench.events(executionArn);
      const output: unknown = described['output'] === undefined ? undefined : JSON.parse(described['output']);
      return { described, output, events, path: pathOf(events) };
    },
    async events(executionArn) {
      return (await call('GetExecutionHistory', { executionArn, maxResults: 1000 }))['events'];
    },
    close: () => region.close(),
  };
  return bench;
}

/** A bench for one test. */
export async function withBench<T>(doubles: Partial<Record<ServiceName, Double>>, work: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = await startBench(doubles);
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}

function pathOf(events: readonly AwsShape[]): string[] {
  return events.map((event) => {
    const name: unknown = event['stateEnteredEventDetails']?.name ?? event['stateExitedEventDetails']?.name;
    return name === undefined ? event['type'] : `${event['type']} ${name}`;
  });
}

/** A JSONata machine of the given states; the first is the start. */
export function machine(states: AwsShape, top: AwsShape = {}): AwsShape {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...top };
}

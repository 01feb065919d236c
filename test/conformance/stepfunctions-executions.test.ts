// Runs executions recorded on real AWS (data beside the project, see its README) through the local Step Functions and compares
// how they ended. Skipped where the data is absent.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape, Service } from '#localaws/region.ts';
import { startRegion } from '#localaws/start-region.ts';
import { createStepFunctions } from '#localaws/stepfunctions/create-step-functions.ts';

interface RecordedCase {
  readonly id: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly placeholders: boolean;
  readonly definition: AwsShape;
  readonly input: unknown;
  readonly expect: {
    readonly status: string;
    readonly output?: unknown;
    readonly error?: string;
    readonly path: readonly (readonly [string, string | null])[];
  };
  readonly lambdas?: readonly { readonly name: string; readonly arn: string; readonly file: string }[];
  readonly history: readonly AwsShape[];
}

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dataFolder = join(projectRoot, '..', 'shared', 'conformance');
const FILES = ['stepfunctions-executions.json', 'stepfunctions-executions-lambda.json'];
/** Longest simulated time an execution may take. */
const LIMIT_MS = 400 * 24 * 3600 * 1000;
const ROLE = 'arn:aws:iam::111111111111:role/snf_role_arn';

/** What the recorded Python functions answer, by the file they came from. */
function functionDouble(cases: readonly RecordedCase[]): Service {
  const files = new Map(cases.flatMap(({ lambdas = [] }) => lambdas.map(({ arn, file }) => [arn, file] as const)));
  return {
    name: 'lambda',
    iamPrefix: 'lambda',
    wires: [],
    operations: {
      Invoke: {
        actions: ['lambda:InvokeFunction'],
        handle(input) {
          const file = files.get(String(input['FunctionName'])) ?? files.get(`arn:aws:lambda:us-east-1:111111111111:function:${input['FunctionName']}`);
          if (file === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${input['FunctionName']}`, { httpStatus: 404 });
          const answer = { StatusCode: 200, ExecutedVersion: '$LATEST' };
          if (file.includes('raise_custom'))
            return { ...answer, FunctionError: 'Unhandled', Payload: pythonError('CustomException', 'CustomException message') };
          if (file.includes('raise_exception'))
            return { ...answer, FunctionError: 'Unhandled', Payload: pythonError('Exception', 'Some exception was raised.') };
          if (file.includes('echo_function')) return { ...answer, Payload: '{"Return": "HelloWorld"}' };
          return { ...answer, Payload: String(input['Payload']) };
        },
      },
    },
  };
}

function pythonError(errorType: string, errorMessage: string): string {
  const stackTrace = [`  File "/var/task/handler.py", line 2, in handler\n    raise ${errorType}("${errorMessage}")\n`];
  return JSON.stringify({ errorMessage, errorType, requestId: 'b0c1d2e3-0000-4000-8000-000000000000', stackTrace });
}

interface Ended {
  readonly described: AwsShape;
  /** An Express execution has no history to ask for. */
  readonly events: readonly AwsShape[] | undefined;
}

async function runCase(recorded: RecordedCase, cases: readonly RecordedCase[]): Promise<Ended> {
  const region = await startRegion({ services: [createStepFunctions, () => functionDouble(cases)], clock: { kind: 'virtual' }, account: '111111111111' });
  const call = (operation: string, input: AwsShape): Promise<AwsShape> => region.dispatcher.call('states', operation, input, { kind: 'root' });
  try {
    const { stateMachineArn } = await call('CreateStateMachine', {
      name: 'recorded',
      definition: JSON.stringify(recorded.definition),
      roleArn: ROLE,
      type: recorded.type,
    });
    let described: AwsShape = { status: 'RUNNING' };
    if (recorded.type === 'EXPRESS') {
      const answer = call('StartSyncExecution', { stateMachineArn, input: JSON.stringify(recorded.input) });
      answer.then(
        (output) => {
          described = output;
        },
        () => undefined,
      );
      await region.clock.runUntil(() => described['status'] !== 'RUNNING', LIMIT_MS);
      return { described, events: undefined };
    }
    const { executionArn } = await call('StartExecution', { stateMachineArn, input: JSON.stringify(recorded.input) });
    await region.clock.runUntil(async () => {
      described = await call('DescribeExecution', { executionArn });
      return described['status'] !== 'RUNNING';
    }, LIMIT_MS);
    const { events } = await call('GetExecutionHistory', { executionArn, maxResults: 1000 });
    return { described, events };
  } finally {
    await region.close();
  }
}

function pathOf(events: readonly AwsShape[]): [string, string | null][] {
  return events.map((event) => [event['type'], event['stateEnteredEventDetails']?.name ?? event['stateExitedEventDetails']?.name ?? null]);
}

/** What a recording replaced because it differs from run to run. */
const REPLACED = new Set(['timestamp', 'date', 'snf_role_arn', 'X-Amzn-Trace-Id']);

/** Whether a value of ours agrees with a recorded one; recordings show JSON objects inside of texts parsed, and placeholders. */
function agrees(ours: unknown, theirs: unknown): boolean {
  if (typeof theirs === 'string' && (REPLACED.has(theirs) || /<[^>]+>/.test(theirs))) return ours !== undefined;
  if (typeof theirs !== 'object' || theirs === null) return Object.is(ours, theirs);
  if (typeof ours === 'string') {
    try {
      return agrees(JSON.parse(ours), theirs);
    } catch {
      return false;
    }
  }
  if (Array.isArray(theirs)) return Array.isArray(ours) && ours.length === theirs.length && theirs.every((item, index) => agrees(ours[index], item));
  if (typeof ours !== 'object' || ours === null) return false;
  const [a, b] = [ours as AwsShape, theirs as AwsShape];
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.keys(b).every((key) => key === 'Content-Length' || key.startsWith('Sdk') || agrees(a[key], b[key]))
  );
}

const counts = new Map<string, { cases: number; histories: number; inFull: number }>();

afterAll(() => {
  for (const [file, { cases, histories, inFull }] of counts) {
    process.stdout.write(`conformance ${file}: ${cases} cases end as recorded; ${inFull} of ${histories} histories agree in full\n`);
  }
});

for (const file of FILES) {
  const path = join(dataFolder, file);
  if (!existsSync(path)) {
    test.skip(`recorded executions of ${file} (absent: ${path})`, () => undefined);
    continue;
  }
  const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly RecordedCase[];
  const count = { cases: 0, histories: 0, inFull: 0 };
  counts.set(file, count);
  describe(`executions recorded on AWS in ${file}`, () => {
    for (const recorded of cases) {
      test(recorded.id, async () => {
        const { described, events } = await runCase(recorded, cases);
        expect({ status: described['status'] }).toEqual({ status: recorded.expect.status });
        if (!recorded.placeholders) {
          if (recorded.expect.status === 'SUCCEEDED') expect(JSON.parse(described['output'])).toEqual(recorded.expect.output);
          else expect(described['error']).toEqual(recorded.expect.error);
          if (events !== undefined) {
            expect(pathOf(events)).toEqual(recorded.expect.path);
            count.histories++;
            if (agrees(events, recorded.history)) count.inFull++;
            else if (process.env['SHOW_HISTORIES'] !== undefined) {
              process.stdout.write(`${recorded.id}\n  ours   ${JSON.stringify(events)}\n  theirs ${JSON.stringify(recorded.history)}\n`);
            }
          }
        }
        count.cases++;
      });
    }
  });
}

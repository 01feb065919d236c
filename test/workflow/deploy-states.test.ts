// Every state of statemachines/deploy.asl.yaml is reached, by executions on the local Step Functions with steps that answer as told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { AwsError } from '../../localaws/endpoint/aws-error.ts';
import type { AwsShape, Service } from '../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../localaws/start-region.ts';
import { createStepFunctions } from '../../localaws/stepfunctions/create-step-functions.ts';

const root = { kind: 'root' } as const;
const text = readFileSync(join(import.meta.dirname, '..', '..', 'statemachines', 'deploy.asl.yaml'), 'utf8');
const definition = JSON.stringify(parse(text, { merge: true })).replace(
  /\$\{(\w+)Function\}/g,
  (_whole, name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
);
const allStates = Object.keys(parse(text).States);
const reached = new Set<string>();

type Answer = { readonly next: { readonly kind: string; readonly waitSeconds?: number } } | { readonly throws: string };
const go = (kind: string, waitSeconds?: number): Answer => ({ next: { kind, ...(waitSeconds === undefined ? {} : { waitSeconds }) } });

let region: RunningRegion;
let answers: Map<string, Answer[]>;
let signals: boolean;

/** Answers each step from its list, the last answer again and again; AwaitSignal is answered through its token when a signal is to come. */
function scriptedLambda(): Service {
  return {
    name: 'lambda',
    iamPrefix: 'lambda',
    wires: [],
    operations: {
      Invoke: {
        handle(input) {
          const name = String(input['FunctionName']).split(':').at(-1) ?? '';
          const payload = JSON.parse(String(input['Payload'])) as AwsShape;
          if (name === 'AwaitSignal') {
            if (signals)
              region.clock.schedule(1_000, () => void region.region.call('states', 'SendTaskSuccess', { taskToken: payload['token'], output: '{}' }, root));
            return { StatusCode: 200, Payload: '{}', ExecutedVersion: '$LATEST' };
          }
          const list = answers.get(name) ?? [];
          const answer = list.length > 1 ? list.shift() : list[0];
          if (answer === undefined) throw new AwsError('ResourceNotFoundException', `no answer scripted for ${name}`);
          if ('throws' in answer) {
            const error = { errorType: answer.throws, errorMessage: 'scripted', trace: [] };
            return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(error), ExecutedVersion: '$LATEST' };
          }
          return { StatusCode: 200, Payload: JSON.stringify(answer), ExecutedVersion: '$LATEST' };
        },
      },
    },
  };
}

beforeEach(async () => {
  signals = true;
  answers = new Map();
  region = await startRegion({ clock: { kind: 'virtual' }, services: [createStepFunctions, scriptedLambda] });
});
afterEach(() => region.close());

/** Runs one execution to its end; answers its status and the states it went through. */
async function run(script: Readonly<Record<string, readonly Answer[]>>, resume = false): Promise<{ status: string; states: readonly string[] }> {
  answers = new Map(Object.entries(script).map(([name, list]) => [name, [...list]]));
  const call = (operation: string, input: AwsShape): Promise<AwsShape> => region.region.call('states', operation, input, root);
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'deploy', definition, roleArn: 'arn:aws:iam::000000000000:role/deploy' });
  const input = JSON.stringify({ serviceKey: 'prod/orders', deploymentId: 'd', fence: 1, run: 1, resume });
  const { executionArn } = await call('StartExecution', { stateMachineArn, name: 'd', input });
  await region.clock.runUntil(async () => (await call('DescribeExecution', { executionArn }))['status'] !== 'RUNNING', 24 * 3_600_000);
  const { events } = await call('GetExecutionHistory', { executionArn, maxResults: 1000 });
  const states = events.flatMap((event: AwsShape) => (event['stateEnteredEventDetails'] === undefined ? [] : [String(event['stateEnteredEventDetails'].name)]));
  for (const state of states) reached.add(state);
  return { status: (await call('DescribeExecution', { executionArn }))['status'], states };
}

const planned = { Plan: [go('registerTaskDefinition')], RegisterTaskDefinition: [go('startTrafficShift')], StartTrafficShift: [go('watch', 30)] };

describe('the deployment workflow', () => {
  test('plans, registers, starts, watches and concludes', async () => {
    const { status, states } = await run({ ...planned, Assess: [go('watch', 30), go('conclude')], Conclude: [go('stop')] });
    expect(status).toBe('SUCCEEDED');
    expect(states.filter((state) => state === 'AwaitSignal')).toHaveLength(2);
    expect(states.at(-1)).toBe('Stopped');
  });

  test('looks for itself when no signal comes within the assessment period', async () => {
    signals = false;
    const { status, states } = await run({ ...planned, Assess: [go('conclude')], Conclude: [go('stop')] });
    expect(status).toBe('SUCCEEDED');
    expect(states).toEqual(expect.arrayContaining(['AwaitSignal', 'Assess', 'Conclude']));
  });

  test('waits for a deployment group that somebody else holds, then plans again', async () => {
    const { states } = await run({ ...planned, Plan: [go('waitForSlot', 30), go('registerTaskDefinition')], Assess: [go('conclude')], Conclude: [go('stop')] });
    expect(states.slice(0, 5)).toEqual(['Begin', 'Plan', 'AfterPlan', 'WaitForSlot', 'Plan']);
  });

  test('waits for approval before anything is registered, then looks and plans again', async () => {
    const script = { ...planned, Plan: [go('watch', 259_200), go('registerTaskDefinition')], Assess: [go('plan'), go('conclude')], Conclude: [go('stop')] };
    const { states } = await run(script);
    expect(states.slice(0, 7)).toEqual(['Begin', 'Plan', 'AfterPlan', 'AwaitSignal', 'Assess', 'AfterAssess', 'Plan']);
  });

  test('rolls back and goes on watching until blue serves everything', async () => {
    const { states } = await run({ ...planned, Assess: [go('rollBack'), go('conclude')], RollBack: [go('watch', 10)], Conclude: [go('stop')] });
    expect(states).toEqual(expect.arrayContaining(['RollBack', 'AfterRollBack', 'AwaitSignal', 'Conclude']));
  });

  test('hands over to a fresh execution, which begins at the watch loop', async () => {
    expect((await run({ ...planned, Assess: [go('handOver')], HandOver: [go('stop')] })).states.at(-2)).toBe('HandOver');
    await region.close();
    region = await startRegion({ clock: { kind: 'virtual' }, services: [createStepFunctions, scriptedLambda] });
    expect((await run({ Assess: [go('conclude')], Conclude: [go('stop')] }, true)).states.slice(0, 2)).toEqual(['Begin', 'Assess']);
  });

  test('makes traffic safe after an error nobody expected, however long that takes, and concludes', async () => {
    const { status, states } = await run({
      ...planned,
      Assess: [{ throws: 'PermanentError' }],
      MakeSafe: [go('makeSafe', 20), go('conclude')],
      Conclude: [go('stop')],
    });
    expect(status).toBe('SUCCEEDED');
    expect(states).toEqual(expect.arrayContaining(['MakeSafe', 'WaitBeforeMakeSafe', 'Conclude']));
  });

  test('concludes again after a while when not everybody could be told', async () => {
    const { status, states } = await run({ ...planned, Assess: [go('conclude')], Conclude: [go('tellAgain', 60), go('tellAgain', 90), go('stop')] });
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(-7)).toEqual(['WaitToTell', 'Conclude', 'AfterConclude', 'WaitToTell', 'Conclude', 'AfterConclude', 'Stopped']);
  });

  test('tries a throttled step again and does not take it for a failure', async () => {
    const { states } = await run({ ...planned, Assess: [{ throws: 'RetryableError' }, { throws: 'ConflictError' }, go('conclude')], Conclude: [go('stop')] });
    expect(states).not.toContain('MakeSafe');
  });

  test('fails, for the sweeper to find, when it cannot even conclude', async () => {
    const { status, states } = await run({ ...planned, Assess: [go('conclude')], Conclude: [{ throws: 'RetryableError' }] });
    expect(status).toBe('FAILED');
    expect(states.at(-1)).toBe('Unfinished');
  });
});

afterAll(() => {
  expect([...reached].toSorted()).toEqual(allStates.toSorted());
});

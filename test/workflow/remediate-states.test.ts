// Every state of statemachines/remediate.asl.yaml is reached, by executions on the local Step Functions with steps that answer as told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { AwsError } from '../../localaws/endpoint/aws-error.ts';
import type { AwsShape, Service } from '../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../localaws/start-region.ts';
import { createStepFunctions } from '../../localaws/stepfunctions/create-step-functions.ts';

const root = { kind: 'root' } as const;
const DAY = 86_400_000;
const text = readFileSync(join(import.meta.dirname, '..', '..', 'statemachines', 'remediate.asl.yaml'), 'utf8');
const definition = JSON.stringify(parse(text, { merge: true })).replace(
  /\$\{(\w+)Function\}/g,
  (_whole, name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
);
const allStates = Object.keys(parse(text).States);
const reached = new Set<string>();

type Answer = { readonly next: { readonly kind: string; readonly waitSeconds?: number } } | { readonly throws: string };
const go = (kind: string, waitSeconds?: number): Answer => ({ next: { kind, ...(waitSeconds === undefined ? {} : { waitSeconds }) } });
const steps = (...answers: readonly Answer[]): Answer[] => [...answers];

let region: RunningRegion;
let answers: Map<string, Answer[]>;
/** Simulated milliseconds until a person answers; undefined: nobody does. */
let answersAfterMs: number | undefined;

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
          const list = answers.get(name) ?? [];
          const answer = list.length > 1 ? list.shift() : list[0];
          if (answer !== undefined && 'throws' in answer) {
            const error = { errorType: answer.throws, errorMessage: 'scripted', trace: [] };
            return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(error), ExecutedVersion: '$LATEST' };
          }
          if (name === 'RemediatePropose') {
            const wake = () => void region.region.call('states', 'SendTaskSuccess', { taskToken: payload['token'], output: '{}' }, root);
            if (answersAfterMs !== undefined) region.clock.schedule(answersAfterMs, wake);
            return { StatusCode: 200, Payload: '{}', ExecutedVersion: '$LATEST' };
          }
          if (answer === undefined) throw new AwsError('ResourceNotFoundException', `no answer scripted for ${name}`);
          return { StatusCode: 200, Payload: JSON.stringify(answer), ExecutedVersion: '$LATEST' };
        },
      },
    },
  };
}

beforeEach(async () => {
  answersAfterMs = 3_600_000;
  region = await startRegion({ clock: { kind: 'virtual' }, services: [createStepFunctions, scriptedLambda] });
});
afterEach(() => region.close());

interface Run {
  readonly status: string;
  readonly states: readonly string[];
  readonly milliseconds: number;
}

/** Runs one execution to its end. */
async function run(script: Readonly<Record<string, readonly Answer[]>>, waitSeconds = 0): Promise<Run> {
  answers = new Map(Object.entries(script).map(([name, list]) => [`Remediate${name}`, [...list]]));
  const startedAt = region.clock.now();
  const call = (operation: string, input: AwsShape): Promise<AwsShape> => region.region.call('states', operation, input, root);
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'remediate', definition, roleArn: 'arn:aws:iam::000000000000:role/remediate' });
  const input = JSON.stringify({ serviceKey: 'prod/orders', remediationId: 'r', waitSeconds });
  const { executionArn } = await call('StartExecution', { stateMachineArn, name: 'r', input });
  await region.clock.runUntil(async () => (await call('DescribeExecution', { executionArn }))['status'] !== 'RUNNING', 3 * DAY);
  const { events } = await call('GetExecutionHistory', { executionArn, maxResults: 1000 });
  const states = events.flatMap((event: AwsShape) => (event['stateEnteredEventDetails'] === undefined ? [] : [String(event['stateEnteredEventDetails'].name)]));
  for (const state of states) reached.add(state);
  return { status: (await call('DescribeExecution', { executionArn }))['status'], states, milliseconds: region.clock.now() - startedAt };
}

describe('the remediation workflow', () => {
  test('decides, acts, and verifies until there is an answer', async () => {
    const { status, states } = await run({ Decide: [go('act')], Act: [go('verify', 60)], Verify: steps(go('verify', 60), go('verify', 600), go('stop')) });
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(0, 5)).toEqual(['Begin', 'RemediateDecide', 'AfterDecide', 'RemediateAct', 'AfterAct']);
    expect(states.filter((state) => state === 'RemediateVerify')).toHaveLength(3);
    expect(states.at(-1)).toBe('Stopped');
  });

  test('waits for a person, and acts when one has answered', async () => {
    const { states, milliseconds } = await run({ Decide: [go('propose', 86_400)], Act: [go('verify', 60)], Verify: [go('stop')] });
    expect(states).toEqual(expect.arrayContaining(['RemediatePropose', 'RemediateAct', 'RemediateVerify']));
    expect(milliseconds).toBeGreaterThanOrEqual(3_600_000);
    expect(milliseconds).toBeLessThan(7_200_000);
  });

  test('ends a proposal that nobody answers within its time', async () => {
    answersAfterMs = undefined;
    const { status, states, milliseconds } = await run({ Decide: [go('propose', 86_400)], Act: [go('stop')] });
    expect(status).toBe('SUCCEEDED');
    expect(milliseconds).toBeGreaterThanOrEqual(DAY);
    expect(states.slice(-4)).toEqual(['WaitToAct', 'RemediateAct', 'AfterAct', 'Stopped']);
  });

  test('proposes again when the proposal could not be made', async () => {
    const { states } = await run({
      Decide: [go('propose', 86_400)],
      Propose: steps({ throws: 'PermanentError' }, go('stop')),
      Act: steps(go('propose', 80_000), go('stop')),
    });
    expect(states.filter((state) => state === 'RemediatePropose')).toHaveLength(2);
  });

  test('waits while a deployment runs', async () => {
    const { states } = await run({ Decide: [go('act')], Act: steps(go('wait', 60), go('wait', 60), go('verify', 60)), Verify: [go('stop')] });
    expect(states.filter((state) => state === 'WaitToAct')).toHaveLength(2);
  });

  test('tells people where nothing can be done, and nobody where nothing is the matter', async () => {
    expect((await run({ Decide: [go('alert')], Alert: [go('stop')] })).states.at(-2)).toBe('RemediateAlert');
    await region.close();
    region = await startRegion({ clock: { kind: 'virtual' }, services: [createStepFunctions, scriptedLambda] });
    expect((await run({ Decide: [go('stop')] })).states).toEqual(['Begin', 'RemediateDecide', 'AfterDecide', 'Stopped']);
  });

  test('goes on verifying where a killed try had acted already', async () => {
    const { states } = await run({ Decide: [go('verify', 1)], Verify: [go('stop')] });
    expect(states).not.toContain('RemediateAct');
  });

  test('begins a way back when its time has come', async () => {
    const { milliseconds } = await run({ Decide: [go('act')], Act: [go('verify', 60)], Verify: [go('stop')] }, 7_200);
    expect(milliseconds).toBeGreaterThanOrEqual(7_260_000);
  });

  test('tries a throttled step again, and gives up on an error nobody expected', async () => {
    const { status, states } = await run({ Decide: steps({ throws: 'RetryableError' }, go('act')), Act: [{ throws: 'PermanentError' }], GiveUp: [go('stop')] });
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(-2)).toEqual(['RemediateGiveUp', 'Stopped']);
    expect(states.filter((state) => state === 'RemediateDecide')).toHaveLength(1);
  });

  test('fails when it cannot even give up', async () => {
    const { status, states } = await run({ Decide: [{ throws: 'PermanentError' }], GiveUp: [{ throws: 'RetryableError' }] });
    expect(status).toBe('FAILED');
    expect(states.at(-1)).toBe('Unfinished');
  });
});

afterAll(() => {
  expect([...reached].toSorted()).toEqual(allStates.toSorted());
});

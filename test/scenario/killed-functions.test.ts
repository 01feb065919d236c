// A function killed in the middle, at any step: the deployment still finishes, or goes back. Nothing is left half done.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

let running: Scenario;
/** One world for all: after each death the next deployment begins with what the last one left. */
beforeAll(async () => {
  running = await startScenario();
});
afterAll(() => running.close());

const steps = [
  'weir-dev-image-pushed',
  'weir-dev-plan',
  'weir-dev-register-task-definition',
  'weir-dev-start-traffic-shift',
  'weir-dev-await-signal',
  'weir-dev-assess',
  'weir-dev-conclude',
];
const hooks = ['before-install', 'after-install', 'after-allow-test-traffic', 'before-allow-traffic', 'after-allow-traffic'].map(
  (hook) => `CodeDeployHook_weir-dev-${hook}`,
);

/** Kills the function's worker at its n-th call to AWS, once; the call itself takes effect. */
function killAt(functionName: string, callNumber: number): { readonly killed: () => boolean; readonly end: () => void } {
  let calls = 0;
  let killed = false;
  const end = running.localAws.dispatcher.intercept(async (call, _input, next) => {
    if (killed || call.principal.kind !== 'role' || call.principal.sessionName !== functionName || call.service === 'logs') return next();
    calls++;
    if (calls !== callNumber) return next();
    killed = true;
    const answer = await next();
    running.faults.killRunning(functionName);
    return answer;
  });
  return { killed: () => killed, end };
}

let version = 1;

async function endsWell(functionName: string, callNumber: number): Promise<void> {
  const before = await running.servingDigest();
  const kill = killAt(functionName, callNumber);
  version++;
  const digest = await running.push(`${version}.0.0`);
  const deployment = await running.untilEnded(digest, 8 * 3_600_000);
  kill.end();
  expect(kill.killed()).toBe(true);
  expect(['Succeeded', 'RolledBack', 'Failed']).toContain(deployment.status);
  expect(await running.servingDigest()).toBe(deployment.status === 'Succeeded' ? digest : before);
  expect((await running.service()).active).toBeUndefined();
}

describe('a function killed in the middle of a canary', () => {
  test.each(steps)('%s, at its second call', (name) => endsWell(name, 2));
  test.each(hooks)('%s, at its third call', (name) => endsWell(name, 3));
});

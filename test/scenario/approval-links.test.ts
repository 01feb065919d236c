// A signed link in a notification: looked at it changes nothing, answered it approves once; whoever has no such link gets nowhere.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';
import { subscribeQueue } from '../support/scenario/topic-queue.ts';

const KEY = '/weir/approval-link-key';
const FUNCTION = 'weir-dev-approval-link';
let scenario: Scenario;
let told: () => Promise<readonly Record<string, string>[]>;

beforeAll(async () => {
  scenario = await startScenario();
  const { call } = scenario;
  await call('ssm', 'PutParameter', { Name: KEY, Type: 'SecureString', Value: 'k'.repeat(40) });
  // What resources/approval-links-on.yml says.
  const { FunctionUrl } = await call('lambda', 'CreateFunctionUrlConfig', { FunctionName: FUNCTION, AuthType: 'NONE' });
  const everybody = { FunctionName: FUNCTION, Principal: '*' };
  await call('lambda', 'AddPermission', { ...everybody, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' });
  await call('lambda', 'AddPermission', { ...everybody, StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });
  for (const step of ['plan', 'assess']) {
    const { Environment } = await call('lambda', 'GetFunctionConfiguration', { FunctionName: `weir-dev-${step}` });
    const Variables = { ...Environment.Variables, WEIR_APPROVAL_URL: FunctionUrl };
    await call('lambda', 'UpdateFunctionConfiguration', { FunctionName: `weir-dev-${step}`, Environment: { Variables } });
  }
  told = await subscribeQueue(scenario);
});
afterAll(() => scenario.close());

async function end(digest: string): Promise<void> {
  await scenario.ask('abort-deployment', { by: 'test', serviceKey: 'prod/orders', reason: 'seen enough' });
  await scenario.untilEnded(digest);
}

/** Pushes, and answers the digest and the link that people are told. */
async function asked(tag: string): Promise<{ digest: string; link: string }> {
  await told();
  const digest = await scenario.push(tag);
  await scenario.untilSeen(digest, ({ approval }) => approval?.toldAt !== undefined);
  const text = (await told()).find(({ status }) => status === 'ApprovalNeeded')?.['text'] ?? '';
  return { digest, link: /https?:\S+/.exec(text)?.[0] ?? '' };
}

function answer(link: string, given: { readonly answer: string; readonly reason?: string }): Promise<Response> {
  const url = new URL(link);
  const body = new URLSearchParams({ token: url.searchParams.get('token') ?? '', reason: 'notes read', ...given });
  return fetch(new URL(url.pathname, url.origin), { method: 'POST', body });
}

describe('an approval link', () => {
  test('shows what is asked, changes nothing when fetched, and approves once', async () => {
    await scenario.apply({ approval: { required: 1 } });
    const { digest, link } = await asked('2.0.0');
    const before = await scenario.deploymentOf(digest);
    const page = await fetch(link);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    const text = await page.text();
    for (const part of ['prod/orders', '2.0.0', digest, '0 of 1', 'name="reason"']) expect(text).toContain(part);
    await fetch(link, { method: 'HEAD' });
    expect(await scenario.deploymentOf(digest)).toEqual(before);

    const forged = link.replace(/token=./, 'token=A');
    expect((await fetch(forged)).status).toBe(403);
    expect((await answer(forged, { answer: 'approve' })).status).toBe(403);
    expect((await answer(link, { answer: 'approve', reason: ' ' })).status).toBe(400);
    expect(await scenario.deploymentOf(digest)).toEqual(before);

    const approved = await answer(link, { answer: 'approve' });
    expect({ status: approved.status, text: await approved.text() }).toEqual({ status: 200, text: expect.stringContaining('the deployment goes on') });
    const again = await answer(link, { answer: 'reject' });
    expect(again.status).toBe(410);
    await scenario.untilSeen(digest, ({ shift }) => shift !== undefined);
    expect(await scenario.deploymentOf(digest)).toMatchObject({
      approval: { ended: { kind: 'approved' }, answers: [{ by: 'approval-link', reason: 'notes read (by the link told to the topic)' }] },
    });
    await end(digest);
  });

  test('of an earlier deployment says nothing about a later one, and a rejection ends it', async () => {
    const { digest, link } = await asked('3.0.0');
    expect((await answer(link, { answer: 'reject' })).status).toBe(200);
    expect(await scenario.untilEnded(digest)).toMatchObject({ status: 'Failed', approval: { ended: { kind: 'rejected' } } });
    expect((await fetch(link)).status).toBe(410);
  });

  test('is not told where approvers are named, and one link is not two people', async () => {
    await scenario.apply({ approval: { required: 2 } });
    const { digest, link } = await asked('4.0.0');
    expect(await (await answer(link, { answer: 'approve' })).text()).toContain('1 approval(s) are still missing');
    expect((await answer(link, { answer: 'approve' })).status).toBe(410);
    expect(await scenario.deploymentOf(digest)).toMatchObject({ approval: { answers: [{ by: 'approval-link' }] } });
    await end(digest);
    await scenario.apply({ approval: { required: 1, approvers: ['arn:aws:iam::000000000000:user/ann'] } });
    expect((await asked('5.0.0')).link).toBe('');
  });
});

import { describe, expect, test } from '@jest/globals';
import { parseWorkflowInput } from '#contracts/workflow.ts';

const input = { serviceKey: 'prod/orders', deploymentId: '20261116T015434-3f0c2a91be', fence: 3, run: 1 };

describe('the workflow’s input', () => {
  test('a first run and a resumed one', () => {
    expect(parseWorkflowInput(input)).toEqual({ ok: true, value: input });
    expect(parseWorkflowInput({ ...input, run: 2, resume: true })).toMatchObject({ ok: true, value: { run: 2, resume: true } });
  });

  test.each<[string, unknown]>([
    ['serviceKey', { ...input, serviceKey: 'orders' }],
    ['serviceKey', { ...input, serviceKey: 'prod/orders/1' }],
    ['deploymentId', { ...input, deploymentId: 'a b' }],
    ['deploymentId', { ...input, deploymentId: 'a'.repeat(81) }],
    ['fence', { ...input, fence: -1 }],
    ['fence', { ...input, fence: '3' }],
    ['run', { ...input, run: 0 }],
    ['resume', { ...input, resume: 'yes' }],
    ['input', null],
  ])('a bad %s is named', (member, bad) => {
    expect(parseWorkflowInput(bad)).toEqual({ ok: false, problem: expect.stringContaining(member) });
  });
});

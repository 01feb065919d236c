// Pages and the number of finished deployments kept.
import { describe, expect, test } from '@jest/globals';
import { initialLifecycle } from '../../../../localaws/codedeploy/lifecycle/lifecycle.ts';
import { FINISHED_DEPLOYMENTS_KEPT_MAX } from '../../../../localaws/codedeploy/limits.ts';
import type { Deployment } from '../../../../localaws/codedeploy/model.ts';
import { pageOf } from '../../../../localaws/codedeploy/pages.ts';
import { createStore } from '../../../../localaws/codedeploy/store.ts';

describe('records', () => {
  test('pages follow each other even when new items come in front', () => {
    const first = pageOf(['c', 'b', 'a'], {}, 2);
    expect(first.page).toEqual(['c', 'b']);
    const second = pageOf(['d', 'c', 'b', 'a'], { nextToken: first.nextToken }, 2);
    expect(second).toEqual({ page: ['a'], nextToken: undefined });
  });

  test('the oldest finished deployments are forgotten, running ones never', () => {
    const store = createStore();
    const make = (index: number, completeTime: number | undefined): Deployment =>
      ({ id: `d-${index}`, lifecycle: { ...initialLifecycle(), completeTime } }) as Deployment;
    store.deployments.set('d-0', make(0, undefined));
    for (let index = 1; index <= FINISHED_DEPLOYMENTS_KEPT_MAX + 2; index++) store.deployments.set(`d-${index}`, make(index, index));
    store.forgetOldDeployments();
    expect(store.deployments.size).toBe(FINISHED_DEPLOYMENTS_KEPT_MAX + 1);
    expect([...store.deployments.keys()].slice(0, 2)).toEqual(['d-0', 'd-3']);
  });
});

// Where a container's log is, by its task definition.
import { describe, expect, test } from '@jest/globals';
import { essentialContainer, logStreamOf } from '#core/task-definition/log-stream.ts';

const awslogs = { 'awslogs-group': '/ecs/orders', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'orders' };
const document = (logConfiguration: unknown) => ({
  containerDefinitions: [
    { name: 'proxy', essential: false },
    { name: 'app', logConfiguration },
  ],
});

describe('a log stream', () => {
  test('is named by prefix, container and task', () => {
    expect(logStreamOf(document({ logDriver: 'awslogs', options: awslogs }), 'app', '0f9a')).toEqual({
      group: '/ecs/orders',
      stream: 'orders/app/0f9a',
      region: 'eu-west-1',
    });
  });

  test.each([
    ['another driver writes it', { logDriver: 'awsfirelens', options: awslogs }],
    ['there is no prefix', { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/orders' } }],
    ['there is no log configuration', undefined],
  ])('is not known where %s', (_why, logConfiguration) => {
    expect(logStreamOf(document(logConfiguration), 'app', '0f9a')).toBeUndefined();
    expect(logStreamOf({}, 'app', '0f9a')).toBeUndefined();
  });
});

test('the container to look at is the first that is essential, which ECS takes for granted', () => {
  expect(essentialContainer(document(undefined))).toBe('app');
  expect(essentialContainer({})).toBeUndefined();
});

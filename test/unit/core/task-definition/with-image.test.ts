// Green's task definition is blue's with one image changed and nothing else.
import { expect, test } from '@jest/globals';
import { isSameTaskDefinition, withImage } from '#core/task-definition/with-image.ts';

const blue = {
  taskDefinitionArn: 'arn:orders:1',
  revision: 1,
  status: 'ACTIVE',
  compatibilities: ['FARGATE'],
  family: 'orders',
  cpu: '256',
  volumes: [],
  aNewMember: { kept: true },
  containerDefinitions: [
    { name: 'app', image: 'old', essential: true },
    { name: 'proxy', image: 'envoy' },
  ],
};

test('only the named container changes, and what ECS added is left out', () => {
  expect(withImage(blue, 'app', 'new')).toEqual({
    family: 'orders',
    cpu: '256',
    volumes: [],
    aNewMember: { kept: true },
    containerDefinitions: [
      { name: 'app', image: 'new', essential: true },
      { name: 'proxy', image: 'envoy' },
    ],
  });
  expect(withImage(blue, 'web', 'new')).toBeUndefined();
});

test('what was registered is recognised again, empty lists or not; anything else is not', () => {
  const wanted = withImage(blue, 'app', 'new') ?? {};
  expect(isSameTaskDefinition({ ...wanted, taskDefinitionArn: 'arn:orders:2', revision: 2, placementConstraints: [] }, wanted)).toBe(true);
  expect(isSameTaskDefinition({ ...wanted, cpu: '512' }, wanted)).toBe(false);
  expect(isSameTaskDefinition({ ...wanted, volumes: [{ name: 'data' }] }, wanted)).toBe(false);
});

import { expect, test } from '@jest/globals';
import { memorySettings, withMemory } from '#core/task-definition/with-memory.ts';

const document = {
  family: 'orders',
  cpu: '256',
  memory: '512',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [
    { name: 'app', memory: 400, image: 'a' },
    { name: 'sidecar', image: 'b' },
  ],
};

test('a task definition says what its task and containers may use', () => {
  expect(memorySettings(document)).toEqual({
    task: { cpu: 256, memory: 512 },
    fargate: true,
    windows: false,
    containers: [
      { name: 'app', memory: 400 },
      { name: 'sidecar', memory: undefined },
    ],
  });
  expect(memorySettings({ containerDefinitions: [], runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } })).toEqual({
    task: undefined,
    fargate: false,
    windows: true,
    containers: [],
  });
});

test('more memory changes the named container and the task, and nothing else', () => {
  expect(withMemory(document, { container: 'app', containerMemory: 600, taskMemory: 1_024, taskCpu: 256 })).toEqual({
    ...document,
    memory: '1024',
    containerDefinitions: [
      { name: 'app', memory: 600, image: 'a' },
      { name: 'sidecar', image: 'b' },
    ],
  });
  expect(withMemory(document, { container: 'app' })).toEqual(document);
});

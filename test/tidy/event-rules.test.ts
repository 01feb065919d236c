// Which function every sample event wakes, by the patterns of serverless.yml: what nobody wants is dropped before it costs anything.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { compilePattern } from '#localaws/eventbridge/pattern/compile-pattern.ts';
import { readJson } from '#localaws/eventbridge/pattern/json-node.ts';
import { flattenEvent, matchesPattern } from '#localaws/eventbridge/pattern/match-pattern.ts';
import { projectRoot, readProjectFile } from './project-files.ts';

interface FunctionEntry {
  readonly events?: readonly { readonly eventBridge?: { readonly pattern: unknown } }[];
}

// CloudFormation's tags (!Sub, !Ref) are not read here: patterns have none.
const { functions } = parse(readProjectFile('serverless.yml'), { logLevel: 'silent' }) as { functions: Readonly<Record<string, FunctionEntry>> };
const patterns = Object.entries(functions).flatMap(([name, { events = [] }]) =>
  events.flatMap(({ eventBridge }) => (eventBridge === undefined ? [] : [{ name, pattern: compilePattern(JSON.stringify(eventBridge.pattern)) }])),
);

function wokenBy(event: unknown): readonly string[] {
  const flat = flattenEvent(readJson(JSON.stringify(event)));
  return patterns.filter(({ pattern }) => matchesPattern(pattern, flat)).map(({ name }) => name);
}

const sample = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(projectRoot, 'events', `${name}.json`), 'utf8'));

const woken: Readonly<Record<string, readonly string[]>> = {
  'cloudwatch-alarm-entered-alarm': ['alarmChanged'],
  'cloudwatch-alarm-returned-to-ok': [],
  'cloudwatch-composite-alarm-entered-alarm': ['alarmChanged'],
  'codedeploy-deployment-failed': ['deploymentStateChanged'],
  'codedeploy-deployment-started': ['deploymentStateChanged'],
  'codedeploy-deployment-stopped': ['deploymentStateChanged'],
  'codedeploy-deployment-succeeded': ['deploymentStateChanged'],
  // CodeDeploy invokes hooks itself.
  'codedeploy-hook': [],
  'ecr-image-deleted': [],
  'ecr-image-pushed': ['imagePushed'],
  'ecr-image-pushed-untagged': ['imagePushed'],
  'ecr-image-scanned': ['imageScanned'],
  // Told apart by its media type, which a pattern could only name one by one.
  'ecr-signature-pushed': ['imagePushed'],
  'ecs-container-instance-agent-disconnected': ['containerInstanceChanged'],
  'ecs-container-instance-draining': ['containerInstanceChanged'],
  'ecs-deployment-failed': ['deploymentStateChanged'],
  'ecs-service-action-placement-failure': ['serviceAction'],
  'ecs-service-action-start-impaired': [],
  'ecs-service-action-steady-state': [],
  'ecs-task-stopped-cannot-pull': ['taskStopped'],
  'ecs-task-stopped-exited': ['taskStopped'],
  'ecs-task-stopped-out-of-memory': ['taskStopped'],
  'ecs-task-stopped-scaled-in': [],
  'ecs-task-stopped-spot-interrupted': ['taskStopped'],
  'ecs-task-stopped-unhealthy': ['taskStopped'],
  'ecs-task-stopped-unknown-reason': ['taskStopped'],
};

describe('the rules of serverless.yml', () => {
  test.each(readdirSync(join(projectRoot, 'events')).map((file) => file.replace(/\.json$/, '')))('wake whom %s concerns', (name) => {
    expect(wokenBy(sample(name))).toEqual(woken[name]);
  });

  const stopped = (stopCode: string | undefined, stoppedReason: string, group = 'service:orders') => {
    const event = sample('ecs-task-stopped-exited');
    return { ...event, detail: { ...Object(event['detail']), stopCode, stoppedReason, group } };
  };

  test.each([
    ['a reason and a stop code that are new', stopped('MeteorStrike', 'It hit.'), ['taskStopped']],
    ['no stop code', stopped(undefined, 'Host EC2 (instance i-0c9f1a2b3c4d5e6f7) terminated.'), ['taskStopped']],
    ['the scheduler, for a reason that is new', stopped('ServiceSchedulerInitiated', 'The moon is full.'), ['taskStopped']],
    ['the scheduler, for failed health checks', stopped('ServiceSchedulerInitiated', 'Task failed container health checks'), ['taskStopped']],
    ['the scheduler, because there are too many', stopped('ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)'), []],
    ['a person', stopped('UserInitiated', 'OutOfMemoryError: no, just me'), []],
    ['no service', stopped('EssentialContainerExited', 'Essential container in task exited', 'family:batch'), []],
  ])('a task stopped by %s', (_by, event, functionNames) => {
    expect(wokenBy(event)).toEqual(functionNames);
  });
});

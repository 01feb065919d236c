// What the tests of ECS begin with: a region in virtual time with scripted containers, target groups of the test's own, the
// real SDK client, and every event that was sent.
import { ECSClient } from '@aws-sdk/client-ecs';
import { createScriptedTaskRuntime, type ImageScript, type ScriptedTaskRuntime } from '#rehearsal/region/scripted-task-runtime.ts';
import { createEcs, type EcsOptions } from '../../../../localaws/ecs/create-ecs.ts';
import type { AwsShape, ServiceFactory } from '../../../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../../../localaws/start-region.ts';
import { createElbDouble, type ElbDouble } from './elb-double.ts';

export interface Stage {
  readonly running: RunningRegion;
  readonly ecs: ECSClient;
  readonly runtime: ScriptedTaskRuntime;
  readonly elb: ElbDouble;
  readonly events: SentEvent[];
  /** Lets simulated time pass until the answer is true. */
  until(reached: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
  /** Lets so much simulated time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface SentEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: string[];
  readonly detail: AwsShape;
  readonly at: number;
}

const LIMIT_MS = 60 * 60 * 1000;

export async function openStage(
  scripts: Readonly<Record<string, ImageScript>> = {},
  options: EcsOptions & { services?: ServiceFactory[] } = {},
): Promise<Stage> {
  const runtime = createScriptedTaskRuntime(scripts);
  const elb = createElbDouble();
  const events: SentEvent[] = [];
  const { services = [], ...ecsOptions } = options;
  const running = await startRegion({
    services: [createEcs({ taskRuntime: runtime, ...ecsOptions }), elb.factory, eventSink(events), ...services],
    clock: { kind: 'virtual' },
    startAt: Date.UTC(2026, 10, 23, 12),
  });
  const ecs = new ECSClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    running,
    ecs,
    runtime,
    elb,
    events,
    until: (reached, limitMs = LIMIT_MS) => running.clock.runUntil(reached, limitMs),
    async pass(ms) {
      let isOver = false;
      running.clock.schedule(ms, () => {
        isOver = true;
      });
      await running.clock.runUntil(() => isOver, ms + 1);
    },
    async close() {
      ecs.destroy();
      await running.close();
    },
  };
}

function eventSink(events: SentEvent[]): ServiceFactory {
  return (region) => ({
    name: 'events',
    iamPrefix: 'events',
    wires: [],
    operations: {
      PutEvents: {
        handle: (input) => {
          for (const entry of input['Entries']) {
            events.push({
              source: entry.Source,
              detailType: entry.DetailType,
              resources: entry.Resources,
              detail: JSON.parse(entry.Detail),
              at: region.clock.now(),
            });
          }
          return { FailedEntryCount: 0, Entries: [] };
        },
      },
    },
  });
}

/** An image of the region's own registry. */
export function imageOf(tag: string): string {
  return `000000000000.dkr.ecr.us-east-1.amazonaws.com/team/orders:${tag}`;
}

export const EXECUTION_ROLE = 'arn:aws:iam::000000000000:role/execution';

/** A Fargate task definition with one container `app` on port 8080. */
export function fargateDefinition(tag: string, container: AwsShape = {}): AwsShape & { family: string; containerDefinitions: AwsShape[] } {
  return {
    family: 'orders',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: EXECUTION_ROLE,
    containerDefinitions: [{ name: 'app', image: imageOf(tag), essential: true, portMappings: [{ containerPort: 8080 }], ...container }],
  };
}

export const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-0abc', 'subnet-0def'], securityGroups: ['sg-0abc'] } };

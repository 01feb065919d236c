// A storm of ECS Task State Change events: a few services crash again and again, all others lose a task to maintenance now and then.
const ACCOUNT = '111122223333';
const ECS = `arn:aws:ecs:eu-west-1:${ACCOUNT}`;
const DIGEST = `sha256:${'a'.repeat(64)}`;

export interface StormShape {
  readonly services: number;
  readonly events: number;
  readonly looping: number;
  /** Simulated length, milliseconds. */
  readonly milliseconds: number;
  /** What the crash-loop runbook may do. propose: nothing ends the storm, so every event is counted. */
  readonly mode: 'auto' | 'propose';
}

/** Share of the events that are of services which are well and lose a task now and then. */
const SHARE_OF_OTHERS = 0.02;

export const serviceName = (index: number): string => `service-${index}`;
export const taskDefinitionArn = (index: number, revision: number): string => `${ECS}:task-definition/${serviceName(index)}:${revision}`;

/** The events in the order of their time, as EventBridge delivers them. */
export function* stormEvents(shape: StormShape, startAt: number): Generator<{ readonly service: number; readonly at: number; readonly event: unknown }> {
  const others = shape.services > shape.looping ? Math.floor(shape.events * SHARE_OF_OTHERS) : 0;
  const every = others === 0 ? Number.POSITIVE_INFINITY : shape.events / others;
  let ofOthers = 0;
  for (let index = 0; index < shape.events; index++) {
    const isOther = ofOthers < others && index >= ofOthers * every;
    const service = isOther ? shape.looping + (ofOthers++ % (shape.services - shape.looping)) : index % shape.looping;
    const at = Math.floor(startAt + (shape.milliseconds * index) / shape.events);
    yield { service, at, event: stoppedTask(service, index, at, isOther ? maintenance : crash) };
  }
}

const crash = { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited', exitCode: 1 };
const maintenance = {
  stopCode: 'InfrastructureHealth',
  stoppedReason: 'ECS is performing maintenance on the underlying infrastructure hosting the task.',
  exitCode: 143,
};

function stoppedTask(service: number, task: number, at: number, { stopCode, stoppedReason, exitCode }: typeof crash): unknown {
  const time = new Date(at).toISOString();
  const taskArn = `${ECS}:task/prod/${task.toString(16).padStart(32, '0')}`;
  const container = { containerArn: `${ECS}:container/prod/${task}`, taskArn, name: 'app', lastStatus: 'STOPPED', exitCode, imageDigest: DIGEST };
  return {
    version: '0',
    id: `event-${task}`,
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: ACCOUNT,
    time,
    region: 'eu-west-1',
    resources: [taskArn],
    detail: {
      taskArn,
      clusterArn: `${ECS}:cluster/prod`,
      taskDefinitionArn: taskDefinitionArn(service, 2),
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      version: 6,
      group: `service:${serviceName(service)}`,
      startedBy: 'ecs-svc/3245678901234567890',
      stopCode,
      stoppedReason,
      containers: [container],
      createdAt: time,
      updatedAt: time,
      stoppedAt: time,
    },
  };
}

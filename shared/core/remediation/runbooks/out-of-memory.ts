// Runbook: a container used more memory than it has. The next revision gets more, as a normal canary.
import type { Finding } from '../action.ts';
import { fargateSizeFor, type TaskSize } from '../fargate-size.ts';
import type { OutOfMemoryPolicy } from '../policy.ts';

export interface OutOfMemorySituation {
  readonly kind: 'outOfMemory';
  /** The container that was killed. */
  readonly container: string;
  /** Its own hard limit, MiB; undefined when only the task's memory limits it. */
  readonly containerMemory: number | undefined;
  /** Hard limits of the task's other containers together, MiB. */
  readonly otherContainersMemory: number;
  /** The task's size; undefined on EC2 where the task definition gives none. */
  readonly task: TaskSize | undefined;
  /** Fargate knows only certain sizes. */
  readonly fargate: boolean;
  readonly windows: boolean;
  /** Tasks of the serving revision killed for memory. */
  readonly kills: number;
  /** First and last of them, epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What the owner may state, percent. */
export const RAISE_PERCENT_MIN = 25;
export const RAISE_PERCENT_MAX = 50;

export function planOutOfMemory(situation: OutOfMemorySituation, policy: OutOfMemoryPolicy): Finding {
  const { container, containerMemory, task } = situation;
  const percent = Math.min(RAISE_PERCENT_MAX, Math.max(RAISE_PERCENT_MIN, policy.raisePercent));
  const evidence = [
    `container ${container} was killed for memory ${situation.kills} times in ${Math.round((situation.lastAt - situation.firstAt) / 60_000)} minutes`,
    `memory: ${containerMemory === undefined ? 'no limit of its own' : `${containerMemory} MiB for the container`}, ${task === undefined ? 'no limit for the task' : `${task.memory} MiB for the task`}`,
  ];
  const alert = (why: string): Finding => ({ kind: 'alert', why, evidence });
  if (containerMemory === undefined && task === undefined)
    return alert('neither the container nor its task has a memory limit: the container instance itself ran out');
  const raised = containerMemory === undefined ? undefined : raise(containerMemory, percent);
  const wanted = wantedTaskMemory(situation, raised, percent);
  const size = wanted === undefined || task === undefined ? undefined : taskSize(situation, task, wanted);
  if (task !== undefined && size === undefined) return alert(`no Fargate task size has ${wanted} MiB`);
  const most = Math.max(size?.memory ?? 0, raised ?? 0);
  if (most > policy.memoryMaxMiB) return alert(`it would need ${most} MiB and the manifest allows ${policy.memoryMaxMiB} MiB`);
  const changes = [
    ...(raised === undefined ? [] : [`container ${containerMemory} -> ${raised} MiB`]),
    ...(size === undefined || task === undefined || size.memory === task.memory ? [] : [`task ${task.memory} -> ${size.memory} MiB`]),
    ...(size === undefined || task === undefined || size.cpu === task.cpu ? [] : [`CPU ${task.cpu} -> ${size.cpu}, which so much memory needs on Fargate`]),
  ];
  return {
    kind: 'action',
    action: {
      kind: 'raiseMemory',
      container,
      ...(raised === undefined ? {} : { containerMemory: raised }),
      taskMemory: size?.memory,
      taskCpu: size?.cpu,
      strategy: 'canary',
    },
    why: `${container} runs out of memory: ${changes.join(', ')}`,
    evidence,
  };
}

function raise(memory: number, percent: number): number {
  return Math.ceil((memory * (100 + percent)) / 100);
}

/** The task must hold what its containers may use; without container limits the task's own is the one that was hit. */
function wantedTaskMemory(situation: OutOfMemorySituation, raised: number | undefined, percent: number): number | undefined {
  if (situation.task === undefined) return undefined;
  if (raised === undefined) return raise(situation.task.memory, percent);
  return Math.max(situation.task.memory, raised + situation.otherContainersMemory);
}

function taskSize(situation: OutOfMemorySituation, task: TaskSize, wanted: number): TaskSize | undefined {
  return situation.fargate ? fargateSizeFor(wanted, task.cpu, situation.windows) : { cpu: task.cpu, memory: wanted };
}

// The service's tasks, as ECS says they are: those that run first, then the ones that stopped, newest first, and why.
import { classifyStop } from '#core/breaker/classify-stop.ts';
import type { InspectedTask } from '#ports/inspection.ts';
import type { Tone } from './tone.ts';

export interface TasksPage {
  readonly rows: readonly TaskRow[];
  /** Stopped tasks that are not shown. */
  readonly left: number;
}

export interface TaskRow {
  readonly id: string;
  readonly taskDefinitionArn: string;
  /** ECS's word. */
  readonly state: string;
  readonly tone: Tone;
  /** Epoch milliseconds; when it stopped, else when it began. */
  readonly at?: number;
  /** Why it stopped. */
  readonly why?: string;
}

/** Stopped tasks shown. */
const STOPPED_SHOWN_MAX = 8;

export function tasksPage(tasks: readonly InspectedTask[]): TasksPage {
  const stopped = tasks.filter(isStopped).toSorted((one, other) => (other.stoppedAt ?? 0) - (one.stoppedAt ?? 0));
  const others = tasks.filter((task) => !isStopped(task)).toSorted((one, other) => one.taskDefinitionArn.localeCompare(other.taskDefinitionArn));
  return { rows: [...others, ...stopped.slice(0, STOPPED_SHOWN_MAX)].map(taskRow), left: Math.max(0, stopped.length - STOPPED_SHOWN_MAX) };
}

function isStopped({ lastStatus }: InspectedTask): boolean {
  return lastStatus === 'STOPPED';
}

function taskRow(task: InspectedTask): TaskRow {
  const { taskId: id, taskDefinitionArn, lastStatus, healthStatus, createdAt, startedAt, stoppedAt } = task;
  const at = stoppedAt ?? startedAt ?? createdAt;
  const row = { id, taskDefinitionArn, ...(at === undefined ? {} : { at }) };
  if (isStopped(task)) {
    const { crash, title, text } = classifyStop(task);
    return { ...row, state: lastStatus, tone: crash ? 'bad' : 'quiet', why: crash ? `${title}: ${text}` : text };
  }
  if (healthStatus === 'UNHEALTHY') return { ...row, state: `${lastStatus}, UNHEALTHY`, tone: 'bad' };
  return { ...row, state: lastStatus, tone: lastStatus === 'RUNNING' ? 'good' : 'busy' };
}

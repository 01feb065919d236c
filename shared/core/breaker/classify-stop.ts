// Why did this task stop? Called for every stopped task; total: any text gets an answer, and what is not known is kept as it came.
import { exitMeaning } from './exit-code.ts';
import { type StopCause, type StopCauseCode, stopCause } from './stop-cause.ts';
import { type StopRule, stopRules } from './stop-rules.ts';

export interface StoppedContainer {
  readonly name: string;
  /** Absent when the container never ran. */
  readonly exitCode?: number | null | undefined;
  readonly reason?: string | undefined;
}

/** What an ECS Task State Change event or DescribeTasks says of a stopped task. Events never carry the health status. */
export interface StoppedTask {
  readonly stopCode?: string | undefined;
  readonly stoppedReason?: string | undefined;
  readonly containers: readonly StoppedContainer[];
  readonly healthStatus?: string | undefined;
  readonly launchType?: string | undefined;
  readonly capacityProviderName?: string | undefined;
}

export interface StopClassification extends Pick<StopCause, 'family' | 'crash' | 'fault' | 'title' | 'remedy'> {
  readonly code: StopCauseCode;
  /** What ECS said, in one bounded line: the reason, then each container's exit code and reason. */
  readonly text: string;
  /** The container whose end decided, where one did. */
  readonly container?: string;
  readonly exitCode?: number;
  /** What the exit code means. */
  readonly exitMeaning?: string;
  /** Where the meaning of the text is documented. */
  readonly source: string;
}

/** Longest text kept, characters. */
export const STOP_TEXT_LENGTH_MAX = 300;
/** Characters of one reason that are looked at. */
const TEXT_READ_MAX = 4_096;
/** Containers AWS adds to a task: they end when the task does and say nothing about why. Source: aws-contracts.md 1.3. */
const awsContainers = ['aws-guardduty-agent', 'ecs-service-connect'];
/** Stop codes of tasks that ended by themselves or could not start. Source: ECS API, TaskStopCode. */
const failureCodes: ReadonlySet<string> = new Set(['TaskFailedToStart', 'EssentialContainerExited']);

export function classifyStop(task: StoppedTask): StopClassification {
  const text = stopText(task).slice(0, STOP_TEXT_LENGTH_MAX);
  const rule = matchingRule(task);
  if (rule !== undefined) return classification(task, rule.cause, text, rule.source, rule.cause === 'outOfMemory' ? memoryContainer(task) : undefined);
  const exited = exitedContainer(task);
  if (exited !== undefined) {
    const source = 'aws-contracts.md 1.3: exit codes';
    return classification(task, exitMeaning(exited.exitCode).cause, text, source, exited);
  }
  if (task.stopCode === 'EssentialContainerExited') return classification(task, 'exitUnknown', text, 'aws-contracts.md 1.3: EssentialContainerExited');
  if (task.stopCode === 'ServiceSchedulerInitiated' && isBlank(task.stoppedReason)) {
    return classification(task, 'schedulerStopped', text, 'ECS API, TaskStopCode');
  }
  const unknown = classification(task, 'unknown', text, 'none');
  // Nobody knows the words, but the code says that the task failed.
  return { ...unknown, crash: failureCodes.has(task.stopCode ?? '') };
}

/** The first row of the table that fits; undefined when only exit codes can tell, or nothing can. */
export function matchingRule(task: StoppedTask): StopRule | undefined {
  const texts = [task.stoppedReason, ...task.containers.map((container) => container.reason)]
    .filter((text) => text !== undefined)
    .map((text) => text.slice(0, TEXT_READ_MAX).toLowerCase());
  return stopRules.find((rule) => fits(rule, task, texts));
}

function fits(rule: StopRule, task: StoppedTask, texts: readonly string[]): boolean {
  if (rule.stopCodes !== undefined && !rule.stopCodes.includes(task.stopCode ?? '')) return false;
  if (rule.unhealthy && task.healthStatus !== 'UNHEALTHY') return false;
  const { exactly, category, detail } = rule;
  if (exactly === undefined && category === undefined && detail === undefined) return true;
  return texts.some(
    (text) =>
      (exactly === undefined || text.trim() === exactly) && (category === undefined || has(text, category)) && (detail === undefined || has(text, detail)),
  );
}

function has(text: string, fragments: readonly string[]): boolean {
  return fragments.some((fragment) => text.includes(fragment));
}

type Exited = StoppedContainer & { readonly exitCode: number };

/**
 * The container that ended the task. When one essential container ends, ECS stops the others, so 143 and 137 are often consequences:
 * any other failure decides first, and 0 only when there is nothing else.
 */
function exitedContainer(task: StoppedTask): Exited | undefined {
  // A scheduler's stop says nothing through exit codes: all containers were told to stop.
  if (task.stopCode === 'ServiceSchedulerInitiated') return undefined;
  const exited = task.containers.filter((container): container is Exited => typeof container.exitCode === 'number');
  const deciding = [...exited].sort((a, b) => rank(a) - rank(b))[0];
  if (deciding === undefined || failureCodes.has(task.stopCode ?? '')) return deciding;
  // Without a stop code that says so, an orderly end is no failure.
  return deciding.exitCode === 0 || deciding.exitCode === 143 ? undefined : deciding;
}

function rank(container: Exited): number {
  const own = awsContainers.some((prefix) => container.name.startsWith(prefix)) ? 10 : 0;
  const code = container.exitCode;
  return own + (code === 0 ? 3 : code === 143 ? 2 : code === 137 ? 1 : 0);
}

function memoryContainer(task: StoppedTask): StoppedContainer | undefined {
  return task.containers.find((container) => container.reason?.toLowerCase().includes('outofmemoryerror'));
}

function classification(task: StoppedTask, code: StopCauseCode, text: string, source: string, container?: StoppedContainer): StopClassification {
  const { family, crash, fault, title, remedy, remedyOnSpot, remedyOnEc2 } = stopCause(code);
  const onSpot = task.capacityProviderName === 'FARGATE_SPOT' ? remedyOnSpot : undefined;
  const onEc2 = task.launchType === 'EC2' ? remedyOnEc2 : undefined;
  const exitCode = container?.exitCode;
  return {
    code,
    family,
    crash,
    fault,
    title,
    remedy: onSpot ?? onEc2 ?? remedy,
    text,
    source,
    ...(container === undefined ? {} : { container: container.name }),
    ...(typeof exitCode === 'number' ? { exitCode, exitMeaning: exitMeaning(exitCode).meaning } : {}),
  };
}

/** What ECS said, whole: the reason, then each container's exit code and reason. */
export function stopText(task: StoppedTask): string {
  const details = task.containers.flatMap((container) => {
    const exit = typeof container.exitCode === 'number' ? [`exit code ${container.exitCode}`] : [];
    const why = container.reason === undefined ? [] : [container.reason];
    return exit.length + why.length === 0 ? [] : [`${container.name}: ${[...exit, ...why].join(', ')}`];
  });
  return [task.stoppedReason || task.stopCode || 'stopped', ...details].join('; ');
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

// The end of the log of the task whose crash decided: what a person would look for first. Best effort: no decision waits for it.
import { boundedLogLines, CRASH_LOG_LINES, type CrashLog, newestCrash } from '#core/breaker/crash-cause.ts';
import type { Plan } from '#core/deployment/deployment.ts';
import { essentialContainer } from '#core/task-definition/log-stream.ts';
import type { CrashCount } from '#ports/crash-store.ts';
import type { Ports } from '#ports/ports.ts';

/** undefined when there is nothing to read yet, or it cannot be read. */
export async function readCrashLog(ports: Ports, plan: Plan, taskDefinitionArn: string, crashes: CrashCount): Promise<CrashLog | undefined> {
  const last = newestCrash(crashes.causes);
  const wanted = plan.settings.crashLogLines ?? CRASH_LOG_LINES;
  if (last === undefined || wanted === 0) return undefined;
  const { lastTaskId: taskId } = last;
  try {
    const document = await ports.ecs.describeTaskDefinition(taskDefinitionArn);
    if (document === undefined) return undefined;
    const container = last.container ?? essentialContainer(document) ?? plan.containerName;
    const end = await ports.taskLogs.end(document, container, taskId, wanted);
    const lines = boundedLogLines(end?.lines ?? [], wanted);
    // Log drivers send late: an empty log is looked at again with the next look.
    return end === undefined || lines.length === 0 ? undefined : { taskId, container, group: end.group, stream: end.stream, lines };
  } catch (error) {
    ports.log.warn('the log of a crashed task could not be read', { taskDefinitionArn, taskId, error: String(error) });
    return undefined;
  }
}

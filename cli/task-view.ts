// A stopped task's explanation as lines for a person.
import type { TaskExplanation } from '#flows/explain-task.ts';

/** `0f1e...` of a task's id or ARN; undefined when the text is neither. Source: ECS developer guide, task ids (32 hexadecimal digits, or a UUID). */
export function taskIdOf(text: string): string | undefined {
  const id = text.startsWith('arn:') ? /:task\/(?:[^/]+\/)?([^/]+)$/.exec(text)?.[1] : text;
  return id !== undefined && /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(id) ? id : undefined;
}

export function describeTask(serviceKey: string, explained: TaskExplanation): readonly string[] {
  const { taskId, taskDefinitionArn, lastStatus, stoppedAt, stop, deployment, incident, remediation, log } = explained;
  const revision = taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
  const when = stoppedAt === undefined ? '' : `  ${timeOf(stoppedAt)}`;
  return [
    `${taskId}  ${revision}  ${lastStatus}${when}`,
    '',
    ...(stop === undefined ? ['It has not stopped.'] : describeStop(stop)),
    ...(deployment === undefined
      ? []
      : [`It was of ${deployment.side} in deployment ${deployment.id} (${deployment.status}): weir explain ${serviceKey} ${deployment.id}`]),
    ...(incident === undefined ? [] : [`One of ${incident.count} counted in the incident from ${timeOf(incident.firstSeen)} to ${timeOf(incident.lastSeen)}.`]),
    ...(remediation === undefined
      ? []
      : [`Remediation ${remediation.id}, ${remediation.status}: ${remediation.why ?? 'not decided yet'} (weir remediation list ${serviceKey})`]),
    ...(log === undefined || log.lines.length === 0
      ? []
      : ['', `Last lines of ${log.container} (${log.group} ${log.stream}):`, ...log.lines.map((line) => `  ${line}`)]),
  ];
}

function describeStop(stop: NonNullable<TaskExplanation['stop']>): readonly string[] {
  const { code, title, text, exitMeaning, remedy, crash } = stop;
  return [
    `It ${crash ? 'crashed' : 'was stopped'} because ${title} (${code}).`,
    ...(text === undefined ? [] : [`ECS said: ${text}`]),
    ...(exitMeaning === undefined ? [] : [`The exit code means: ${exitMeaning}`]),
    ...(remedy === '' ? [] : [`Remedy: ${remedy}`]),
  ];
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

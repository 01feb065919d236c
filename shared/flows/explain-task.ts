// One stopped task explained: why it stopped, which deployment it was part of, which incident it counted in, what was done, and how its
// log ended. ECS forgets stopped tasks after about an hour; then the records say what they know. For `weir explain SERVICE TASK`.
import { readManifest } from '#contracts/stored-manifest.ts';
import { classifyStop, type StopClassification } from '#core/breaker/classify-stop.ts';
import { boundedLogLines, CRASH_LOG_LINES_MAX, type CrashLog } from '#core/breaker/crash-cause.ts';
import { type StopCauseCode, stopCause } from '#core/breaker/stop-cause.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import type { Incident } from '#core/remediation/incident.ts';
import { minuteOf } from '#core/remediation/incident.ts';
import { subjectOfStop } from '#core/remediation/needs-decision.ts';
import { essentialContainer } from '#core/task-definition/log-stream.ts';
import type { Ports } from '#ports/ports.ts';
import type { DescribedTask } from '#ports/tasks.ts';
import type { ShownRemediation } from './remediation/list-remediations.ts';

export interface TaskExplanation {
  readonly taskId: string;
  readonly taskDefinitionArn: string;
  /** As ECS says, or STOPPED where only the records remember it. */
  readonly lastStatus: string;
  readonly stoppedAt: number | undefined;
  /** Why; undefined while it runs. */
  readonly stop: (Pick<StopClassification, 'code' | 'title' | 'remedy' | 'crash'> & Partial<StopClassification>) | undefined;
  readonly deployment: { readonly id: string; readonly status: Deployment['status']; readonly side: 'green' | 'blue' } | undefined;
  readonly incident: Pick<Incident, 'id' | 'firstSeen' | 'lastSeen' | 'count'> | undefined;
  readonly remediation: ShownRemediation | undefined;
  readonly log: CrashLog | undefined;
}

/** Deployments looked back through for the one the task was part of. */
const HISTORY_MAX = 20;

/** undefined: nobody knows such a task of this service. */
export async function explainTask(ports: Ports, serviceKey: string, taskId: string): Promise<TaskExplanation | undefined> {
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return undefined;
  const manifest = readManifest(service.record.manifest);
  const [described, history] = await Promise.all([ports.tasks.describe(manifest.cluster, taskId), ports.deployments.history(serviceKey, HISTORY_MAX)]);
  if (described !== undefined && described.service !== manifest.service) return undefined;
  const known = described === undefined ? await fromRecords(ports, serviceKey, taskId, history) : fromEcs(described);
  if (known === undefined) return undefined;
  const incident = await incidentOf(ports, serviceKey, known);
  const decided = incident?.remediation === undefined ? undefined : await ports.remediations.load(serviceKey, incident.remediation.id);
  const { token: _inside, ...remediation } = decided?.remediation ?? {};
  return {
    taskId,
    ...known,
    deployment: deploymentOf(history, known),
    incident: incident === undefined ? undefined : { id: incident.id, firstSeen: incident.firstSeen, lastSeen: incident.lastSeen, count: incident.count },
    remediation: decided === undefined ? undefined : (remediation as ShownRemediation),
    log: await logOf(ports, known, taskId),
  };
}

type Known = Pick<TaskExplanation, 'taskDefinitionArn' | 'lastStatus' | 'stoppedAt' | 'stop'>;

function fromEcs(described: DescribedTask): Known {
  const { taskDefinitionArn, lastStatus, stoppedAt } = described;
  const isStopping = described.stopCode !== undefined || lastStatus === 'STOPPED';
  return { taskDefinitionArn, lastStatus, stoppedAt, stop: isStopping ? classifyStop(described) : undefined };
}

/** Crashes are kept with their revision. */
async function fromRecords(ports: Ports, serviceKey: string, taskId: string, history: readonly Deployment[]): Promise<Known | undefined> {
  const revisions = new Set(
    history.flatMap(({ taskDefinitionArn, plan }) => [taskDefinitionArn, plan?.blue.taskDefinitionArn].filter((arn) => arn !== undefined)),
  );
  for (const taskDefinitionArn of revisions) {
    const crash = await ports.crashes.ofTask(serviceKey, taskDefinitionArn, taskId);
    if (crash !== undefined) return { taskDefinitionArn, lastStatus: 'STOPPED', stoppedAt: crash.at, stop: stopOf(crash.code) };
  }
  return undefined;
}

function stopOf(code: StopCauseCode): NonNullable<TaskExplanation['stop']> {
  const { title, remedy, crash } = stopCause(code);
  return { code, title, remedy, crash };
}

function deploymentOf(history: readonly Deployment[], { taskDefinitionArn, stoppedAt }: Known): TaskExplanation['deployment'] {
  for (const { id, status, plan, taskDefinitionArn: green, requestedAt, outcome } of history) {
    const side = green === taskDefinitionArn ? 'green' : plan?.blue.taskDefinitionArn === taskDefinitionArn ? 'blue' : undefined;
    const during = stoppedAt === undefined ? !isTerminal(status) : requestedAt <= stoppedAt && (outcome === undefined || stoppedAt <= outcome.at);
    if (side !== undefined && during) return { id, status, side };
  }
  return undefined;
}

async function incidentOf(ports: Ports, serviceKey: string, { stop, stoppedAt, taskDefinitionArn }: Known): Promise<Incident | undefined> {
  if (stop === undefined || stoppedAt === undefined) return undefined;
  const incident = (await ports.incidents.load(serviceKey, subjectOfStop(stop.code, taskDefinitionArn)))?.incident;
  const minute = minuteOf(stoppedAt);
  return incident !== undefined && incident.firstSeen <= minute && minute <= incident.lastSeen ? incident : undefined;
}

/** What cannot be read is left out. */
async function logOf(ports: Ports, { stop, taskDefinitionArn }: Known, taskId: string): Promise<CrashLog | undefined> {
  if (stop === undefined) return undefined;
  try {
    const document = await ports.ecs.describeTaskDefinition(taskDefinitionArn);
    const container = stop.container ?? (document === undefined ? undefined : essentialContainer(document));
    if (document === undefined || container === undefined) return undefined;
    const end = await ports.taskLogs.end(document, container, taskId, CRASH_LOG_LINES_MAX);
    return end === undefined ? undefined : { taskId, container, group: end.group, stream: end.stream, lines: boundedLogLines(end.lines, CRASH_LOG_LINES_MAX) };
  } catch (error) {
    ports.log.warn('the log of a task could not be read', { taskDefinitionArn, taskId, error: String(error) });
    return undefined;
  }
}

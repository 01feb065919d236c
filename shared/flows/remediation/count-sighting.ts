// Counts one thing that went wrong, looks at the incident when the count could matter, and asks for a remediation when it does.
import { readManifest } from '#contracts/stored-manifest.ts';
import { compactTime } from '#core/deployment/deployment-id.ts';
import { INCIDENT_MINUTES_MAX, type Incident, minuteOf, observeMinutes, type Sighting } from '#core/remediation/incident.ts';
import { CAPACITY_SUBJECT, looksPerMinute, needsDecision, PLACEMENT_SUBJECT } from '#core/remediation/needs-decision.ts';
import type { RemediationPolicy } from '#core/remediation/policy.ts';
import { type RemediationCause, requestRemediation } from '#core/remediation/remediation-record.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { CountedSighting } from '#ports/incident-store.ts';
import type { Ports } from '#ports/ports.ts';
import { changeIncident } from './change-incident.ts';
import { servingRevision } from './serving-revision.ts';

const HASH_LENGTH = 10;
const MILLISECONDS_PER_MINUTE = 60_000;

/** @returns what was done, for the log */
export async function countSighting(ports: Ports, service: ServiceRecord, subject: string, sighting: Sighting): Promise<string> {
  const counted = await ports.incidents.count(service.key, subject, sighting);
  const policy = readManifest(service.manifest).remediation;
  const text = `${sighting.code}: ${counted.minute.count} in this minute`;
  if (!mayMatter(counted, sighting, policy)) return text;
  const incident = await lookAtIncident(ports, service.key, subject);
  if (incident === undefined || needsDecision(incident, policy, ports.now()) === undefined) return text;
  if (!(await concernsServing(ports, service, subject))) return `${text}; not the serving revision`;
  const id = `${compactTime(incident.firstSeen)}-${ports.sha256Hex(`${incident.id}#${incident.dismissed ?? 0}`).slice(0, HASH_LENGTH)}`;
  await startRemediation(ports, { id, serviceKey: service.key, subject, cause: { kind: 'incident', incidentId: incident.id } });
  return `${text}; remediation ${id}`;
}

/** The record first: a workflow that starts finds it. Repeating it starts nothing twice. */
export async function startRemediation(
  ports: Ports,
  asked: { readonly id: string; readonly serviceKey: string; readonly subject: string; readonly cause: RemediationCause },
  waitSeconds = 0,
): Promise<void> {
  await ports.remediations.create(requestRemediation(asked, ports.now()));
  await ports.remediationWorkflow.start({ serviceKey: asked.serviceKey, remediationId: asked.id, waitSeconds });
}

/** A repeated event may be one whose first look was lost. */
function mayMatter({ repeated, minute }: CountedSighting, { code }: Sighting, policy: RemediationPolicy): boolean {
  const ofCause = minute.causes.find((cause) => cause.code === code)?.count ?? 0;
  return repeated || ofCause <= 1 || minute.count <= looksPerMinute(policy);
}

async function lookAtIncident(ports: Ports, serviceKey: string, subject: string): Promise<Incident | undefined> {
  const since = minuteOf(ports.now()) - (INCIDENT_MINUTES_MAX - 1) * MILLISECONDS_PER_MINUTE;
  const minutes = await ports.incidents.minutes(serviceKey, subject, since);
  return changeIncident(ports, serviceKey, subject, (incident) => observeMinutes(incident, serviceKey, subject, minutes));
}

/** The last tasks of a revision that serves no more may crash as they like. */
async function concernsServing(ports: Ports, service: ServiceRecord, subject: string): Promise<boolean> {
  if (subject === CAPACITY_SUBJECT || subject === PLACEMENT_SUBJECT) return true;
  const manifest = readManifest(service.manifest);
  return (await servingRevision(ports, manifest))?.taskDefinitionArn === subject;
}

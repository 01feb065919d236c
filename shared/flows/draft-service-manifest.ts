// Drafts a manifest for a live service: reads it, then its repository's tags and its alarms, and lets the core decide.

import type { AlarmFacts, ServiceFacts } from '#core/inspection/service-facts.ts';
import { type DraftedManifest, draftedRepository, draftManifest } from '#core/onboarding/draft-manifest.ts';
import type { Inspection } from '#ports/inspection.ts';
import { inspectService, type NamedGroup } from './inspect-service.ts';

/** Source: the manifest's health.alarms. */
const ALARMS_MAX = 20;

export async function draftServiceManifest(inspection: Inspection, cluster: string, service: string, named?: NamedGroup): Promise<DraftedManifest> {
  const facts = await inspectService(inspection, cluster, service, named);
  const from = draftedRepository(facts);
  const [tags, alarms] = await Promise.all([from === undefined ? [] : inspection.tags(from.registry, from.repository), alarmsOf(inspection, facts)]);
  return draftManifest(facts, { tags, alarms });
}

/** Those its deployments are stopped by already, and those on the metrics of its target groups or of itself. */
async function alarmsOf(inspection: Inspection, facts: ServiceFacts): Promise<readonly AlarmFacts[]> {
  const named = [...(facts.observed?.alarms ?? []), ...facts.groups.flatMap(({ alarms }) => alarms)];
  const metrics = [
    ...facts.targetGroups.map(({ arn }) => ({ TargetGroup: arn.slice(arn.lastIndexOf(':') + 1) })),
    { ClusterName: facts.cluster, ServiceName: facts.service },
  ];
  const [already, watching] = await Promise.all([inspection.alarms(named), inspection.alarmsOn(metrics)]);
  const all = new Map([...already, ...watching].map((alarm) => [alarm.name, alarm]));
  return [...all.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)).slice(0, ALARMS_MAX);
}

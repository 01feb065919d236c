// A remedy goes out as a deployment like any other: admitted, recorded with its purpose, watched and rolled back by the same workflow.
import { readManifest } from '#contracts/stored-manifest.ts';
import { assertNever } from '#core/deployment/assert-never.ts';
import { deploymentId } from '#core/deployment/deployment-id.ts';
import type { Remedy } from '#core/deployment/remedy.ts';
import type { RemediationAction } from '#core/remediation/action.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { admitPush } from '../admit-push.ts';
import { registryOf } from '../registry-of.ts';
import { servingDigest } from '../serving-digest.ts';

type DeployedAction = Exclude<RemediationAction, { kind: 'blockPromotion' }>;
type Deployed =
  | { readonly kind: 'done'; readonly deploymentId: string }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'impossible'; readonly why: string };

/** The same remediation always makes the same deployment. */
export async function deployRemedy(ports: Ports, remediation: Remediation, action: DeployedAction, service: ServiceRecord, account: string): Promise<Deployed> {
  const manifest = readManifest(service.manifest);
  const { repository } = manifest.image;
  const digest = 'digest' in action ? action.digest : await runningDigest(ports, service);
  if (digest === undefined) return { kind: 'impossible', why: 'the digest that serves could not be found out' };
  const pushedAt = remediation.requestedAt;
  const pushId = `remediation:${remediation.id}`;
  const id = deploymentId(service.key, digest, pushId, pushedAt, ports.sha256Hex);
  const { active } = service;
  if (active !== undefined && active.deploymentId !== id) return { kind: 'wait', why: `deployment ${active.deploymentId} did not end` };
  const request = { repository, registry: registryOf(manifest, account), digest, tag: undefined, pushedAt, source: 'remedy' as const };
  const admitted = await admitPush(ports, service.key, { ...request, remedy: remedyOf(remediation, action) }, pushId);
  // Ended: an earlier try of this step admitted it, and its end is verified like that of one that runs.
  if (admitted.admission === 'start' || admitted.admission === 'known' || admitted.admission === 'ended') return { kind: 'done', deploymentId: id };
  return { kind: 'impossible', why: `the deployment was not admitted: ${admitted.reason ?? admitted.admission}` };
}

function remedyOf(remediation: Remediation, action: DeployedAction): Remedy {
  const asked = { by: `remediation ${remediation.id}`, why: remediation.why ?? '' };
  switch (action.kind) {
    case 'raiseMemory': {
      const { container, containerMemory, taskMemory, taskCpu } = action;
      return { ...asked, purpose: 'change', taskDefinition: { kind: 'memory', container, containerMemory, taskMemory, taskCpu } };
    }
    case 'redeployRevision':
      return { ...asked, purpose: 'restore', taskDefinition: { kind: 'revision', taskDefinitionArn: action.taskDefinitionArn }, strategy: 'allAtOnce' };
    case 'pinDigest':
      return { ...asked, purpose: 'restore', taskDefinition: { kind: 'serving' }, strategy: 'allAtOnce' };
    case 'shiftCapacity':
    case 'restoreCapacity':
      return { ...asked, purpose: 'restore', taskDefinition: { kind: 'serving' }, strategy: 'allAtOnce', capacityProviderStrategy: action.strategy };
    default:
      return assertNever(action);
  }
}

/** What the serving task definition names; where it names a tag, what most running tasks have. */
async function runningDigest(ports: Ports, service: ServiceRecord): Promise<string | undefined> {
  const named = await servingDigest(ports, service.key);
  if (named !== undefined) return named;
  const manifest = readManifest(service.manifest);
  const tasks = await ports.tasks.running(manifest.cluster, manifest.service);
  const counted = new Map<string, number>();
  for (const { container, digest } of tasks.flatMap((task) => task.digests)) {
    if (manifest.image.container === undefined || container === manifest.image.container) counted.set(digest, (counted.get(digest) ?? 0) + 1);
  }
  return [...counted].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

// One push, all services that want it. Called by the image-pushed subscriber.

import type { ImagePushedEvent } from '#contracts/image-pushed-event.ts';
import { imagePolicy, readManifest } from '#contracts/stored-manifest.ts';
import { judgePush } from '#core/image-policy/image-policy.ts';
import type { Ports } from '#ports/ports.ts';
import { admitPush } from './admit-push.ts';

export interface RoutedPush {
  readonly serviceKey: string;
  readonly result: string;
}

/**
 * Admits the push for every subscribed service whose policy accepts it.
 * @throws the last error after all services were tried: one broken service must not keep a push from the others, and the retry
 * of the whole event repeats nothing that was done
 */
export async function routePush(ports: Ports, event: ImagePushedEvent): Promise<readonly RoutedPush[]> {
  const { digest } = event;
  if (event.actionType !== 'PUSH' || event.result !== 'SUCCESS' || digest === undefined) return [];
  const routed: RoutedPush[] = [];
  let failure: unknown;
  for (const serviceKey of await ports.subscriptions.subscribers({ kind: 'repository', name: `${event.account}/${event.repository}` })) {
    try {
      routed.push({ serviceKey, result: await admitFor(ports, serviceKey, event, digest) });
    } catch (error) {
      failure = error;
      ports.log.warn('a push could not be admitted; it will be tried again', { serviceKey, digest, error: String(error) });
    }
  }
  if (failure !== undefined) throw failure;
  return routed;
}

async function admitFor(ports: Ports, serviceKey: string, event: ImagePushedEvent, digest: string): Promise<string> {
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return 'the service is not on record any more';
  const verdict = judgePush(imagePolicy(readManifest(service.record.manifest)), { tag: event.tag, artifactMediaType: event.artifactMediaType });
  if (!verdict.accepted) return verdict.reason;
  const admitted = await admitPush(
    ports,
    serviceKey,
    { repository: event.repository, registry: event.account, digest, tag: event.tag, pushedAt: event.at, source: 'push' },
    event.eventId,
  );
  return `${admitted.admission} ${admitted.deploymentId}${admitted.reason === undefined ? '' : `: ${admitted.reason}`}`;
}

// A breaker that opened stops everybody's pushes: people are told once, with how long and what to do. Called where it opens and, should
// that have failed, by every sweep while it is open.
import { readManifest } from '#contracts/stored-manifest.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { tellPeople } from './tell-people.ts';

export async function tellOfBreaker(ports: Ports, service: ServiceRecord): Promise<void> {
  const { state, counted } = breakerOf(service);
  // Who opened it by hand knows; after the cool-down the next push is tried, and there is nothing to wait for.
  if (state.kind !== 'open' || state.operator !== undefined || state.until <= ports.now()) return;
  const { key: serviceKey, manifest } = service;
  const opening = `breaker#${state.since}#${state.openings}`;
  const until = new Date(state.until).toISOString();
  await tellPeople(ports, readManifest(manifest).notifications, {
    id: opening,
    alert: 'breakerOpened',
    serviceKey,
    // The end that was counted last opened it; that of a regression is named after its deployment.
    thread: counted.at(-1)?.split('#')[0] ?? opening,
    status: 'BreakerOpened',
    title: `${serviceKey}: circuit breaker open`,
    text: `${state.reason}. Pushes are refused until ${until}; then one is tried with the smallest canary. To close it now: weir breaker close ${serviceKey} --reason "..."`,
  });
}

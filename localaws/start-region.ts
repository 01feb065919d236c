// Puts a region together: clock, identities, network, dispatcher, the services given, and the endpoint they are reached at.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, type ClockMode, createClock } from './clock/clock.ts';
import type { AnswerOptions } from './endpoint/answer-request.ts';
import { createDispatcher, type Dispatcher } from './endpoint/dispatcher.ts';
import { createInProcessHandler, type InProcessHandler } from './endpoint/in-process-handler.ts';
import { createEndpoint } from './endpoint/server.ts';
import { createIds } from './ids.ts';
import { createNetwork } from './network.ts';
import type { Principal, Region, ServiceFactory } from './region.ts';

export interface RegionOptions {
  readonly services: readonly ServiceFactory[];
  readonly clock?: ClockMode;
  /** Simulated epoch ms at the start; the machine's time when absent. */
  readonly startAt?: number;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly account?: string;
  readonly region?: string;
  readonly seed?: number;
  /** false: no endpoint listens; clients in this process use `requestHandler`. */
  readonly listens?: boolean;
  readonly tls?: { cert: string; key: string };
  readonly log?: (source: string, message: string) => void;
}

export interface RunningRegion {
  readonly region: Region;
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  /** Where it listens; a name that resolves nowhere when it does not. */
  readonly endpointUrl: string;
  /** For SDK clients in this process. */
  readonly requestHandler: InProcessHandler;
  /** Stops every process, worker and socket of the region. Idempotent. */
  close(): Promise<void>;
}

/** The service principal name AWS uses for the source of an event (`aws.ecs` -> `ecs.amazonaws.com`). */
function servicePrincipalOf(source: string): string {
  return `${source.replace(/^aws\./, '')}.amazonaws.com`;
}

/**
 * Starts a region and resolves when its endpoint listens on 127.0.0.1.
 * @throws Error when the port is taken.
 */
export async function startRegion(options: RegionOptions): Promise<RunningRegion> {
  const clock = createClock(options.clock ?? { kind: 'real' }, options.startAt);
  const ids = createIds(options.seed ?? 1);
  const dispatcher = createDispatcher(clock, ids);
  const account = options.account ?? '000000000000';
  const name = options.region ?? 'us-east-1';
  const sessions = new Map<string, Principal>();
  let endpointUrl = '';
  let internalUrl = '';
  const region: Region = {
    account,
    name,
    clock,
    ids,
    network: createNetwork(),
    get endpointUrl() {
      return endpointUrl;
    },
    get internalUrl() {
      return internalUrl;
    },
    call: (service, operation, input, principal) => dispatcher.call(service, operation, input, principal),
    emit(event) {
      if (dispatcher.service('events') === undefined) return;
      const entry = { Source: event.source, DetailType: event.detailType, Resources: event.resources, Detail: JSON.stringify(event.detail) };
      dispatcher
        .call('events', 'PutEvents', { Entries: [entry] }, { kind: 'service', service: servicePrincipalOf(event.source) })
        .catch((error: unknown) => region.log('events', `lost ${event.detailType}: ${String(error)}`));
    },
    arn: (service, resource) => `arn:aws:${service}:${name}:${account}:${resource}`,
    credentialsFor(roleArn, sessionName) {
      const accessKeyId = `ASIA${ids.upper(16)}`;
      sessions.set(accessKeyId, { kind: 'role', roleArn, sessionName });
      return { accessKeyId, secretAccessKey: ids.hex(40), sessionToken: ids.hex(64) };
    },
    log: options.log ?? (() => undefined),
  };
  for (const factory of options.services) dispatcher.register(factory(region));

  const endpoint = {
    dispatcher,
    principalOf: (key: string | undefined) => (key === undefined ? undefined : sessions.get(key)) ?? ({ kind: 'root' } as const),
    requestId: () => ids.uuid(),
  };
  const { servers, ...urls } = options.listens === false ? SOCKETLESS : await startServers(endpoint, options);
  ({ endpointUrl, internalUrl } = urls);

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.allSettled(dispatcher.services().map((service) => service.close?.()));
    clock.close();
    for (const one of servers) one.closeAllConnections();
    await Promise.all(servers.map((one) => new Promise((resolve) => one.close(resolve))));
  };
  return {
    region,
    clock,
    dispatcher,
    get endpointUrl() {
      return endpointUrl;
    },
    requestHandler: createInProcessHandler(endpoint),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

const SOCKETLESS = { servers: [] as Server[], endpointUrl: 'http://localaws.invalid', internalUrl: 'http://localaws.invalid' };

async function startServers(endpoint: AnswerOptions, options: RegionOptions): Promise<{ servers: Server[]; endpointUrl: string; internalUrl: string }> {
  const server = createEndpoint({ ...endpoint, ...(options.tls === undefined ? {} : { tls: options.tls }) });
  const port = await listen(server, options.port ?? 0);
  const endpointUrl = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  if (options.tls === undefined) return { servers: [server], endpointUrl, internalUrl: endpointUrl };
  const internal = createEndpoint(endpoint);
  return { servers: [server, internal], endpointUrl, internalUrl: `http://127.0.0.1:${await listen(internal, 0)}` };
}

/** Resolves with the port when the server listens on loopback. @throws Error when the port is taken */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

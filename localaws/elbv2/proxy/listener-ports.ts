// The data plane: one HTTP server per listener on 127.0.0.1, each request routed by the rules as they stand at that instant.
// Nothing here holds the region's clock, or steady traffic would stop a fast clock altogether.
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AwsError } from '../../endpoint/aws-error.ts';
import { createIds } from '../../ids.ts';
import type { Region } from '../../region.ts';
import { chooseRoute, type RouteDecision } from '../choose-route.ts';
import { HEADER_BYTES_MAX, IDLE_CONNECTIONS_PER_TARGET_MAX } from '../limits.ts';
import type { ListenerPorts } from '../listener-operations.ts';
import type { Listener, LoadBalancer, LoadBalancing } from '../load-balancing-state.ts';
import type { RoutableRequest } from '../match-conditions.ts';
import type { Reached, TrafficCounts } from '../traffic-counts.ts';
import { type ForwardOutcome, forwardRequest } from './forward-request.ts';
import { answerError, answerFixed, answerRedirect } from './own-answers.ts';
import { requestHeaders } from './proxy-headers.ts';

const ADDRESS = '127.0.0.1';
const MINUTE_MS = 60_000;
const DEFAULT_IDLE_SECONDS = 60;

export interface DataPlane extends ListenerPorts {
  closeAll(): Promise<void>;
}

/** A data plane that carries nothing. */
export const UNOPENED_PORTS: DataPlane = {
  open: async () => undefined,
  move: async () => undefined,
  close: () => undefined,
  closeAll: async () => undefined,
};

interface OpenPort {
  readonly server: Server;
  isClosing: boolean;
}

export function createDataPlane(region: Region, state: LoadBalancing, traffic: TrafficCounts): DataPlane {
  const open = new Map<string, OpenPort>();
  const all = new Set<Server>();
  const agent = new Agent({ keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS_PER_TARGET_MAX });
  // Its own seeded stream: how many requests real clients send must not change the identifiers other services draw.
  const ids = createIds(Math.floor(region.ids.random() * 2 ** 32));
  const traceId = (): string => `1-${Math.floor(region.clock.now() / 1_000).toString(16)}-${ids.hex(24)}`;

  const serve = (listener: Listener, port: OpenPort, request: IncomingMessage, response: ServerResponse): void => {
    if (port.isClosing) response.setHeader('connection', 'close');
    const loadBalancer = state.loadBalancers.get(listener.loadBalancerArn);
    if (loadBalancer === undefined) {
      answerError(request, response, 503, 'the load balancer is gone');
      return;
    }
    const routing = { rules: listener.rules, groupOf: (arn: string) => state.targetGroups.get(arn) };
    const decision = chooseRoute(routing, routable(request), ids.random, region.clock.now());
    carryOut({ region, traffic, agent, traceId, loadBalancer, listener, request, response }, decision);
  };

  const listen = (listener: Listener, portNumber: number): Promise<OpenPort> =>
    new Promise((resolve, reject) => {
      const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: 0 });
      const port: OpenPort = { server, isClosing: false };
      const idleSeconds = Number(state.loadBalancers.get(listener.loadBalancerArn)?.attributes.get('idle_timeout.timeout_seconds') ?? DEFAULT_IDLE_SECONDS);
      server.keepAliveTimeout = idleSeconds * 1_000;
      server.on('request', (request, response) => serve(listener, port, request, response));
      server.on('close', () => all.delete(server));
      server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(portNumber, cause)));
      server.listen(portNumber, ADDRESS, () => {
        all.add(server);
        resolve(port);
      });
    });

  const letGo = (port: OpenPort | undefined): void => {
    if (port === undefined) return;
    port.isClosing = true;
    port.server.close();
    port.server.closeIdleConnections();
  };

  return {
    async open(listener) {
      open.set(listener.arn, await listen(listener, listener.port));
    },
    async move(listener, portNumber) {
      const before = open.get(listener.arn);
      open.set(listener.arn, await listen(listener, portNumber));
      letGo(before);
    },
    close(listener) {
      letGo(open.get(listener.arn));
      open.delete(listener.arn);
    },
    async closeAll() {
      const closing = [...all].map((server) => new Promise((resolve) => server.close(resolve)));
      for (const server of all) server.closeAllConnections();
      agent.destroy();
      await Promise.all(closing);
    },
  };
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): AwsError {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'something on this machine already uses it'
      : cause.code === 'EACCES'
        ? 'this user may not open it (ports below 1024 need privileges)'
        : cause.message;
  return new AwsError('InvalidConfigurationRequest', `localaws: the listener needs port ${port} on ${ADDRESS}, but ${why}. Choose another port.`, { cause });
}

function routable(request: IncomingMessage): RoutableRequest {
  const url = request.url ?? '/';
  const question = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? '' : url.slice(question + 1),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
    clientAddress: request.socket.remoteAddress ?? ADDRESS,
  };
}

interface Serving {
  readonly region: Region;
  readonly traffic: TrafficCounts;
  readonly agent: Agent;
  readonly traceId: () => string;
  readonly loadBalancer: LoadBalancer;
  readonly listener: Listener;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function minuteNow(region: Region): number {
  return Math.floor(region.clock.now() / MINUTE_MS);
}

function carryOut(serving: Serving, decision: RouteDecision): void {
  const { region, traffic, loadBalancer, listener, request, response } = serving;
  const own: Reached = { loadBalancer: loadBalancer.dimension };
  switch (decision.kind) {
    case 'fixed-response':
      traffic.refused(minuteNow(region), own, ['HTTP_Fixed_Response_Count']);
      answerFixed(request, response, decision.action);
      return;
    case 'redirect':
      traffic.refused(minuteNow(region), own, ['HTTP_Redirect_Count']);
      answerRedirect(request, response, decision.action, listener.port);
      return;
    case 'no-target':
      traffic.refused(minuteNow(region), own, ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_503_Count']);
      answerError(request, response, 503, `no registered target in ${decision.group?.name ?? 'any target group with a weight'}`);
      return;
    case 'target':
      forward(serving, decision);
  }
}

function forward(serving: Serving, { group, target, cookies }: Extract<RouteDecision, { kind: 'target' }>): void {
  const { region, traffic, loadBalancer, listener, request, response } = serving;
  const reached: Reached = { loadBalancer: loadBalancer.dimension, targetGroup: group.dimension, zone: target.zone };
  const named = `${group.name} ${target.id}:${target.port}`;
  const decided = (outcome: ForwardOutcome): void => {
    const minute = minuteNow(region);
    switch (outcome.kind) {
      case 'answered':
        traffic.answered(minute, reached, outcome.status, outcome.seconds);
        return;
      case 'connection-error':
        traffic.unanswered(minute, reached, ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_502_Count', ...(outcome.atConnect ? ['TargetConnectionErrorCount'] : [])]);
        answerError(request, response, 502, `${named}: ${outcome.message}`);
        return;
      case 'timeout':
        traffic.unanswered(minute, reached, ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_504_Count']);
        answerError(request, response, 504, `${named}: no byte within the idle timeout`);
        return;
      case 'abandoned':
        // AWS logs status 460 for these.
        traffic.unanswered(minute, reached, ['HTTPCode_ELB_4XX_Count']);
    }
  };
  const address = region.network.resolve(target.id, target.port);
  if (address === undefined) {
    decided({ kind: 'connection-error', atConnect: true, message: 'nothing listens there' });
    return;
  }
  const { attributes } = loadBalancer;
  target.outstanding++;
  forwardRequest({
    request,
    response,
    host: address.host,
    port: address.port,
    headers: requestHeaders(request.rawHeaders, request.headers, {
      clientAddress: request.socket.remoteAddress ?? ADDRESS,
      clientPort: request.socket.remotePort ?? 0,
      listenerPort: listener.port,
      forwardedForMode: attributes.get('routing.http.xff_header_processing.mode') ?? 'append',
      withClientPort: attributes.get('routing.http.xff_client_port.enabled') === 'true',
      traceId: serving.traceId(),
    }),
    cookies,
    agent: serving.agent,
    idleTimeoutMs: Number(attributes.get('idle_timeout.timeout_seconds') ?? DEFAULT_IDLE_SECONDS) * 1_000,
    decided,
    ended: () => {
      target.outstanding--;
    },
  });
}

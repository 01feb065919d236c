// A small HTTP server that stands for a task, and a free port for a listener.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SampleTarget {
  readonly port: number;
  readonly server: Server;
  /** Requests other than health checks. */
  readonly seen: IncomingMessage[];
  healthStatus: number;
  close(): Promise<void>;
}

export async function startTarget(version: string, answer?: (request: IncomingMessage, response: ServerResponse) => void): Promise<SampleTarget> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.headers['user-agent'] === 'ELB-HealthChecker/2.0') {
      response.writeHead(target.healthStatus).end();
      return;
    }
    seen.push(request);
    if (answer !== undefined) answer(request, response);
    else response.writeHead(200, { 'x-version': version }).end(version);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target: SampleTarget = {
    port: (server.address() as AddressInfo).port,
    server,
    seen,
    healthStatus: 200,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return target;
}

/** A port nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

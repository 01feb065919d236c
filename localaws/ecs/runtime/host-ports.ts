// Loopback ports for the ports of containers.
import { type AddressInfo, connect, createServer } from 'node:net';
import type { AwsShape } from '../../region.ts';

export interface PortBinding {
  readonly containerPort: number;
  readonly hostPort: number;
}

const TRIES_MAX = 20;

/** Chooses a free port for each TCP port mapping of a container, none of them in `taken`, and takes them. */
export async function chooseHostPorts(definition: AwsShape, taken: Set<number>): Promise<PortBinding[]> {
  const bindings: PortBinding[] = [];
  for (const mapping of definition['portMappings'] ?? []) {
    if (typeof mapping['containerPort'] !== 'number' || mapping['protocol'] === 'udp') continue;
    const hostPort = await freePort(taken);
    taken.add(hostPort);
    bindings.push({ containerPort: mapping['containerPort'], hostPort });
  }
  return bindings;
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const { port: chosen } = server.address() as AddressInfo;
        server.close(() => resolve(chosen));
      });
    });
    if (!taken.has(port)) return port;
  }
  throw new Error(`no free loopback port after ${TRIES_MAX} tries`);
}

/** Whether something accepts connections on a loopback port now. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

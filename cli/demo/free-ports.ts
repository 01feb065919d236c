// Two ports of this machine that nobody uses, for the sample's listeners: they open their ports as they stand.
import { createServer, type Server } from 'node:net';

export async function freePorts(): Promise<[number, number]> {
  const [one, other] = [await listen(), await listen()];
  const ports: [number, number] = [portOf(one), portOf(other)];
  await Promise.all([one, other].map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

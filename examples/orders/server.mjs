// The sample service that Weir deploys: a small order API in plain Node. What it does well or badly is not here but in the
// behaviour.json beside it (see README.md), so every version runs the same program.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Longer than a load balancer's idle timeout (60 s), so that it is never us who close a connection it is about to use. */
const KEEP_ALIVE_MS = 65_000;
/** How long idle connections may still bring a request after SIGTERM. */
const DRAIN_MS = Number(process.env['ORDERS_DRAIN_MS'] ?? 2_000);
/** ECS kills 30 s after SIGTERM; whoever is not finished by then would be cut off in any case. */
const SHUTDOWN_MS_MAX = 25_000;
const BODY_BYTES_MAX = 16 * 1024;
const ORDERS_MAX = 1_000;

const BEHAVIOUR_DEFAULTS = {
  version: '0.0.0',
  /** Share (0 to 1) of traffic answered with HTTP 500, spread evenly. */
  failureShare: 0,
  /** A file whose existence makes all versions that name it fail with the share it contains: a dependency they have in common. */
  sharedFaultFile: null,
  /** Milliseconds every answer to traffic takes longer. */
  latencyMs: 0,
  /** Share (0 to 1) of traffic that takes tailMs longer still, spread evenly. */
  tailShare: 0,
  tailMs: 0,
  /** When set, the process ends with this code before it listens. */
  exitAtStart: null,
  /** Kilobytes kept for ever by every request of traffic. */
  leakKilobytesPerRequest: 0,
  /** Where the leak ends the process with exit code 137, as the kernel ends a container without memory. */
  leakMegabytesMax: 256,
  /** Kilobytes kept by every request of traffic in a cache, and where the cache is full. */
  cacheKilobytesPerRequest: 0,
  cacheMegabytesMax: 0,
};

/** behaviour.json beside this file, then the JSON in ORDERS_BEHAVIOUR over it. */
function readBehaviour() {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'behaviour.json');
  return { ...BEHAVIOUR_DEFAULTS, ...JSON.parse(readFileSync(path, 'utf8')), ...JSON.parse(process.env['ORDERS_BEHAVIOUR'] ?? '{}') };
}

function log(message, members = {}) {
  process.stdout.write(`${JSON.stringify({ message, ...members })}\n`);
}

const behaviour = readBehaviour();
if (behaviour.exitAtStart !== null) {
  process.stderr.write(`orders ${behaviour.version}: cannot start: DATABASE_URL has no value\n`);
  process.exit(behaviour.exitAtStart);
}

const orders = new Map([['1', { id: '1', item: 'coffee', quantity: 2 }]]);
let nextOrder = 2;
let failureDebt = 0;
let tailDebt = 0;
let sharedFaultShare = 0;
const leaked = [];
const cached = [];
let stopping = false;

function send(response, status, body) {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-version': behaviour.version,
    // While stopping, every answer asks its client to come back on another connection, which leads to another task.
    ...(stopping ? { connection: 'close' } : {}),
  });
  response.end(text);
}

/** What real traffic meets: the latency, the leak and the failures of this version. True when the request has been failed. */
async function misbehave(response) {
  tailDebt += behaviour.tailShare;
  const isTail = tailDebt >= 1;
  if (isTail) tailDebt -= 1;
  const latency = behaviour.latencyMs + (isTail ? behaviour.tailMs : 0);
  if (latency > 0) await sleep(latency);
  if (cached.length * behaviour.cacheKilobytesPerRequest < behaviour.cacheMegabytesMax * 1024) {
    cached.push(Buffer.alloc(behaviour.cacheKilobytesPerRequest * 1024, 1));
  }
  if (behaviour.leakKilobytesPerRequest > 0) {
    leaked.push(Buffer.alloc(behaviour.leakKilobytesPerRequest * 1024, 1));
    if (leaked.length * behaviour.leakKilobytesPerRequest > behaviour.leakMegabytesMax * 1024) {
      process.stderr.write(`orders ${behaviour.version}: out of memory\n`);
      process.exit(137);
    }
  }
  failureDebt += behaviour.failureShare + sharedFaultShare;
  if (failureDebt < 1) return false;
  failureDebt -= 1;
  send(response, 500, { error: 'the order could not be priced', version: behaviour.version });
  return true;
}

async function readOrder(request) {
  let text = '';
  for await (const chunk of request) {
    // The rest is read and forgotten: an answer sent before the body has come would be lost with the connection.
    if (text.length <= BODY_BYTES_MAX) text += chunk;
  }
  if (text.length > BODY_BYTES_MAX) return undefined;
  try {
    const { item, quantity } = JSON.parse(text);
    return typeof item === 'string' && Number.isInteger(quantity) && quantity > 0 ? { item, quantity } : undefined;
  } catch {
    return undefined;
  }
}

async function handleOrders(request, response, id) {
  if (request.method === 'POST' && id === undefined) {
    const order = await readOrder(request);
    if (order === undefined) return send(response, 400, { error: 'send {"item": "coffee", "quantity": 1}' });
    const made = { id: String(nextOrder++), ...order };
    orders.set(made.id, made);
    if (orders.size > ORDERS_MAX) orders.delete(orders.keys().next().value);
    return send(response, 201, made);
  }
  if (request.method !== 'GET') return send(response, 405, { error: 'method not allowed' });
  if (id === undefined) return send(response, 200, { orders: [...orders.values()] });
  const order = orders.get(id);
  return order === undefined ? send(response, 404, { error: 'no such order' }) : send(response, 200, order);
}

async function handle(request, response) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  // For load balancers and for smoke checks. Both are well in every version that starts: they cannot see what traffic sees.
  if (pathname === '/health') return send(response, 200, { status: 'ok', version: behaviour.version });
  if (pathname === '/smoke') return send(response, 200, { status: 'ok', version: behaviour.version, checked: ['read an order', 'list orders'] });
  const [, collection, id, ...more] = pathname.split('/');
  if (pathname !== '/' && (collection !== 'orders' || more.length > 0)) return send(response, 404, { error: 'not found' });
  if (await misbehave(response)) return undefined;
  if (pathname === '/') return send(response, 200, { service: 'orders', version: behaviour.version });
  return handleOrders(request, response, id === '' ? undefined : id);
}

function readSharedFault() {
  try {
    sharedFaultShare = Number(readFileSync(behaviour.sharedFaultFile, 'utf8'));
  } catch {
    sharedFaultShare = 0;
  }
}
if (behaviour.sharedFaultFile !== null) setInterval(readSharedFault, 100).unref();

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    log('request failed', { error: String(error) });
    if (response.headersSent) response.destroy();
    else send(response, 500, { error: 'internal error' });
  });
});
server.keepAliveTimeout = KEEP_ALIVE_MS;

function stop(signal) {
  if (stopping) return;
  stopping = true;
  log('stopping', { signal, version: behaviour.version });
  // http's own close() would cut idle connections at once, and with them a request that is already on its way.
  NetServer.prototype.close.call(server, () => {
    log('stopped', { version: behaviour.version });
    process.exit(0);
  });
  const closeIdle = () => server.closeIdleConnections();
  setTimeout(() => {
    closeIdle();
    // Connections that were busy at that moment become idle when their answer is out.
    setInterval(closeIdle, 50);
  }, DRAIN_MS);
  setTimeout(() => {
    process.stderr.write(`orders ${behaviour.version}: requests still in flight after ${SHUTDOWN_MS_MAX} ms\n`);
    process.exit(1);
  }, SHUTDOWN_MS_MAX);
}

process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));
server.on('error', (error) => {
  process.stderr.write(`orders ${behaviour.version}: ${error.message}\n`);
  process.exit(1);
});
server.listen(Number(process.env['PORT'] ?? 8080), () => log('listening', { version: behaviour.version, port: server.address().port }));

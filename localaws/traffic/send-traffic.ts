// Sends steady HTTP traffic to a load balancer of the local AWS and tells what came back: the witness that no request was lost
// and that the weights were kept. Loopback only. Real time throughout: these are real requests to real processes.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createLatencyBuckets } from './latency-buckets.ts';
import { loopbackAddress } from './loopback-address.ts';

const REQUESTS_PER_SECOND_MAX = 5_000;
const SECONDS_MAX = 86_400;
const CONCURRENCY_MAX = 512;
const DEFAULT_CONCURRENCY = 64;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_PROGRESS_MS = 1_000;
/** Bytes of a JSON body read to find its `version`. */
const BODY_BYTES_MAX = 65_536;
/** Different versions and errors told apart; further ones are counted as `other`. */
const NAMES_MAX = 50;
/** Real seconds after the end in which requests that fell behind are still sent. */
const CATCH_UP_SECONDS_MAX = 2;
/** Shortest pause between two looks at what is due. */
const TICK_MS_MIN = 1;
const TICK_MS_MAX = 50;

export interface TrafficOptions {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Requests under way at once, at most. */
  readonly concurrency?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Real milliseconds after which a request without a complete answer is lost. */
  readonly timeoutMs?: number;
  readonly progressEveryMs?: number;
  readonly onProgress?: (progress: TrafficResult) => void;
  /** Ends the sending; requests under way are waited for. */
  readonly signal?: AbortSignal;
}

export interface TrafficResult {
  /** Requests sent. */
  readonly sent: number;
  /** Requests that got a whole HTTP answer, whatever its status. */
  readonly answered: number;
  /** Requests without one: connection errors, broken answers, timeouts. */
  readonly lost: number;
  readonly underWay: number;
  /** Due but not sent, because as many as allowed were under way. */
  readonly unsent: number;
  readonly elapsedSeconds: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** By the header x-version, else by `version` in a JSON body; `unknown` without either. */
  readonly byVersion: Readonly<Record<string, number>>;
  readonly byError: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number | undefined; readonly p90: number | undefined; readonly p99: number | undefined };
}

/**
 * Sends the traffic and resolves when the last answer is in.
 * @throws Error at once for a host that is not this machine or a number out of range.
 */
export async function sendTraffic(options: TrafficOptions): Promise<TrafficResult> {
  const plan = checked(options);
  const tally = createTally(plan.total);
  const agent = new Agent({ keepAlive: true, maxSockets: plan.concurrency, maxFreeSockets: plan.concurrency });
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  const progress = setInterval(() => options.onProgress?.(tally.result(elapsed(), false)), options.progressEveryMs ?? DEFAULT_PROGRESS_MS);
  const pending = new Set<Promise<void>>();
  try {
    await pace(plan, options.signal, {
      elapsed,
      sent: () => tally.sent(),
      canSend: () => pending.size < plan.concurrency,
      send: () => {
        tally.begin();
        const one: Promise<void> = sendOne(plan, agent).then((outcome) => {
          tally.end(outcome);
          pending.delete(one);
        });
        pending.add(one);
      },
    });
    await Promise.all(pending);
  } finally {
    clearInterval(progress);
    agent.destroy();
  }
  const result = tally.result(elapsed(), options.signal?.aborted !== true);
  options.onProgress?.(result);
  return result;
}

interface Plan {
  readonly url: URL;
  readonly address: string;
  readonly rate: number;
  readonly seconds: number;
  readonly total: number;
  readonly concurrency: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

function checked(options: TrafficOptions): Plan {
  const url = new URL(options.url);
  const address = loopbackAddress(url);
  const within = (name: string, value: number, max: number): number => {
    if (!(value > 0 && value <= max)) throw new RangeError(`${name} must be more than 0 and at most ${max}, got ${value}`);
    return value;
  };
  const rate = within('requestsPerSecond', options.requestsPerSecond, REQUESTS_PER_SECOND_MAX);
  const seconds = within('seconds', options.seconds, SECONDS_MAX);
  return {
    url,
    address,
    rate,
    seconds,
    total: Math.max(1, Math.floor(rate * seconds)),
    concurrency: Math.floor(within('concurrency', options.concurrency ?? DEFAULT_CONCURRENCY, CONCURRENCY_MAX)),
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    timeoutMs: within('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS, SECONDS_MAX * 1_000),
  };
}

interface Pacing {
  readonly elapsed: () => number;
  readonly sent: () => number;
  readonly canSend: () => boolean;
  readonly send: () => void;
}

/** Sends request n at n / rate seconds. What could not be sent in time because too many were under way is made up for later. */
async function pace(plan: Plan, signal: AbortSignal | undefined, pacing: Pacing): Promise<void> {
  const tickMs = Math.min(TICK_MS_MAX, Math.max(TICK_MS_MIN, 1_000 / plan.rate));
  while (signal?.aborted !== true && pacing.sent() < plan.total) {
    const now = pacing.elapsed();
    const due = Math.min(plan.total, Math.floor(now * plan.rate) + 1);
    while (pacing.sent() < due && pacing.canSend()) pacing.send();
    if (now >= plan.seconds + CATCH_UP_SECONDS_MAX) return;
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}

type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly version: string; readonly milliseconds: number }
  | { readonly kind: 'lost'; readonly error: string };

function sendOne(plan: Plan, agent: Agent): Promise<Outcome> {
  const { url } = plan;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const lost = (error: NodeJS.ErrnoException): void => resolve({ kind: 'lost', error: error.code ?? error.message });
    const outgoing = httpRequest({
      host: plan.address,
      port: url.port === '' ? 80 : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: plan.method,
      headers: { host: url.host, 'user-agent': 'weir-traffic', ...plan.headers },
      agent,
    });
    const limit = setTimeout(() => outgoing.destroy(new Error('timeout')), plan.timeoutMs);
    outgoing.on('close', () => {
      clearTimeout(limit);
      // Does nothing when the end or an error of the answer came first, as one of them does in all known cases.
      resolve({ kind: 'lost', error: 'closed' });
    });
    outgoing.on('error', lost);
    outgoing.on('response', (incoming) => {
      incoming.on('error', lost);
      readVersion(incoming, (version) => {
        resolve({ kind: 'answered', status: incoming.statusCode ?? 0, version, milliseconds: performance.now() - startedAt });
      });
    });
    outgoing.end();
  });
}

/** Calls back at the end of a whole answer. */
function readVersion(incoming: IncomingMessage, done: (version: string) => void): void {
  const header = incoming.headers['x-version'];
  const isJson = incoming.headers['content-type']?.includes('json') === true;
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (header === undefined && isJson && bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  });
  incoming.on('end', () => {
    if (header !== undefined) done(String(header));
    else done(bytes <= BODY_BYTES_MAX ? versionIn(Buffer.concat(chunks).toString('utf8')) : 'unknown');
  });
}

function versionIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  } catch {
    // Not JSON: an answer without a version is no failure.
  }
  return 'unknown';
}

interface Tally {
  begin(): void;
  end(outcome: Outcome): void;
  sent(): number;
  result(elapsedSeconds: number, isFinished: boolean): TrafficResult;
}

function createTally(total: number): Tally {
  const byStatus = new Map<string, number>();
  const byVersion = new Map<string, number>();
  const byError = new Map<string, number>();
  const latencies = createLatencyBuckets();
  let sent = 0;
  let answered = 0;
  let lost = 0;
  const add = (counts: Map<string, number>, name: string): void => {
    const key = counts.has(name) || counts.size < NAMES_MAX ? name : 'other';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return {
    begin() {
      sent++;
    },
    end(outcome) {
      if (outcome.kind === 'lost') {
        lost++;
        add(byError, outcome.error);
        return;
      }
      answered++;
      add(byStatus, String(outcome.status));
      add(byVersion, outcome.version);
      latencies.add(outcome.milliseconds);
    },
    sent: () => sent,
    result: (elapsedSeconds, isFinished) => ({
      sent,
      answered,
      lost,
      underWay: sent - answered - lost,
      unsent: isFinished ? total - sent : 0,
      elapsedSeconds: Number(elapsedSeconds.toFixed(3)),
      byStatus: Object.fromEntries(byStatus),
      byVersion: Object.fromEntries(byVersion),
      byError: Object.fromEntries(byError),
      latencyMs: { p50: latencies.percentile(50), p90: latencies.percentile(90), p99: latencies.percentile(99) },
    }),
  };
}

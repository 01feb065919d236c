// Clients that differ and stay: each has its own traffic and its own error rate, and a cookie keeps it on blue or green (before the
// deployment, in one zone) as long as its session lasts. The sides then differ by who is on them; no test of independent requests is
// valid here. A known weakness that is shown, not hidden.
import type { Bin, HistoryBin, SideCount } from '../decider.ts';
import { binomial } from '../random/binomial.ts';
import { gamma } from '../random/gamma.ts';
import { poisson } from '../random/poisson.ts';
import type { RandomSource } from '../random/random-source.ts';
import { type Cell, WATCHED_MINUTES } from './cell.ts';

const CLIENTS = 300;
const SESSION_MINUTES = 60;
/** Standard deviation of the logarithm of a client's traffic. */
const TRAFFIC_SPREAD = 1;
/** Gamma shape of a client's error rate: most have hardly any errors, one in ten has most of them. */
const ERROR_SHAPE = 0.2;

interface Client {
  /** Requests and errors expected in a minute. */
  readonly requests: number;
  readonly errors: number;
  readonly onSecond: boolean;
}

/** Clients on two sides, and what each side expects in a minute. */
interface Population {
  readonly clients: Client[];
  readonly expected: { requests: number; errors: number }[];
}

export function drawStickyDeployment(
  cell: Cell,
  random: RandomSource,
  historyMinutes: number,
): { readonly history: readonly HistoryBin[]; readonly bins: readonly Bin[] } {
  const zones = populate(cell, random, 0.5);
  const history = Array.from({ length: historyMinutes }, (): HistoryBin => ({ zones: nextMinute(cell, random, zones, 0.5) }));
  const share = cell.greenShare(0);
  const sides = populate(cell, random, share);
  const bins = Array.from({ length: WATCHED_MINUTES }, (_, minute): Bin => {
    const [blue, green] = nextMinute(cell, random, sides, share);
    return { minute, greenShare: share, blue, green };
  });
  return { history, bins };
}

function populate(cell: Cell, random: RandomSource, secondShare: number): Population {
  const population: Population = {
    clients: [],
    expected: [
      { requests: 0, errors: 0 },
      { requests: 0, errors: 0 },
    ],
  };
  for (let index = 0; index < CLIENTS; index++) population.clients.push(arrive(cell, random, population, secondShare));
  return population;
}

function arrive(cell: Cell, random: RandomSource, population: Population, secondShare: number): Client {
  const mean = (60 * cell.requestsPerSecond) / CLIENTS;
  const requests = mean * Math.exp(TRAFFIC_SPREAD * random.normal() - TRAFFIC_SPREAD ** 2 / 2);
  const errorRate = Math.min(1, (cell.errorRate * gamma(random, ERROR_SHAPE)) / ERROR_SHAPE);
  const client = { requests, errors: requests * errorRate, onSecond: random.uniform() < secondShare };
  count(population, client, 1);
  return client;
}

function count(population: Population, client: Client, sign: 1 | -1): void {
  const side = population.expected[client.onSecond ? 1 : 0];
  if (side === undefined) return;
  side.requests += sign * client.requests;
  side.errors += sign * client.errors;
}

/** Some sessions end and others begin; then each side's requests are Poisson, for sums of Poisson counts are. */
function nextMinute(cell: Cell, random: RandomSource, population: Population, secondShare: number): [SideCount, SideCount] {
  const leaving = binomial(random, CLIENTS, 1 / SESSION_MINUTES);
  for (let index = 0; index < leaving; index++) {
    const at = Math.floor(random.uniform() * CLIENTS);
    const client = population.clients[at];
    if (client !== undefined) count(population, client, -1);
    population.clients[at] = arrive(cell, random, population, secondShare);
  }
  return [draw(random, population.expected[0]), draw(random, population.expected[1])];
}

function draw(random: RandomSource, expected: { requests: number; errors: number } | undefined): SideCount {
  const errors = poisson(random, expected?.errors ?? 0);
  return { requests: errors + poisson(random, (expected?.requests ?? 0) - (expected?.errors ?? 0)), errors };
}

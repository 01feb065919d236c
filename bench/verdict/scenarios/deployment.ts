// Draws one deployment of a cell: 12 hours of blue alone in two availability zones, then an hour of blue and green, minute by minute.
// Traffic is Poisson with a Gamma factor per minute, split between the sides by chance; each request fails by chance.
import type { Bin, HistoryBin, SideCount } from '../decider.ts';
import { binomial } from '../random/binomial.ts';
import { gamma } from '../random/gamma.ts';
import { poisson } from '../random/poisson.ts';
import type { RandomSource } from '../random/random-source.ts';
import { applyEffect, type Cell, WATCHED_MINUTES } from './cell.ts';
import type { Disturbance, Path } from './disturbances.ts';
import { drawStickyDeployment } from './sticky-clients.ts';

export interface Deployment {
  readonly history: readonly HistoryBin[];
  readonly bins: readonly Bin[];
}

export const HISTORY_MINUTES = 720;
/** Minutes differ in traffic by 20 % (standard deviation) beyond what Poisson counts do. */
const TRAFFIC_SHAPE = 25;

export function drawDeployment(cell: Cell, random: RandomSource): Deployment {
  return cell.group === 'stickyClients' ? drawStickyDeployment(cell, random, HISTORY_MINUTES) : drawIndependent(cell, random);
}

function drawIndependent(cell: Cell, random: RandomSource): Deployment {
  const { disturbance } = cell;
  const traffic = disturbance.traffic?.(random) ?? steady;
  const bothSides = disturbance.bothSides?.(random) ?? steady;
  const side = (): Path => disturbance.oneSide?.(random) ?? steady;
  const requestsIn = (minute: number): number =>
    poisson(random, 60 * cell.requestsPerSecond * traffic(minute) * (gamma(random, TRAFFIC_SHAPE) / TRAFFIC_SHAPE));
  const rateIn = (minute: number): number => Math.max(disturbance.floor?.(minute) ?? 0, cell.errorRate * bothSides(minute));

  const [zoneA, zoneB] = [side(), side()];
  const history = Array.from({ length: HISTORY_MINUTES }, (_, index): HistoryBin => {
    const minute = index - HISTORY_MINUTES;
    const requests = requestsIn(minute);
    const inA = binomial(random, requests, 0.5);
    const rate = rateIn(minute);
    return {
      zones: [sideCount(random, disturbance, inA, rate * zoneA(minute)), sideCount(random, disturbance, requests - inA, rate * zoneB(minute))],
    };
  });

  const [blue, green] = [side(), side()];
  const bins = Array.from({ length: WATCHED_MINUTES }, (_, minute): Bin => {
    const greenShare = cell.greenShare(minute);
    const requests = requestsIn(minute);
    const onGreen = binomial(random, requests, greenShare);
    const rate = rateIn(minute);
    const faulty = cell.faultMinutes === undefined || (minute >= cell.faultMinutes.from && minute < cell.faultMinutes.to);
    return {
      minute,
      greenShare,
      blue: sideCount(random, disturbance, requests - onGreen, rate * blue(minute)),
      green: sideCount(random, disturbance, onGreen, applyEffect(faulty ? cell.effect : undefined, rate * green(minute))),
    };
  });
  return { history, bins };
}

const steady: Path = () => 1;

function sideCount(random: RandomSource, { bursts }: Disturbance, requests: number, rate: number): SideCount {
  if (bursts === undefined) return { requests, errors: binomial(random, requests, rate) };
  const single = binomial(random, requests, rate * (1 - bursts.share));
  const count = poisson(random, (requests * rate * bursts.share) / bursts.size);
  const inBursts = bursts.sizes === 'constant' ? count * bursts.size : geometricSum(random, count, bursts.size);
  // A burst's requests are tries that would not have been made without it.
  return { requests: requests + inBursts, errors: single + inBursts };
}

/** Sum of `count` geometric sizes (1, 2, ...): after each try the client gives up with the same probability. */
function geometricSum(random: RandomSource, count: number, mean: number): number {
  let sum = count;
  for (let burst = 0; burst < count; burst++) sum += Math.floor(Math.log(1 - random.uniform()) / Math.log1p(-1 / mean));
  return sum;
}

// What happens to error rates besides the new version: what moves both sides alike, and what tells them apart without a reason in the
// code. Everything is drawn anew for each repetition, for the 12 hours before the deployment (negative minutes) as for the deployment.
import { gamma } from '../random/gamma.ts';
import type { RandomSource } from '../random/random-source.ts';

/** A value for each minute; minutes are asked for in rising order, each once. */
export type Path = (minute: number) => number;

/** Errors that come together, from one client on one side that tries again and fails each time. */
export interface Bursts {
  /** Share of the errors that come in bursts. */
  readonly share: number;
  /** Requests of a burst: this many, or geometric with this mean. */
  readonly size: number;
  readonly sizes: 'constant' | 'geometric';
}

export interface Disturbance {
  readonly name: string;
  /** Factor on the error rate of both sides. */
  readonly bothSides?: (random: RandomSource) => Path;
  /** Factor on the error rate of one side (blue, green, a zone of blue), drawn for each by itself. */
  readonly oneSide?: (random: RandomSource) => Path;
  /** Error rate below which neither side falls. */
  readonly floor?: Path;
  /** Factor on the traffic. */
  readonly traffic?: (random: RandomSource) => Path;
  readonly bursts?: Bursts;
}

export const undisturbed: Disturbance = { name: 'identical' };

const DRIFT_FACTOR = 5;
const DRIFT_MINUTES = 60;

/** The error rate of both sides grows evenly (on a log scale) to five times in the hour. */
export const drift: Disturbance = {
  name: 'drift x5',
  bothSides: () => (minute) => (minute < 0 ? 1 : DRIFT_FACTOR ** Math.min(1, minute / DRIFT_MINUTES)),
};

const DAY_MINUTES = 1440;
const DIURNAL_AMPLITUDE = 0.5;
const COMMON_NOISE_DEVIATION = 0.3;

/** Traffic and error rate follow a day that begins at any hour, and minutes are noisy for both sides together. */
export const diurnal: Disturbance = {
  name: 'diurnal + common noise',
  bothSides(random) {
    const wave = dayWave(random);
    const noise = independentNoise(COMMON_NOISE_DEVIATION)(random);
    return (minute) => wave(minute) * noise(minute);
  },
  traffic: dayWave,
};

function dayWave(random: RandomSource): Path {
  const phase = 2 * Math.PI * random.uniform();
  return (minute) => 1 + DIURNAL_AMPLITUDE * Math.sin(phase + (2 * Math.PI * minute) / DAY_MINUTES);
}

/** A Gamma factor of mean 1 for each minute by itself. */
function independentNoise(deviation: number): (random: RandomSource) => Path {
  const shape = 1 / (deviation * deviation);
  return (random) => () => gamma(random, shape) / shape;
}

const OUTAGE = { from: 20, to: 30, errorRate: 0.1 };

/** A database both sides use fails a tenth of the requests from minute 20 to 30. */
export const sharedOutage: Disturbance = {
  name: 'shared outage',
  floor: (minute) => (minute >= OUTAGE.from && minute < OUTAGE.to ? OUTAGE.errorRate : 0),
};

/** Each side's error rate is noisy by itself, every minute anew. */
export function jitter(deviation: number): Disturbance {
  return { name: `jitter sd ${deviation}`, oneSide: independentNoise(deviation) };
}

const WANDER = { deviation: 0.3, memory: 0.8 };

/** Each side's error rate wanders by itself: log-normal, first-order autoregressive. */
export const wander: Disturbance = {
  name: 'wander',
  oneSide(random) {
    const step = WANDER.deviation * Math.sqrt(1 - WANDER.memory ** 2);
    let state = WANDER.deviation * random.normal();
    return () => {
      state = WANDER.memory * state + step * random.normal();
      return Math.exp(state - WANDER.deviation ** 2 / 2);
    };
  },
};

/** A client whose request fails tries 8 times in all, is kept on its side, and fails each time. */
export const stickyBursts: Disturbance = { name: 'sticky bursts', bursts: { share: 1, size: 8, sizes: 'constant' } };

/** Half of the errors come from clients that try until they lose patience: most bursts are short, some very long. */
export const heavyBursts: Disturbance = { name: 'heavy-tailed bursts', bursts: { share: 0.5, size: 8, sizes: 'geometric' } };

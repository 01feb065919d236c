// All cells of the benchmark. The 304 fault cells are 5 error rates x 4 traffic levels x 2 weights x 8 effects = 320, less the 16 that
// cannot exist: x100 on 2 % and on 5 %. They and the 60 identical ones are what the main table and the fair duel are about; the rest
// is shown beside them.
import { type Cell, type Effect, effectText, percentText } from './cell.ts';
import { type Disturbance, diurnal, drift, heavyBursts, jitter, sharedOutage, stickyBursts, undisturbed, wander } from './disturbances.ts';

const ERROR_RATES = [0.0001, 0.001, 0.01, 0.02, 0.05];
const REQUESTS_PER_SECOND = [1, 10, 100, 1000];
const IDENTICAL_SHARES = [0.05, 0.1, 0.5];
const FAULT_SHARES = [0.1, 0.5];

const times = (factor: number): Effect => ({ kind: 'times', factor });
const plus = (points: number): Effect => ({ kind: 'plus', rate: points / 100 });
const FAULTS = [times(1.5), times(2), times(5), times(10), times(100), plus(1), plus(5), plus(50)];

interface Traffic {
  readonly errorRate: number;
  readonly requestsPerSecond: number;
  readonly share: number;
}

function grid(errorRates: readonly number[], requestsPerSecond: readonly number[], shares: readonly number[]): readonly Traffic[] {
  return errorRates.flatMap((errorRate) => requestsPerSecond.flatMap((rps) => shares.map((share) => ({ errorRate, requestsPerSecond: rps, share }))));
}

function trafficText({ errorRate, requestsPerSecond, share }: Traffic): string {
  return `${percentText(errorRate)}, ${requestsPerSecond} rps, ${percentText(share)} on green`;
}

function cell(group: Cell['group'], kind: string, traffic: Traffic, more: Partial<Cell> = {}): Cell {
  const { errorRate, requestsPerSecond, share } = traffic;
  return {
    name: `${kind}, ${trafficText(traffic)}`,
    group,
    kind,
    errorRate,
    requestsPerSecond,
    greenShare: () => share,
    disturbance: undisturbed,
    ...more,
  };
}

function faultCell(group: Cell['group'], kind: string, traffic: Traffic, effect: Effect, partner: Cell, more: Partial<Cell> = {}): Cell {
  const name = `${kind === '' ? '' : `${kind}, `}${effectText(effect)} on ${trafficText(traffic)}`;
  return { ...cell(group, kind === '' ? effectText(effect) : kind, traffic), name, effect, partner: partner.name, ...more };
}

/** x100 on 2 % would be more errors than requests. */
function isPossible(effect: Effect, { errorRate }: Traffic): boolean {
  return effect.kind === 'plus' || errorRate * effect.factor <= 1 + 1e-9;
}

const identical = (traffic: Traffic): Cell => cell('identical', 'identical', traffic);

const identicalCells = grid(ERROR_RATES, REQUESTS_PER_SECOND, IDENTICAL_SHARES).map(identical);

const faultCells = grid(ERROR_RATES, REQUESTS_PER_SECOND, FAULT_SHARES).flatMap((traffic) =>
  FAULTS.filter((effect) => isPossible(effect, traffic)).map((effect) => faultCell('fault', '', traffic, effect, identical(traffic))),
);

/** The four settings of each structured kind: 36 or 360 errors on green in the hour. */
const STRUCTURED: readonly Traffic[] = [
  { errorRate: 0.001, requestsPerSecond: 100, share: 0.1 },
  { errorRate: 0.001, requestsPerSecond: 1000, share: 0.1 },
  { errorRate: 0.01, requestsPerSecond: 10, share: 0.1 },
  { errorRate: 0.01, requestsPerSecond: 100, share: 0.1 },
];

/** The same kinds with 1,800 to 18,000 errors on green in the hour: a test that only counts finds a difference in any noise. */
const STRUCTURED_HEAVY: readonly Traffic[] = [
  { errorRate: 0.001, requestsPerSecond: 1000, share: 0.5 },
  { errorRate: 0.01, requestsPerSecond: 100, share: 0.5 },
  { errorRate: 0.01, requestsPerSecond: 1000, share: 0.1 },
  { errorRate: 0.01, requestsPerSecond: 1000, share: 0.5 },
];

const LINEAR_KIND = 'linear 10..50 %';
const LINEAR = { first: 0.1, step: 0.1, intervalMinutes: 12 };
const linearShare = (minute: number): number => LINEAR.first + LINEAR.step * Math.floor(Math.max(0, minute) / LINEAR.intervalMinutes);

/** The name of the structured kind in which green is a little worse: rolling back is no mistake, but not wanted either. */
export const BELOW_TOLERANCE = 'green x1.2';

const disturbed = (group: Cell['group'], disturbance: Disturbance, traffic: Traffic): Cell => cell(group, disturbance.name, traffic, { disturbance });

const structured = (group: 'structured' | 'structuredHeavy', traffic: Traffic): readonly Cell[] => [
  ...[drift, diurnal, sharedOutage, jitter(0.2), jitter(0.4), wander, stickyBursts].map((disturbance) => disturbed(group, disturbance, traffic)),
  cell(group, BELOW_TOLERANCE, traffic, { effect: times(1.2) }),
  cell(group, LINEAR_KIND, traffic, { greenShare: linearShare, name: `${LINEAR_KIND}, ${trafficText(traffic)} at first` }),
];

const structuredCells = STRUCTURED.flatMap((traffic) => structured('structured', traffic));
const structuredHeavyCells = STRUCTURED_HEAVY.flatMap((traffic) => structured('structuredHeavy', traffic));

const LATE_FROM = 30;

const lateFaultCells = grid([0.001, 0.01], [10, 100, 1000], FAULT_SHARES).flatMap((traffic) =>
  [times(2), times(10), plus(5)].map((effect) =>
    faultCell('lateFault', 'minute 30', traffic, effect, identical(traffic), { faultMinutes: { from: LATE_FROM, to: Number.POSITIVE_INFINITY } }),
  ),
);

const disturbedGrid = grid([0.001, 0.01], [10, 100], FAULT_SHARES);
const disturbedPairs = [drift, jitter(0.2), stickyBursts].flatMap((disturbance) => disturbedGrid.map((traffic) => ({ disturbance, traffic })));

// The group is part of these names: the same disturbance at the same traffic may also be a structured cell.
const disturbedPartner = (disturbance: Disturbance, traffic: Traffic): Cell => {
  const plain = disturbed('disturbed', disturbance, traffic);
  return { ...plain, name: `without fault: ${plain.name}` };
};

const disturbedCells = disturbedPairs.map(({ disturbance, traffic }) => disturbedPartner(disturbance, traffic));

const disturbedFaultCells = disturbedPairs.flatMap(({ disturbance, traffic }) =>
  [times(2), times(5), plus(5)].map((effect) =>
    faultCell('disturbedFault', disturbance.name, traffic, effect, disturbedPartner(disturbance, traffic), { disturbance }),
  ),
);

const SHORT = { from: 20, to: 30 };

const shortFaultCells = grid([0.001, 0.01], [10, 100, 1000], [0.1]).flatMap((traffic) =>
  [times(5), times(10), plus(5)].map((effect) => faultCell('shortFault', '10 minutes', traffic, effect, identical(traffic), { faultMinutes: SHORT })),
);

const stickyClientCells = grid([0.001, 0.01], [10], FAULT_SHARES).map((traffic) => cell('stickyClients', 'sticky clients', traffic));

const heavyBurstCells = STRUCTURED.map((traffic) => disturbed('heavyBursts', heavyBursts, traffic));

export const allCells: readonly Cell[] = [
  ...identicalCells,
  ...structuredCells,
  ...structuredHeavyCells,
  ...faultCells,
  ...lateFaultCells,
  ...disturbedCells,
  ...disturbedFaultCells,
  ...shortFaultCells,
  ...stickyClientCells,
  ...heavyBurstCells,
];

/** The cells whose names contain the text, and the partners they need. */
export function cellsMatching(text: string): readonly Cell[] {
  const wanted = allCells.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  const partners = new Set(wanted.flatMap(({ partner }) => partner ?? []));
  return allCells.filter((candidate) => wanted.includes(candidate) || partners.has(candidate.name));
}

/** Whether rollbacks in the cell are mistakes: these cells are repeated more often, since what is measured is rare. */
export function isWithoutFault({ group }: Cell): boolean {
  return ['identical', 'structured', 'structuredHeavy', 'disturbed', 'stickyClients', 'heavyBursts'].includes(group);
}

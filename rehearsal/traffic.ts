// The requests of a rehearsal: steady traffic, divided as the listener really divides it at every moment, answered as the scenario says,
// and told to CloudWatch by the minute as a load balancer does.
import type { AwsShape } from '#localaws/region.ts';
import { binomial, type Random, type ResponseTimes, spreadResponseTimes } from './draws.ts';
import { balancerData, publishBalancerData } from './region/balancer-metrics.ts';
import type { World } from './region/world.ts';
import type { Moment, Scenario } from './scenarios.ts';

export interface TrafficOptions {
  readonly scenario: Scenario;
  readonly requestsPerMinute: number;
  /** Share of requests that fail in any case, 0 to 1. */
  readonly baselineErrorShare: number;
  readonly medianMilliseconds: number;
  readonly random: Random;
}

/** What the new version answered so far. */
export interface Exposed {
  readonly requests: number;
  readonly failed: number;
  /** Failed requests that the old version would have answered. */
  readonly caused: number;
  /** Milliseconds in which the new version had any production traffic. */
  readonly milliseconds: number;
}

export interface WeightChange {
  readonly at: number;
  readonly greenPercent: number;
}

export interface Traffic {
  /** The digest whose requests are counted as exposed. */
  begin(newDigest: string): void;
  moment(): Moment;
  exposed(): Exposed;
  /** Of the new version; the first is 0 at the beginning. */
  readonly weights: readonly WeightChange[];
  /** When the new version first answered worse than the old one; undefined: it never did. */
  firstBadAt(): number | undefined;
}

const MINUTE = 60_000;
/** Blue's past that Weir compares with: what `plan` reads. */
const PAST_MINUTES = 12 * 60;

/** Requests of one target group in a minute. */
interface Counted {
  requests: number;
  errors: number;
  times: Map<number, number>;
}

/** One version behind one target group, with its share of production traffic. */
interface Route {
  readonly targetGroupArn: string;
  readonly digest: string | undefined;
  readonly percent: number;
}

export async function startTraffic(world: World, options: TrafficOptions): Promise<Traffic> {
  const { clock } = world;
  const { scenario } = options;
  const minute = new Map<string, Counted>();
  const weights: WeightChange[] = [];
  const exposed = { requests: 0, failed: 0, caused: 0, milliseconds: 0 };
  let newDigest: string | undefined;
  let routes = await readRoutes(world);
  let countedUntil = clock.now();
  let owed = 0;
  let firstTrafficAt: number | undefined;
  let fullTrafficAt: number | undefined;
  let firstBadAt: number | undefined;
  const moment = (at = clock.now()): Moment => ({ at, firstTrafficAt, fullTrafficAt });

  /** Makes the requests since the last time, by the weights of that time. */
  const count = (): void => {
    const from = countedUntil;
    countedUntil = clock.now();
    const milliseconds = countedUntil - from;
    if (milliseconds <= 0) return;
    const now = moment(from);
    const perMinute = scenario.recorded?.(now).requests ?? options.requestsPerMinute;
    owed += (perMinute * milliseconds) / MINUTE;
    const all = Math.floor(owed);
    owed -= all;
    const share = { left: 100, requests: all };
    for (const [index, route] of routes.entries()) {
      const requests = index === routes.length - 1 ? share.requests : binomial(options.random, share.requests, route.percent / share.left);
      share.left -= route.percent;
      share.requests -= requests;
      const isNew = route.digest !== undefined && route.digest === newDigest;
      const answered = answer(options, now, isNew, requests);
      add(minute, route.targetGroupArn, answered);
      if (!isNew) continue;
      exposed.requests += requests;
      exposed.failed += answered.errors;
      exposed.caused += answered.caused;
      exposed.milliseconds += milliseconds;
      const badFrom = scenario.badFrom(moment());
      if (badFrom !== undefined && badFrom <= countedUntil) firstBadAt ??= Math.max(badFrom, from);
    }
  };

  const look = async (): Promise<void> => {
    count();
    routes = await readRoutes(world);
    const greenPercent = routes.reduce((sum, { digest, percent }) => sum + (digest !== undefined && digest === newDigest ? percent : 0), 0);
    if (newDigest === undefined || weights.at(-1)?.greenPercent === greenPercent) return;
    weights.push({ at: clock.now(), greenPercent });
    if (greenPercent > 0) firstTrafficAt ??= clock.now();
    if (greenPercent === 100) fullTrafficAt ??= clock.now();
  };

  const endMinute = async (): Promise<void> => {
    await look();
    const data = scenario.hidesMetrics(moment()) ? [] : dataOf(world, minute, clock.now() - MINUTE);
    minute.clear();
    await publishBalancerData(world.region, data);
  };
  const next = (): void => {
    void clock.during(endMinute);
    clock.schedule(MINUTE, next, 'traffic of a minute');
  };

  await publishPast(world, options, routes[0]?.targetGroupArn);
  clock.schedule(MINUTE - (clock.now() % MINUTE), next, 'traffic of a minute');
  world.localAws.dispatcher.intercept(async (call, _input, proceed) => {
    const answered = await proceed();
    if (call.service === 'elasticloadbalancing' && (call.operation === 'ModifyListener' || call.operation === 'ModifyRule')) await look();
    return answered;
  });
  return {
    begin(digest) {
      newDigest = digest;
      weights.push({ at: clock.now(), greenPercent: 0 });
    },
    moment: () => moment(),
    exposed: () => exposed,
    weights,
    firstBadAt: () => firstBadAt,
  };
}

async function readRoutes({ truth }: World): Promise<readonly Route[]> {
  const digests = await truth.digests();
  return [...(await truth.weights())].map(([targetGroupArn, percent]) => ({ targetGroupArn, digest: digests.get(targetGroupArn), percent }));
}

interface Answered extends Counted {
  readonly caused: number;
}

function answer(options: TrafficOptions, moment: Moment, isNew: boolean, requests: number): Answered {
  const { scenario, random } = options;
  const side = isNew ? 'green' : 'blue';
  const strain = scenario.strain(side, moment);
  const recorded = scenario.recorded?.(moment).errorShare;
  const usualShare = recorded?.[side] ?? options.baselineErrorShare;
  const strained = binomial(random, requests, strain.errorShare);
  const usual = binomial(random, requests - strained, usualShare);
  const median = options.medianMilliseconds * strain.slowFactor;
  const times = spreadResponseTimes(random, requests, median).map(
    (one): ResponseTimes => ({ ...one, milliseconds: one.milliseconds + strain.slowMilliseconds }),
  );
  // What hits both versions alike is not the new version's doing.
  const isShared = scenario.strain('blue', moment).errorShare > 0;
  const worse = recorded === undefined ? 0 : Math.max(0, usual - Math.round(recorded.blue * requests));
  return {
    requests,
    errors: strained + usual,
    times: new Map(times.map(({ milliseconds, requests: count }) => [milliseconds, count])),
    caused: isNew && !isShared ? strained + worse : 0,
  };
}

function add(minute: Map<string, Counted>, targetGroupArn: string, { requests, errors, times }: Counted): void {
  const counted = minute.get(targetGroupArn) ?? { requests: 0, errors: 0, times: new Map<number, number>() };
  counted.requests += requests;
  counted.errors += errors;
  for (const [milliseconds, count] of times) counted.times.set(milliseconds, (counted.times.get(milliseconds) ?? 0) + count);
  minute.set(targetGroupArn, counted);
}

function dataOf({ service }: World, minute: ReadonlyMap<string, Counted>, startedAt: number): AwsShape[] {
  return [...minute].flatMap(([targetGroupArn, { requests, errors, times }]) => {
    const seconds = new Map([...times].map(([milliseconds, count]) => [milliseconds / 1_000, count]));
    return balancerData(service.productionListenerArn, { targetGroupArn, requests, errors, seconds }, startedAt);
  });
}

/** The hours before: the old version alone. */
async function publishPast(world: World, options: TrafficOptions, targetGroupArn: string | undefined): Promise<void> {
  if (targetGroupArn === undefined) return;
  const end = Math.floor(world.clock.now() / MINUTE) * MINUTE;
  const past = { at: 0, firstTrafficAt: undefined, fullTrafficAt: undefined };
  const perMinute = options.scenario.recorded?.(past).requests ?? options.requestsPerMinute;
  const data = Array.from({ length: PAST_MINUTES }, (_, index) => {
    const answered = answer(options, past, false, perMinute);
    return dataOf(world, new Map([[targetGroupArn, answered]]), end - (index + 1) * MINUTE);
  }).flat();
  await publishBalancerData(world.region, data);
}

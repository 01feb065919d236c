// How long a bad version had production traffic, to the millisecond: the price of what a fault delays.
import type { World } from '#rehearsal/region/world.ts';

export interface Exposure {
  /** After a version that serves has become a bad one. */
  look(): Promise<void>;
  /** Simulated milliseconds so far. */
  milliseconds(): number;
}

/** @param badDigests may grow while the story is told */
export function createExposure(world: World, badDigests: ReadonlySet<string>): Exposure {
  const { clock, truth } = world;
  let exposedSince: number | undefined;
  let total = 0;
  const look = async (): Promise<void> => {
    const [weights, digests] = [await truth.weights(), await truth.digests()];
    const exposed = [...weights.keys()].some((arn) => badDigests.has(digests.get(arn) ?? ''));
    if (exposed && exposedSince === undefined) exposedSince = clock.now();
    if (!exposed && exposedSince !== undefined) {
      total += clock.now() - exposedSince;
      exposedSince = undefined;
    }
  };
  world.localAws.dispatcher.intercept(async (call, _input, next) => {
    const answer = await next();
    if (call.service === 'elasticloadbalancing' && (call.operation === 'ModifyListener' || call.operation === 'ModifyRule')) await look();
    return answer;
  });
  return { look, milliseconds: () => total + (exposedSince === undefined ? 0 : clock.now() - exposedSince) };
}

// The protocol by which functions claim, queue for and give back a service, small enough to see: one record behind one conditional write,
// and any number of functions that read, decide and write it in any order, die between two of these, or come late. A violation shrinks to
// the few steps that make it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { admit, holds, newServiceRecord, type Release, release, type ServiceRecord } from '#core/service/service-record.ts';

const T0 = 1_000_000;
const PUSHES_MAX = 5;
const STEPS_MAX = 60;

/** The one item of the table. */
interface Store {
  record: ServiceRecord;
  version: number;
}

/** A function at work: what it read, and what it wants to write. Each call of `step` is one thing that cannot be divided. */
interface Worker {
  readonly name: string;
  /** @returns whether it has more to do */
  step(): boolean;
}

interface Push {
  readonly id: string;
  readonly pushedAt: number;
}

class Model {
  readonly store: Store;
  readonly story: string[] = [];
  readonly workers: Worker[] = [];
  /** Everybody who ever held the service, with the fencing number. */
  readonly holders: { readonly id: string; readonly fence: number }[] = [];
  readonly started = new Set<string>();
  readonly gaveWay = new Set<string>();
  readonly pushes: Push[] = [];
  readonly #write: 'conditional' | 'blind';

  constructor(onPush: ServiceRecord['onPush'], write: 'conditional' | 'blind') {
    this.store = { record: newServiceRecord('prod/orders', {}, { onPush, frozen: undefined }, 0), version: 1 };
    this.#write = write;
  }

  /** A push arrives: read, decide, write; again when somebody else wrote first. */
  push(push: Push): void {
    if (!this.pushes.some(({ id }) => id === push.id)) this.pushes.push(push);
    let read: { readonly record: ServiceRecord; readonly version: number } | undefined;
    this.workers.push({
      name: `admit ${push.id}`,
      step: () => {
        if (read === undefined) {
          read = { ...this.store };
          return true;
        }
        const { record, version } = read;
        read = undefined;
        const decided = admit(record, this.#asked(push), T0);
        if (decided.record !== record && !this.#save(`admit ${push.id}`, decided.record, version)) return true;
        const { admission } = decided;
        if (admission.kind === 'outdated') this.gaveWay.add(push.id);
        if ('displaced' in admission && admission.displaced !== undefined) this.gaveWay.add(admission.displaced);
        return false;
      },
    });
  }

  /** The holder of this moment ends, and gives the service back some time later. */
  conclude(): void {
    const holder = this.store.record.active;
    if (holder === undefined) return;
    let read: { readonly record: ServiceRecord; readonly version: number } | undefined;
    const { deploymentId, fence } = holder;
    this.workers.push({
      name: `release ${deploymentId}`,
      step: () => {
        if (read === undefined) {
          read = { ...this.store };
          return true;
        }
        const { record, version } = read;
        read = undefined;
        const released = release(record, done(deploymentId, fence), T0);
        if (released.record === record) return false;
        if (!holds(record, deploymentId, fence)) throw new Error(`${deploymentId} gave back what it did not hold`);
        return !this.#save(`release ${deploymentId}`, released.record, version);
      },
    });
  }

  #asked(push: Push): Parameters<typeof admit>[1] {
    const request = {
      repository: 'team/orders',
      registry: '111122223333',
      digest: `sha256:${push.id}`,
      tag: push.id,
      pushedAt: push.pushedAt,
      source: 'push' as const,
    };
    return { deploymentId: push.id, request, servingDigest: undefined };
  }

  /** The conditional write, and what must hold after each. @returns whether it won */
  #save(who: string, next: ServiceRecord, expectedVersion: number): boolean {
    const before = this.store.record;
    if (this.#write === 'conditional' && expectedVersion !== this.store.version) {
      this.story.push(`${who}: conflict`);
      return false;
    }
    this.store.record = next;
    this.store.version++;
    this.story.push(`${who}: active ${next.active?.deploymentId ?? '-'} (${next.fence}), next ${next.next?.deploymentId ?? '-'}`);
    this.#check(before, next);
    return true;
  }

  #check(before: ServiceRecord, after: ServiceRecord): void {
    const broken = (what: string): never => {
      throw new Error(`${what}\n  ${this.story.join('\n  ')}`);
    };
    if (after.fence < before.fence) broken('the fencing number fell');
    const { active } = after;
    if (active !== undefined && active.deploymentId !== before.active?.deploymentId) {
      if (this.holders.some(({ fence }) => fence === active.fence)) broken('two holders had one fencing number');
      if (before.active !== undefined && before.next?.deploymentId !== active.deploymentId) broken('somebody took the service from its holder');
      this.holders.push({ id: active.deploymentId, fence: active.fence });
      this.started.add(active.deploymentId);
    }
    const waiting = before.next;
    if (waiting === undefined || after.next?.deploymentId === waiting.deploymentId || active?.deploymentId === waiting.deploymentId) return;
    const newer = after.next ?? active;
    if (newer === undefined || newer.pushedAt < waiting.pushedAt) broken(`${waiting.deploymentId} was dropped for something older`);
  }
}

function done(deploymentId: string, fence: number): Release {
  return {
    deploymentId,
    fence,
    succeeded: { deploymentId, digest: `sha256:${deploymentId}`, taskDefinitionArn: `orders:${fence}`, at: T0 },
    quarantine: undefined,
    end: { end: 'succeeded', purpose: 'change', reason: 'green serves' },
    breaker: defaultServiceBreakerPolicy,
  };
}

type Step =
  | { readonly kind: 'push'; readonly id: number; readonly at: number }
  | { readonly kind: 'conclude' }
  /** One of the functions at work goes on. */
  | { readonly kind: 'step'; readonly worker: number }
  /** One of them dies where it is. */
  | { readonly kind: 'die'; readonly worker: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), id: fc.nat(PUSHES_MAX - 1), at: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'conclude' as const }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('step' as const), worker: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), worker: fc.nat(7) }) },
);

/** The same push always has the same time, however often its event comes. */
function perform(model: Model, steps: readonly Step[]): void {
  const times = new Map<number, number>();
  for (const one of steps) {
    if (one.kind === 'push') {
      const pushedAt = times.get(one.id) ?? one.at;
      times.set(one.id, pushedAt);
      model.push({ id: `p${one.id}`, pushedAt });
    } else if (one.kind === 'conclude') {
      model.conclude();
    } else if (model.workers.length > 0) {
      const index = one.worker % model.workers.length;
      const goesOn = one.kind === 'step' && model.workers[index]?.step() === true;
      if (!goesOn) model.workers.splice(index, 1);
    }
  }
}

/** What the retries of Lambda and the sweeper do in the end: everybody finishes, one after the other, and every push is admitted again. */
function settle(model: Model): void {
  for (const { id, pushedAt } of model.pushes) model.push({ id, pushedAt });
  for (let turns = 0; turns < 500; turns++) {
    if (model.workers.length === 0) model.conclude();
    const [worker] = model.workers;
    if (worker === undefined) return;
    if (!worker.step()) model.workers.shift();
  }
  throw new Error(`it never comes to rest\n  ${model.story.join('\n  ')}`);
}

const runs = fc.record({ onPush: fc.constantFrom('queue' as const, 'supersede' as const), steps: fc.array(step, { maxLength: STEPS_MAX }) });

describe('claim, queue and fencing, under any interleaving of functions that may die', () => {
  test('one holder at a time, a fencing number for each, and no push dropped for an older one', () => {
    fc.assert(
      fc.property(runs, ({ onPush, steps }) => perform(new Model(onPush, 'conditional'), steps)),
      { numRuns: 2_000 },
    );
  });

  test('it comes to rest, and the newest push had the service', () => {
    fc.assert(
      fc.property(runs, ({ onPush, steps }) => {
        const model = new Model(onPush, 'conditional');
        perform(model, steps);
        settle(model);
        expect(model.store.record.active).toBeUndefined();
        expect(model.store.record.next).toBeUndefined();
        const newest = Math.max(...model.pushes.map(({ pushedAt }) => pushedAt));
        const served = model.pushes.some(({ id, pushedAt }) => pushedAt === newest && model.started.has(id));
        if (model.pushes.length > 0 && !served) throw new Error(`the newest push never had the service\n  ${model.story.join('\n  ')}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the model sees a conditional write that lost its condition', () => {
    const check = fc.check(
      fc.property(runs, ({ onPush, steps }) => perform(new Model(onPush, 'blind'), steps)),
      { numRuns: 5_000, seed: 1 },
    );
    expect(check.failed).toBe(true);
    // Two pushes that read the same record are enough: reading, reading, writing, writing.
    expect(check.counterexample?.[0].steps.length).toBeLessThanOrEqual(8);
  });
});

// The one clock of the local AWS. Every timer, timestamp and bake time in localaws goes through it, so that a run can be
// real (an hour is an hour), scaled (an hour is a minute) or virtual (an hour is as long as the work in it).

/** A pending timer; `cancel` is idempotent and safe after it has run. */
export interface Timer {
  cancel(): void;
}

export type ClockMode =
  | { kind: 'real' }
  | { kind: 'scaled'; speed: number }
  /** `withinThread`: promises are all that work waits for while it does not hold the clock, so that no turn of the event loop is needed to see it settled. */
  | { kind: 'virtual'; withinThread?: boolean };

/** What a Lambda worker needs to tell the simulated time by itself: three doubles in shared memory. */
export interface SharedTime {
  /** Float64Array of [real epoch ms at the anchor, simulated epoch ms at the anchor, simulated ms per real ms]. */
  readonly buffer: SharedArrayBuffer;
}

export interface Clock {
  readonly mode: ClockMode;
  /** Simulated time, epoch milliseconds (whole). Never goes backwards. */
  now(): number;
  /** Runs `task` once, `delayMs` simulated milliseconds from now (0 = as soon as possible, never synchronously). Timers due at the same instant run in the order they were made. */
  schedule(delayMs: number, task: () => void, label?: string): Timer;
  /** Resolves after `delayMs` of simulated time. */
  sleep(delayMs: number): Promise<void>;
  /**
   * Says that real work (a function, a process start, a socket) is going on. While anything is held, a scaled clock runs at
   * real speed and a virtual clock stands still, so that work never looks slow only because the clock is fast.
   * Call the returned function exactly once when the work is over (further calls do nothing).
   */
  hold(): () => void;
  /** Holds the clock while `work` runs. */
  during<T>(work: () => Promise<T>): Promise<T>;
  readonly shared: SharedTime;
  /** Number of timers not yet run; for tests and for the idle check at close. */
  readonly pendingTimers: number;
  /**
   * Virtual mode only: lets time jump from timer to timer until `reached` answers true (asked whenever nothing is held),
   * then stops it again. A virtual clock stands still outside such a call, running only timers due at once.
   * @throws Error when `limitMs` simulated milliseconds pass first, or when no timer is left that could change anything.
   */
  runUntil(reached: () => boolean | Promise<boolean>, limitMs: number): Promise<void>;
  /** Cancels every timer. */
  close(): void;
}

interface Entry {
  readonly dueAt: number;
  readonly order: number;
  readonly task: () => void;
  readonly label: string;
  cancelled: boolean;
}

/** Longest delay a platform timer takes (2^31-1 ms); longer waits are made of several. */
const PLATFORM_TIMER_MS_MAX = 2_147_483_647;

/**
 * Makes a clock.
 * @param mode real: speed 1. scaled: `speed` simulated ms per real ms while nothing is held. virtual: jumps to the next timer whenever nothing is held.
 * @param startAt simulated epoch ms at the start; the machine's own time when absent.
 */
export function createClock(mode: ClockMode, startAt: number = Date.now()): Clock {
  if (mode.kind === 'scaled' && !(mode.speed >= 1 && mode.speed <= 100_000)) {
    throw new RangeError(`clock speed must be between 1 and 100000, got ${mode.speed}`);
  }
  return new SimulatedClock(mode, startAt);
}

class SimulatedClock implements Clock {
  readonly mode: ClockMode;
  readonly shared: SharedTime;
  readonly #anchor: Float64Array;
  readonly #heap: Entry[] = [];
  #order = 0;
  #held = 0;
  /** Waiting until nothing is held. */
  readonly #released: (() => void)[] = [];
  #live = 0;
  #lastNow: number;
  #wake: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #closed = false;
  /** Virtual mode: time may jump only while a runUntil is under way, and not past this. */
  #jumpLimit = Number.NEGATIVE_INFINITY;

  constructor(mode: ClockMode, startAt: number) {
    this.mode = mode;
    const buffer = new SharedArrayBuffer(24);
    this.#anchor = new Float64Array(buffer);
    this.shared = { buffer };
    this.#lastNow = startAt;
    this.#reanchor(startAt);
  }

  get pendingTimers(): number {
    return this.#live;
  }

  now(): number {
    // The machine's time has no say in virtual time.
    if (this.mode.kind === 'virtual') return this.#lastNow;
    const [realAt = 0, simulatedAt = 0, rate = 0] = this.#anchor;
    const now = Math.floor(simulatedAt + (performance.timeOrigin + performance.now() - realAt) * rate);
    if (now > this.#lastNow) this.#lastNow = now;
    return this.#lastNow;
  }

  schedule(delayMs: number, task: () => void, label = ''): Timer {
    const entry: Entry = { dueAt: this.now() + Math.max(0, delayMs), order: this.#order++, task, label, cancelled: false };
    if (this.#closed) return { cancel: () => undefined };
    push(this.#heap, entry);
    this.#live++;
    if (this.#heap[0] === entry) this.#rearm();
    return {
      cancel: () => {
        if (entry.cancelled) return;
        entry.cancelled = true;
        this.#live--;
      },
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, resolve, 'sleep');
    });
  }

  hold(): () => void {
    this.#changeHeld(1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#changeHeld(-1);
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const release = this.hold();
    try {
      return await work();
    } finally {
      release();
    }
  }

  async runUntil(reached: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    if (this.mode.kind !== 'virtual') throw new Error('runUntil needs a virtual clock');
    if (this.#jumpLimit !== Number.NEGATIVE_INFINITY) throw new Error('runUntil is already under way on this clock');
    const limit = this.now() + limitMs;
    for (;;) {
      await this.#idle();
      const answer = reached();
      if (typeof answer === 'boolean' ? answer : await answer) return;
      // What was answered at once has set nothing going.
      if (typeof answer !== 'boolean') await this.#idle();
      while (this.#heap[0]?.cancelled) pop(this.#heap);
      const next = this.#heap[0];
      if (next === undefined) throw new Error('the virtual clock has no timer left and the awaited condition is not reached');
      if (next.dueAt > limit) throw new Error(`not reached within ${limitMs} simulated ms; next timer: "${next.label}"`);
      this.#jumpLimit = next.dueAt;
      try {
        this.#runDue();
      } finally {
        this.#jumpLimit = Number.NEGATIVE_INFINITY;
      }
    }
  }

  /** Resolves when nothing is held and every promise and socket callback of the work just done has settled. */
  async #idle(): Promise<void> {
    for (;;) {
      await this.#settled();
      // A look at every turn would take from the functions the processor that they are waited for with.
      if (this.#held > 0) await new Promise<void>((resolve) => this.#released.push(resolve));
      else if (this.#wake === undefined || this.#heap[0] === undefined || this.#heap[0].cancelled || this.#heap[0].dueAt > this.#lastNow) return;
    }
  }

  #settled(): Promise<void> {
    // A timer that is due has its turn of the event loop.
    const isPromised = this.mode.kind === 'virtual' && this.mode.withinThread === true && this.#wake === undefined;
    return new Promise((resolve) => (isPromised ? process.nextTick(resolve) : setImmediate(resolve)));
  }

  close(): void {
    this.#closed = true;
    this.#heap.length = 0;
    this.#live = 0;
    this.#disarm();
  }

  #rate(): number {
    if (this.mode.kind === 'real') return 1;
    if (this.mode.kind === 'virtual') return 0;
    return this.#held > 0 ? 1 : this.mode.speed;
  }

  #changeHeld(by: number): void {
    const wasIdle = this.#held === 0;
    const now = wasIdle || this.#held + by === 0 ? this.now() : 0;
    this.#held += by;
    if (this.#held === 0) for (const resolve of this.#released.splice(0)) resolve();
    if (wasIdle === (this.#held === 0)) return;
    this.#reanchor(now);
    this.#rearm();
  }

  #reanchor(simulatedNow: number): void {
    this.#anchor[1] = simulatedNow;
    this.#anchor[2] = this.#rate();
    this.#anchor[0] = performance.timeOrigin + performance.now();
  }

  #disarm(): void {
    if (this.#wake === undefined) return;
    clearTimeout(this.#wake as NodeJS.Timeout);
    clearImmediate(this.#wake as NodeJS.Immediate);
    this.#wake = undefined;
  }

  #rearm(): void {
    this.#disarm();
    if (this.#closed) return;
    while (this.#heap[0]?.cancelled) pop(this.#heap);
    const next = this.#heap[0];
    if (next === undefined) return;
    if (this.mode.kind === 'virtual') {
      if (next.dueAt > this.#lastNow) return;
      // setImmediate lets every promise and socket of the work just done settle before time moves.
      this.#wake = setImmediate(() => this.#runDue());
      return;
    }
    const rate = this.#rate();
    const realDelay = Math.max(0, (next.dueAt - this.now()) / rate);
    this.#wake = setTimeout(() => this.#runDue(), Math.min(Math.ceil(realDelay), PLATFORM_TIMER_MS_MAX));
  }

  #runDue(): void {
    this.#wake = undefined;
    while (this.#heap[0]?.cancelled) pop(this.#heap);
    const first = this.#heap[0];
    if (first === undefined) return;
    if (this.mode.kind === 'virtual') {
      if (first.dueAt > this.#lastNow) {
        if (this.#held > 0 || first.dueAt > this.#jumpLimit) return;
        this.#lastNow = first.dueAt;
        this.#reanchor(first.dueAt);
      }
      // One timer at a time: what it starts may hold the clock or make an earlier timer.
      pop(this.#heap);
      this.#run(first);
    } else {
      const now = this.now();
      while (this.#heap[0] !== undefined && (this.#heap[0].cancelled || this.#heap[0].dueAt <= now)) {
        const due = pop(this.#heap);
        if (due !== undefined && !due.cancelled) this.#run(due);
      }
    }
    this.#rearm();
  }

  #run(entry: Entry): void {
    entry.cancelled = true;
    this.#live--;
    try {
      entry.task();
    } catch (error) {
      // A timer belongs to nobody who could catch this; a defect of the local AWS must be seen, not swallowed.
      queueMicrotask(() => {
        throw new Error(`timer "${entry.label}" failed`, { cause: error });
      });
    }
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry);
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const parentEntry = heap[parent] as Entry;
    if (!before(entry, parentEntry)) break;
    heap[index] = parentEntry;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && before(heap[right] as Entry, heap[left] as Entry) ? right : left;
    const childEntry = heap[child] as Entry;
    if (!before(childEntry, last)) break;
    heap[index] = childEntry;
    index = child;
  }
  heap[index] = last;
  return top;
}

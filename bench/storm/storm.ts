// npm run bench -- storm: 100,000 stopped tasks straight into the subscriber's flow, of 1,000 services of which 10 crash in a loop. How
// many a second, how many DynamoDB requests each, what was done, how much memory. Then with 10 to 10,000 services where nothing may be
// done, so that the storm goes on and every event is counted.
import { parseTaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { observeStoppedTask } from '#flows/observe-stopped-task.ts';
import { type StormShape, stormEvents } from './storm-events.ts';
import { createStormWorld } from './storm-world.ts';

const START_AT = Date.UTC(2026, 10, 23, 9, 0, 0);
/** Events under way at once, as the functions that Lambda runs beside each other. */
const CONCURRENCY = 50;
const LOOPING = 10;
/** At a thousand events a second. */
const MAIN: StormShape = { services: 1_000, events: 100_000, looping: LOOPING, milliseconds: 100_000, mode: 'auto' };
const SCALES = [10, 100, 1_000, 10_000];
const SCALE_EVENTS = 10_000;
const MEBIBYTE = 1_048_576;

export interface StormFigures {
  readonly shape: StormShape;
  readonly eventsPerSecond: number;
  readonly requestsPerEvent: number;
  readonly writesPerEvent: number;
  readonly services: number;
  readonly actions: number;
  readonly actionsOfOneMax: number;
  readonly notifications: number;
  readonly heapMiB: number;
}

export async function benchStorm(): Promise<void> {
  print([await runStorm(MAIN)]);
  const scaled: StormFigures[] = [];
  for (const services of SCALES) {
    scaled.push(
      await runStorm({
        services,
        events: SCALE_EVENTS,
        looping: Math.min(LOOPING, services / 2),
        milliseconds: (SCALE_EVENTS / MAIN.events) * MAIN.milliseconds,
        mode: 'propose',
      }),
    );
  }
  print(scaled);
  const perEvent = scaled.map((one) => one.requestsPerEvent);
  process.stdout.write(`\nDynamoDB requests per event, ${SCALES.join(' / ')} services: ${perEvent.map((one) => one.toFixed(2)).join(' / ')}\n`);
}

export async function runStorm(shape: StormShape): Promise<StormFigures> {
  const world = await createStormWorld(shape, START_AT);
  try {
    const startedAt = performance.now();
    const underWay = new Set<Promise<void>>();
    let heap = 0;
    let delivered = 0;
    for (const { at, event } of stormEvents(shape, START_AT)) {
      world.setNow(at);
      const one: Promise<void> = deliver(world.ports, event).finally(() => underWay.delete(one));
      underWay.add(one);
      if (underWay.size >= CONCURRENCY) await Promise.race(underWay);
      if (delivered++ % 1_000 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
    }
    await Promise.all(underWay);
    const seconds = (performance.now() - startedAt) / 1000;
    const requests = [...world.requests.values()].reduce((sum, count) => sum + count, 0);
    const writes = [...world.requests].reduce((sum, [operation, count]) => sum + (/^(Update|Put|Delete)/.test(operation) ? count : 0), 0);
    return {
      shape,
      eventsPerSecond: shape.events / seconds,
      requestsPerEvent: requests / shape.events,
      writesPerEvent: writes / shape.events,
      services: world.actions.size,
      actions: [...world.actions.values()].reduce((sum, count) => sum + count, 0),
      actionsOfOneMax: Math.max(0, ...world.actions.values()),
      notifications: world.notifications(),
      heapMiB: heap / MEBIBYTE,
    };
  } finally {
    await world.close();
  }
}

async function deliver(ports: Parameters<typeof observeStoppedTask>[0], event: unknown): Promise<void> {
  const parsed = parseTaskStoppedEvent(event);
  if (!parsed.ok) throw new Error(parsed.problem);
  await observeStoppedTask(ports, parsed.value);
}

const columns: readonly (readonly [string, (figures: StormFigures) => string])[] = [
  ['   mode', ({ shape }) => shape.mode],
  ['services', ({ shape }) => String(shape.services)],
  ['events', ({ shape }) => String(shape.events)],
  ['events/s', ({ eventsPerSecond }) => eventsPerSecond.toFixed(0)],
  ['requests/event', ({ requestsPerEvent }) => requestsPerEvent.toFixed(3)],
  ['writes/event', ({ writesPerEvent }) => writesPerEvent.toFixed(3)],
  ['actions', ({ actions }) => String(actions)],
  ['of one service, most', ({ actionsOfOneMax }) => String(actionsOfOneMax)],
  ['notifications', ({ notifications }) => String(notifications)],
  ['heap MiB', ({ heapMiB }) => heapMiB.toFixed(0)],
];

function print(rows: readonly StormFigures[]): void {
  const line = (cells: readonly string[]): string => `${cells.map((cell, index) => cell.padStart((columns[index]?.[0].length ?? 0) + 2)).join('')}\n`;
  process.stdout.write(line(columns.map(([title]) => title)));
  for (const row of rows) process.stdout.write(line(columns.map(([, show]) => show(row))));
}

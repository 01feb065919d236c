// Reads for the pages, through the same operations as `weir services`, `weir status` and `weir history`, with the user's credentials.
import type { OperationsClient } from '#cli/operations-client.ts';
import { splitServiceKey } from '#cli/service-key.ts';
import { type ShownService, showOf } from '#cli/service-view.ts';
import { serviceKeys } from '#cli/services.ts';
import { DEPLOYMENTS_SHOWN_MAX } from '#contracts/operator-request.ts';
import type { InspectedTask } from '#ports/inspection.ts';
import { type HistoryPage, historyPage, type ServicePage, type ServicesPage, servicePage, servicesPage } from '../view/pages.ts';
import { type TasksPage, tasksPage } from '../view/tasks-page.ts';
import type { Reading, Remembered } from './remembered.ts';

/** Services shown at once: each is a question of its own. */
const SERVICES_SHOWN_MAX = 200;
/** Questions under way at a time. */
const QUESTIONS_AT_ONCE = 8;
/** How long an answer counts as new, milliseconds. What deploys is looked at as often as the page asks. */
const NEW_ENOUGH = { keys: 5_000, running: 1_500, idle: 8_000, page: 1_000, history: 10_000, tasks: 3_000 } as const;

export interface Reads {
  services(): Promise<Reading<ServicesPage>>;
  service(key: string, deploymentId: string | undefined): Promise<Reading<ServicePage>>;
  history(key: string): Promise<Reading<HistoryPage>>;
  tasks(key: string): Promise<Reading<TasksPage>>;
  /** Something of this service was asked for: look again at once. */
  changed(key: string): void;
}

/** @throws CommandFailure when ECS does not answer */
export type TasksOf = (cluster: string, service: string) => Promise<readonly InspectedTask[]>;

export function createReads(client: OperationsClient, tasksOf: TasksOf, remembered: Remembered): Reads {
  const running = new Set<string>();
  const show = async (key: string, limit: number, deploymentId?: string): Promise<ShownService> => {
    const view = await showOf(client, key, limit, deploymentId);
    if (view.service.active === undefined) running.delete(key);
    else running.add(key);
    return view;
  };
  return {
    async services() {
      const keys = await remembered.read('services', NEW_ENOUGH.keys, () => serviceKeys(client));
      const shown = keys.value.slice(0, SERVICES_SHOWN_MAX);
      const readings = await inTurns(shown, (key) =>
        remembered.read(`show/${key}/`, running.has(key) ? NEW_ENOUGH.running : NEW_ENOUGH.idle, () => show(key, 3)),
      );
      return newestOf(
        [keys, ...readings],
        servicesPage(
          readings.map(({ value }) => value),
          keys.value.length - shown.length,
        ),
      );
    },
    async service(key, deploymentId) {
      const reading = await remembered.read(`show/${key}/page/${deploymentId ?? ''}`, NEW_ENOUGH.page, () => show(key, 3, deploymentId));
      return { ...reading, value: servicePage(reading.value, deploymentId) };
    },
    async history(key) {
      const reading = await remembered.read(`show/${key}/history`, NEW_ENOUGH.history, () => show(key, DEPLOYMENTS_SHOWN_MAX));
      return { ...reading, value: historyPage(reading.value) };
    },
    async tasks(key) {
      const { cluster, name } = splitServiceKey(key);
      const reading = await remembered.read(`show/${key}/tasks`, NEW_ENOUGH.tasks, () => tasksOf(cluster, name));
      return { ...reading, value: tasksPage(reading.value) };
    },
    changed: (key) => remembered.forget(`show/${key}/`),
  };
}

/** As old as the oldest part whose newest question failed; idle services may be a few seconds old and are no trouble. */
function newestOf<Value>(parts: readonly Reading<unknown>[], value: Value): Reading<Value> {
  const failed = parts.filter(({ problem }) => problem !== undefined);
  const problem = failed[0]?.problem;
  return problem === undefined ? { value, ageMilliseconds: 0 } : { value, ageMilliseconds: Math.max(...failed.map((part) => part.ageMilliseconds)), problem };
}

async function inTurns<One, Value>(all: readonly One[], ask: (one: One) => Promise<Value>): Promise<readonly Value[]> {
  const answers: Value[] = [];
  for (let from = 0; from < all.length; from += QUESTIONS_AT_ONCE) answers.push(...(await Promise.all(all.slice(from, from + QUESTIONS_AT_ONCE).map(ask))));
  return answers;
}

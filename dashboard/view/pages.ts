// What the server answers for each page: the whole of it, so that one question keeps a page up to date.
import { describeBreaker } from '#cli/breaker-view.ts';
import { imageLabel, type ShownService } from '#cli/service-view.ts';
import { type DeliveryFigures, deliveryFigures } from '#core/deployment/delivery-figures.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import { type DeploymentView, deploymentView } from './deployment-view.ts';
import { headlineOf, shortPrincipals } from './headline.ts';
import { type BreakerView, breakerView, foremost, frozenText, type ServiceRow, serviceRow } from './service-row.ts';
import { statusWord, type Tone, toneOf } from './tone.ts';

/** Where the dashboard looks, and as whom. */
export interface Whereabouts {
  readonly stage: string;
  readonly region: string;
  /** Set for the local AWS. */
  readonly endpointUrl?: string;
  readonly caller: string;
}

export interface ServicesPage {
  readonly rows: readonly ServiceRow[];
  /** Services there are beyond those that are shown. */
  readonly left: number;
}

export interface ServicePage {
  readonly key: string;
  /** Weir's own time, epoch milliseconds. */
  readonly now: number;
  readonly breaker: BreakerView;
  readonly failuresInARow: number;
  readonly frozen?: string;
  readonly serving?: string;
  readonly queued?: string;
  readonly runningId?: string;
  readonly deployment?: DeploymentView;
  readonly remediations: readonly { readonly id: string; readonly status: string; readonly text: string; readonly at: number }[];
}

export interface HistoryPage {
  readonly key: string;
  readonly now: number;
  readonly figures: DeliveryFigures;
  readonly deployments: readonly HistoryRow[];
}

export interface HistoryRow {
  readonly id: string;
  readonly image: string;
  readonly status: string;
  readonly tone: Tone;
  readonly isServing: boolean;
  readonly requestedAt: number;
  readonly requestedBy: string;
  /** Milliseconds; absent while it runs. */
  readonly took?: number;
  readonly why: string;
}

/** Services that need somebody first, then those that deploy, then the rest by name. */
export function servicesPage(views: readonly ShownService[], left: number): ServicesPage {
  const order: readonly Tone[] = ['attention', 'bad', 'busy', 'good', 'quiet'];
  const rows = views.map(serviceRow).toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone) || one.key.localeCompare(other.key));
  return { rows, left };
}

/** @param deploymentId this deployment; the running one, else the newest, when undefined */
export function servicePage(view: ShownService, deploymentId: string | undefined): ServicePage {
  const { service, deployments, now } = view;
  const shown = deploymentId === undefined ? foremost(view) : deployments.find(({ id }) => id === deploymentId);
  const served = deployments.find(({ id }) => id === service.lastSuccess?.deploymentId);
  const serving = served === undefined ? service.lastSuccess?.digest.slice(0, 19) : imageLabel(served);
  const frozen = frozenText(view);
  return {
    key: service.key,
    now,
    breaker: { ...breakerView(view), text: describeBreaker(breakerOf(service), now) },
    failuresInARow: breakerOf(service).failuresInARow,
    ...(frozen === undefined ? {} : { frozen }),
    ...(serving === undefined ? {} : { serving }),
    ...(service.next === undefined ? {} : { queued: service.next.deploymentId }),
    ...(service.active === undefined ? {} : { runningId: service.active.deploymentId }),
    ...(shown === undefined ? {} : { deployment: deploymentView(shown, view) }),
    remediations: view.remediations.map(({ id, status, runbook, why, requestedAt }) => ({
      id,
      status,
      text: `${runbook ?? 'being decided'}${why === undefined ? '' : `: ${why}`}`,
      at: requestedAt,
    })),
  };
}

export function historyPage({ service, deployments, now }: ShownService): HistoryPage {
  return {
    key: service.key,
    now,
    figures: deliveryFigures(deployments, now),
    deployments: deployments.map((deployment) => historyRow(deployment, service.lastSuccess?.deploymentId, now)),
  };
}

function historyRow(deployment: Deployment, servingId: string | undefined, now: number): HistoryRow {
  const { id, status, requestedAt, outcome, request } = deployment;
  return {
    id,
    image: imageLabel(deployment),
    status: statusWord(status),
    tone: toneOf(status),
    isServing: id === servingId,
    requestedAt,
    requestedBy: request.by ?? request.source,
    ...(outcome === undefined ? {} : { took: outcome.at - requestedAt }),
    why: shortPrincipals(outcome?.reason ?? headlineOf(deployment, now)),
  };
}

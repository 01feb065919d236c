// One line of the services page: state, version, traffic, breaker, last deployment.

import { describeBreaker } from '#cli/breaker-view.ts';
import { imageLabel, type ShownService } from '#cli/service-view.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { openWindow } from '#core/service/freeze.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import { headlineOf } from './headline.ts';
import { statusWord, type Tone, toneOf } from './tone.ts';

export interface ServiceRow {
  readonly key: string;
  readonly state: string;
  readonly tone: Tone;
  readonly isRunning: boolean;
  /** What it is doing, and why; one line. */
  readonly headline: string;
  /** Image that last succeeded; absent where Weir has deployed none yet. */
  readonly serving?: string;
  readonly breaker: BreakerView;
  readonly frozen?: string;
  readonly last?: {
    readonly id: string;
    readonly image: string;
    readonly status: string;
    readonly tone: Tone;
    readonly requestedAt: number;
    /** Green's share of production traffic, percent; absent where no traffic is shifted. */
    readonly greenPercent?: number;
  };
}

export interface BreakerView {
  readonly word: 'closed' | 'open' | 'half-open';
  readonly tone: Tone;
  readonly text: string;
}

/** The deployment to look at first: the one that runs, else the newest. */
export function foremost({ service, deployments }: Pick<ShownService, 'service' | 'deployments'>): Deployment | undefined {
  return deployments.find(({ id }) => id === service.active?.deploymentId) ?? deployments[0];
}

export function serviceRow(view: ShownService): ServiceRow {
  const { service, deployments, now } = view;
  const last = foremost(view);
  const served = deployments.find(({ id }) => id === service.lastSuccess?.deploymentId);
  const serving = served === undefined ? service.lastSuccess?.digest.slice(0, 19) : imageLabel(served);
  const freeze = frozenText(view);
  const breaker = breakerView(view);
  return {
    key: service.key,
    ...stateOf(view, last, breaker.word === 'open', freeze !== undefined),
    headline: last === undefined ? 'Push an image to begin.' : headlineOf(last, now),
    ...(serving === undefined ? {} : { serving }),
    breaker,
    ...(freeze === undefined ? {} : { frozen: freeze }),
    ...(last === undefined
      ? {}
      : {
          last: {
            id: last.id,
            image: imageLabel(last),
            status: statusWord(last.status),
            tone: toneOf(last.status),
            requestedAt: last.requestedAt,
            ...(last.shift === undefined || isTerminal(last.status) ? {} : { greenPercent: last.shift.greenPercent }),
          },
        }),
  };
}

function stateOf(
  { service }: ShownService,
  last: Deployment | undefined,
  isOpen: boolean,
  isFrozen: boolean,
): Pick<ServiceRow, 'state' | 'tone' | 'isRunning'> {
  if (service.active !== undefined && last !== undefined) {
    return waitsForPerson(last)
      ? { state: 'Waits for you', tone: 'attention', isRunning: true }
      : { state: statusWord(last.status), tone: toneOf(last.status), isRunning: true };
  }
  if (isOpen) return { state: 'Refuses pushes', tone: 'bad', isRunning: false };
  return { state: isFrozen ? 'Frozen' : last === undefined ? 'No deployments' : 'Idle', tone: 'quiet', isRunning: false };
}

export function frozenText({ service, now }: Pick<ShownService, 'service' | 'now'>): string | undefined {
  const open = openWindow(service.freeze, now);
  if (service.frozen !== undefined) return service.frozen;
  return open === undefined ? undefined : `freeze window "${open.name}" until ${open.until}`;
}

export function breakerView({ service, now }: Pick<ShownService, 'service' | 'now'>): BreakerView {
  const breaker = breakerOf(service);
  const text = describeBreaker(breaker, now);
  switch (breaker.state.kind) {
    case 'closed':
      return { word: 'closed', tone: 'good', text };
    case 'halfOpen':
      return { word: 'half-open', tone: 'attention', text };
    case 'open':
      return { word: 'open', tone: 'bad', text };
  }
}

export function waitsForPerson({ approval, pause, askedAt, status, shift }: Deployment): boolean {
  if (isTerminal(status)) return false;
  if (approval !== undefined && approval.ended === undefined) return true;
  return (pause !== undefined && pause.resumed === undefined) || (askedAt !== undefined && shift?.blueReleasedAt === undefined);
}

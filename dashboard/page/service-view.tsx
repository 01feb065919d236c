// One service: the deployment that runs, or the one that was chosen, with everything that decides about it.
import type { DeploymentView } from '../view/deployment-view.ts';
import { shortPrincipals } from '../view/headline.ts';
import type { ServicePage } from '../view/pages.ts';
import { Charts } from './charts.tsx';
import { Controls } from './controls.tsx';
import { Evidence } from './evidence.tsx';
import { clockTime, dayAndTime, formatPercent, formatSpan, shortName } from './figures.ts';
import { Loaded } from './freshness.tsx';
import { useLive } from './live.ts';
import { Chip, TrafficBar } from './parts.tsx';
import { Approval, Aside, Crashes, Hooks, Timeline } from './record.tsx';
import { ServiceTabs } from './service-tabs.tsx';
import { Tasks } from './tasks.tsx';
import type { Theme } from './theme.ts';

const LOOK_MILLISECONDS = 1_500;

interface ServiceViewProps {
  readonly serviceKey: string;
  readonly deploymentId?: string;
  readonly theme: Theme;
}

export function ServiceView({ serviceKey, deploymentId, theme }: ServiceViewProps) {
  const query = deploymentId === undefined ? '' : `?deployment=${encodeURIComponent(deploymentId)}`;
  const live = useLive<ServicePage>(`/api/service/${serviceKey}${query}`, LOOK_MILLISECONDS);
  return (
    <>
      <ServiceTabs serviceKey={serviceKey} at="deployment" />
      <Loaded live={live}>
        {(page) =>
          page.deployment === undefined ? (
            <p class="card empty">
              {deploymentId === undefined ? 'No deployments yet: push an image.' : `There is no deployment ${deploymentId}.`} {page.breaker.text}.
            </p>
          ) : (
            <Deployment page={page} deployment={page.deployment} theme={theme} />
          )
        }
      </Loaded>
    </>
  );
}

function Deployment({ page, deployment, theme }: { readonly page: ServicePage; readonly deployment: DeploymentView; readonly theme: Theme }) {
  const { runningId } = page;
  return (
    <>
      {runningId !== undefined && runningId !== deployment.id && (
        <p class="notice">
          Another deployment is running: <a href={`#/${page.key}`}>{runningId}</a>
        </p>
      )}
      <Hero page={page} deployment={deployment} />
      <div class="columns">
        <div class="judged">
          <Evidence deployment={deployment} />
        </div>
        <div class="over-time">
          <Charts charts={deployment.charts} theme={theme} />
          <Timeline timeline={deployment.timeline} dropped={deployment.timelineDropped} />
        </div>
        <div class="around">
          {deployment.approval !== undefined && <Approval approval={deployment.approval} />}
          <Crashes explanation={deployment.explanation} />
          <Tasks serviceKey={page.key} sides={deployment.sides} />
          <Hooks hooks={deployment.hooks} />
          <Aside page={page} deployment={deployment} />
        </div>
      </div>
    </>
  );
}

/** What is it doing, and why? */
function Hero({ page, deployment }: { readonly page: ServicePage; readonly deployment: DeploymentView }) {
  const { image, id, status, tone, headline, waits, traffic, requestedAt, requestedBy, endedAt, sides, controls } = deployment;
  return (
    <section class={`hero ${tone}`} aria-label="What it is doing">
      <div class="hero-head">
        <Chip tone={tone}>{status}</Chip>
        <h1>{image}</h1>
        <span class="muted small">
          {dayAndTime(requestedAt)} by {shortPrincipals(requestedBy)}
          {endedAt === undefined ? `, ${formatSpan(page.now - requestedAt)} ago` : `, took ${formatSpan(endedAt - requestedAt)}`}
        </span>
      </div>
      <p class="headline">{headline}</p>
      {waits !== undefined && (
        <p class={waits.forPerson ? 'waits person' : 'waits'}>
          <span>
            Waits for <b>{waits.what}</b>
            {waits.or === undefined ? '' : `, or ${waits.or}`}
          </span>
          {waits.until !== undefined && (
            <span class="until">
              {waits.about ? 'about ' : ''}
              {clockTime(waits.until)}Z <b>in {formatSpan(waits.until - page.now)}</b>
            </span>
          )}
        </p>
      )}
      {traffic !== undefined && (
        <div class="split">
          <div class="split-words">
            <span class="ink-blue">
              <b>{formatPercent(100 - traffic.greenPercent)}</b> blue{sides === undefined ? '' : ` · ${shortName(sides.blue)}`}
            </span>
            <span class="ink-green">
              {sides?.green === undefined ? '' : `${shortName(sides.green)} · `}green <b>{formatPercent(traffic.greenPercent)}</b>
            </span>
          </div>
          <TrafficBar greenPercent={traffic.greenPercent} />
          <Steps traffic={traffic} />
        </div>
      )}
      <Controls serviceKey={page.key} deploymentId={id} seen={deployment.pausesSeen} controls={controls} />
    </section>
  );
}

function Steps({ traffic: { steps, phase, strategy } }: { readonly traffic: NonNullable<DeploymentView['traffic']> }) {
  return (
    <div class="steps">
      <span>
        {phase} <span class="muted">{strategy}</span>
      </span>
      {steps.length > 1 && (
        <ol aria-label="Steps of the traffic">
          {steps.map(({ percent, state }) => (
            <li key={percent} class={state} {...(state === 'now' ? { 'aria-current': 'step' as const } : {})}>
              {formatPercent(percent)}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

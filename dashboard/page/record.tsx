// The deployment's record: timeline, hooks, approvals, crashes, and the service around it.
import { useState } from 'preact/hooks';
import type { TimelineEntry } from '#core/deployment/deployment.ts';
import type { ApprovalView, DeploymentView, HookView } from '../view/deployment-view.ts';
import { shortPrincipals } from '../view/headline.ts';
import type { ServicePage } from '../view/pages.ts';
import { timelineTone } from '../view/timeline-view.ts';
import { clockTime, dayAndTime, shortName } from './figures.ts';
import { Card, Chip } from './parts.tsx';

/** Newest lines shown before somebody asks for all. */
const LINES_FIRST = 14;

export function Timeline({ timeline, dropped }: { readonly timeline: readonly TimelineEntry[]; readonly dropped: number }) {
  const [all, setAll] = useState(false);
  const shown = all ? timeline : timeline.slice(0, LINES_FIRST);
  return (
    <Card title="Timeline" note="newest first">
      <ol class="timeline">
        {shown.map(({ at, type, text }, index) => (
          <li key={`${at}-${type}-${timeline.length - index}`} class={timelineTone({ type, text })}>
            <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {dropped > 0 && <p class="muted small">{dropped} line(s) in between were dropped.</p>}
      {timeline.length > LINES_FIRST && (
        <button type="button" class="plain more" onClick={() => setAll(!all)}>
          {all ? 'Newest only' : `All ${timeline.length} lines`}
        </button>
      )}
    </Card>
  );
}

const hookTones = { passed: 'good', failed: 'bad', 'being checked': 'busy' } as const;

export function Hooks({ hooks }: { readonly hooks: readonly HookView[] }) {
  if (hooks.length === 0) return null;
  return (
    <Card title="Checks">
      <ul class="rows">
        {hooks.map(({ name, state, reason, at }) => (
          <li key={name}>
            <span class="row-head">
              <b>{name}</b> <Chip tone={hookTones[state]}>{state}</Chip> <span class="muted small figure">{clockTime(at)}</span>
            </span>
            {reason !== undefined && <span class="small muted">{reason}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Approval({ approval: { state, isOpen, answers } }: { readonly approval: ApprovalView }) {
  return (
    <Card title="Approval" note={<Chip tone={isOpen ? 'attention' : state.startsWith('approved') ? 'good' : 'quiet'}>{state.split(':')[0]}</Chip>}>
      {answers.length === 0 && <p class="muted">Nobody has answered yet.</p>}
      <ul class="rows">
        {answers.map(({ by, approves, reason, at }) => (
          <li key={by}>
            <span class="row-head">
              <b title={by}>{shortPrincipals(by)}</b> <Chip tone={approves ? 'good' : 'bad'}>{approves ? 'approved' : 'rejected'}</Chip>{' '}
              <span class="muted small figure">{clockTime(at)}</span>
            </span>
            <span class="small muted">{reason}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Crashes({ explanation: { causes, log, next, why } }: { readonly explanation: DeploymentView['explanation'] }) {
  if (causes.length === 0 && log === undefined && next.length === 0) return null;
  return (
    <Card title="Why, and what next">
      {why !== undefined && <p>{shortPrincipals(why)}</p>}
      <ul class="rows">
        {causes.map(({ code, count, title, lastText, lastTaskId, remedy }) => (
          <li key={code}>
            <span class="row-head">
              <b>
                {count} × {title}
              </b>
            </span>
            <span class="small">{lastText}</span>
            <span class="small muted">task {lastTaskId}</span>
            <span class="small">Remedy: {remedy}</span>
          </li>
        ))}
      </ul>
      {log !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        <section class="log" tabIndex={0} aria-label={`Last lines of ${log.container}`}>
          <pre>{log.lines.join('\n')}</pre>
        </section>
      )}
      {next.length > 0 && (
        <ul class="reasons">
          {next.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Aside({ page, deployment }: { readonly page: ServicePage; readonly deployment: DeploymentView }) {
  const { breaker, frozen, serving, queued, remediations } = page;
  return (
    <Card title="Service" note={<Chip tone={breaker.tone}>breaker {breaker.word}</Chip>}>
      <dl class="facts">
        <dt>Serving</dt>
        <dd>{serving ?? 'what was there before Weir'}</dd>
        <dt>Breaker</dt>
        <dd>{breaker.text.replace(/^circuit breaker /, '')}</dd>
        {frozen !== undefined && (
          <>
            <dt>Frozen</dt>
            <dd>{frozen}</dd>
          </>
        )}
        {queued !== undefined && (
          <>
            <dt>Next</dt>
            <dd>{queued} waits</dd>
          </>
        )}
        <dt>Deployment</dt>
        <dd class="figure">{deployment.id}</dd>
        <dt>Digest</dt>
        <dd class="figure" title={deployment.digest}>
          {shortName(deployment.digest)}
        </dd>
        {remediations.map(({ id, status, text, at }) => (
          <>
            <dt key={`${id}-term`}>Remedy</dt>
            <dd key={id}>
              {status} {dayAndTime(at)}: {text}
            </dd>
          </>
        ))}
      </dl>
    </Card>
  );
}

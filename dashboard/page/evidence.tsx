// Green against blue, and how far the evidence is from its two decision lines: rolling back, and going on.
import type { DeploymentView } from '../view/deployment-view.ts';
import type { LineView, MetricView, SideView } from '../view/evidence-view.ts';
import { count, rate } from './figures.ts';
import { Card, Chip } from './parts.tsx';

const words = { pass: ['good', 'Good enough'], fail: ['bad', 'Worse than blue'], inconclusive: ['busy', 'Not decided'] } as const;

export function Evidence({ deployment: { verdict, metrics } }: { readonly deployment: DeploymentView }) {
  if (verdict === undefined) {
    return (
      <Card title="Evidence">
        <p class="muted">None yet: it is gathered once green has production traffic.</p>
      </Card>
    );
  }
  const [tone, word] = words[verdict.verdict as keyof typeof words] ?? ['quiet', verdict.verdict];
  return (
    <Card title="Evidence" note={<Chip tone={tone}>{word}</Chip>}>
      {metrics.map((metric) => (
        <Metric key={metric.metric} metric={metric} />
      ))}
      <ul class="reasons">
        {verdict.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Card>
  );
}

function Metric({ metric: { title, blue, green, ratio, fail, pass } }: { readonly metric: MetricView }) {
  return (
    <div class="metric">
      <h3>{title}</h3>
      <p class="pair">
        <Side name="blue" side={blue} />
        <Side name="green" side={green} />
      </p>
      {ratio !== undefined && <p class="muted small">green is {ratio}</p>}
      <Line kind="fail" what="rolled back at" line={fail} />
      {pass !== undefined && <Line kind="pass" what="good enough at" line={pass} />}
    </div>
  );
}

function Side({ name, side: { bad, requests, percent } }: { readonly name: 'blue' | 'green'; readonly side: SideView }) {
  return (
    <span class={`ink-${name}`}>
      {name} <b>{rate(percent)}</b> <span class="small">{requests === 0 ? 'nothing seen' : `${count(bad)} of ${count(requests)}`}</span>
    </span>
  );
}

function Line({ kind, what, line: { part, now, line } }: { readonly kind: 'fail' | 'pass'; readonly what: string; readonly line: LineView }) {
  const text = `${kind === 'fail' ? 'Against green' : 'For green'}: ${now}, ${what} ${line}`;
  return (
    <div class={`line ${kind}${part >= 1 ? ' reached' : ''}`}>
      <span class="line-words">
        <span>
          {kind === 'fail' ? 'Against green' : 'For green'} <b>{now}</b>
        </span>
        <span>
          {what} <b>{line}</b>
        </span>
      </span>
      <span class="gauge" role="img" aria-label={text}>
        <span style={{ width: `${Math.max(part > 0 ? 1 : 0, 100 * part)}%` }} />
      </span>
    </div>
  );
}

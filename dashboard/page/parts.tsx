// Small parts that several pages draw.
import type { ComponentChildren } from 'preact';
import type { Tone } from '../view/tone.ts';
import { formatPercent } from './figures.ts';

export function Chip({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** Blue and green as parts of the production traffic. */
export function TrafficBar({ greenPercent, thin = false }: { readonly greenPercent: number; readonly thin?: boolean }) {
  const text = `blue ${formatPercent(100 - greenPercent)}, green ${formatPercent(greenPercent)}`;
  return (
    <div class={thin ? 'bar thin' : 'bar'} role="img" aria-label={`Production traffic: ${text}`}>
      <span class="bar-blue" style={{ width: `${100 - greenPercent}%` }} />
      <span class="bar-green" style={{ width: `${greenPercent}%` }} />
    </div>
  );
}

export function Card({ title, note, children, wide = false }: CardProps) {
  const id = `card-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return (
    <section class={wide ? 'card wide' : 'card'} aria-labelledby={id}>
      <h2 id={id}>
        {title}
        {note !== undefined && <small>{note}</small>}
      </h2>
      {children}
    </section>
  );
}

interface CardProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

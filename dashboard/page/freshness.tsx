// How old what is shown is, and why nothing newer is known: said plainly, at the top.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatSpan } from './figures.ts';
import type { Live } from './live.ts';

export function Freshness({ live }: { readonly live: Live<unknown> }) {
  const [, tick] = useState(0);
  const { problem, readAt } = live;
  useEffect(() => {
    if (problem === undefined) return;
    const timer = setInterval(() => tick((ticks) => ticks + 1), 1_000);
    return () => clearInterval(timer);
  }, [problem]);
  if (problem === undefined) return null;
  const age = readAt === undefined ? undefined : formatSpan(performance.now() - readAt);
  return (
    <div class="problem" role="alert">
      <b>{age === undefined ? 'AWS cannot be read.' : `AWS cannot be read: what you see is ${age} old.`}</b> {problem.replace(/\.$/, '')}. Trying again.
    </div>
  );
}

/** The page once something is known of it. */
export function Loaded<Value>({ live, children }: { readonly live: Live<Value>; readonly children: (value: Value) => ComponentChildren }) {
  return (
    <>
      <Freshness live={live} />
      {live.value === undefined ? (
        live.problem === undefined && (
          <p class="loading" role="status">
            Asking AWS …
          </p>
        )
      ) : (
        <div class={live.problem === undefined ? undefined : 'old'}>{children(live.value)}</div>
      )}
    </>
  );
}

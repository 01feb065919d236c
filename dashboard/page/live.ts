// Keeps a page up to date: asks the server again and again while somebody looks, and goes on asking while AWS cannot be read.
import { useEffect, useState } from 'preact/hooks';

export interface Live<Value> {
  readonly value?: Value;
  /** When AWS said so, on the clock of performance.now(). */
  readonly readAt?: number;
  /** Why nothing newer is known. */
  readonly problem?: string;
}

interface Answer<Value> {
  readonly value: Value;
  readonly ageMilliseconds: number;
  readonly problem?: string;
}

const ANSWER_MILLISECONDS_MAX = 20_000;
const CHANGED = 'weir:changed';

/** Asks for `path` every so many milliseconds; another path begins anew. */
export function useLive<Value>(path: string, everyMilliseconds: number): Live<Value> {
  const [known, setKnown] = useState<{ readonly path: string; readonly live: Live<Value> }>({ path, live: {} });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looks = 0;
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      looks += 1;
      const thisLook = looks;
      const live = await ask<Value>(path);
      // Another look was begun, or nobody looks any more.
      if (thisLook !== looks) return;
      setKnown((last) => ({ path, live: live.value === undefined && last.path === path ? { ...last.live, ...live } : live }));
      if (!document.hidden) timer = setTimeout(() => void look(), everyMilliseconds);
    };
    const lookIfShown = (): void => {
      if (!document.hidden) void look();
    };
    document.addEventListener('visibilitychange', lookIfShown);
    addEventListener(CHANGED, lookIfShown);
    void look();
    return () => {
      looks += 1;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', lookIfShown);
      removeEventListener(CHANGED, lookIfShown);
    };
  }, [path, everyMilliseconds]);
  return known.path === path ? known.live : {};
}

/** Never fails: what went wrong is the answer's problem. */
async function ask<Value>(path: string): Promise<Live<Value>> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS_MAX) });
    const body = (await response.json()) as Answer<Value> | { readonly problem?: string };
    if (!response.ok || !('value' in body)) return { problem: body.problem ?? `the server answered ${response.status}` };
    const { value, ageMilliseconds, problem } = body;
    return { value, readAt: performance.now() - ageMilliseconds, ...(problem === undefined ? {} : { problem }) };
  } catch {
    return { problem: 'the server of this page does not answer; is weir dashboard still running?' };
  }
}

/** Something was changed from this page: look again at once. */
export function lookAgain(): void {
  dispatchEvent(new Event(CHANGED));
}

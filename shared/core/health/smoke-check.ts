// Does an HTTP answer fit a smoke check's expectation? Called by the AfterAllowTestTraffic hook.

export interface SmokeExpectation {
  readonly status: readonly number[];
  /** Path of object members (and list indexes) joined by dots -> the value that must be there. */
  readonly json: Readonly<Record<string, string | number | boolean | null>>;
  readonly maxMilliseconds: number;
}

/** What is wrong with the answer; undefined when nothing is. */
export function checkSmokeAnswer(
  expected: SmokeExpectation,
  answer: { readonly status: number; readonly body: string; readonly milliseconds: number },
): string | undefined {
  if (!expected.status.includes(answer.status)) return `answered ${answer.status}, expected ${expected.status.join(' or ')}`;
  if (answer.milliseconds > expected.maxMilliseconds) return `took ${Math.round(answer.milliseconds)} ms, expected at most ${expected.maxMilliseconds} ms`;
  const wanted = Object.entries(expected.json);
  if (wanted.length === 0) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return 'the answer is not JSON';
  }
  for (const [path, value] of wanted) {
    const found = memberAt(body, path);
    if (found !== value) return `${path} is ${JSON.stringify(found) ?? 'missing'}, expected ${JSON.stringify(value)}`;
  }
  return undefined;
}

function memberAt(body: unknown, path: string): unknown {
  let at: unknown = body;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

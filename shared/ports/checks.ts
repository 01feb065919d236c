// What lifecycle hooks ask the outside: an HTTP answer on the test listener, a user's own function.

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly milliseconds: number;
}

export interface HttpProbe {
  /** @throws RetryableError when no answer came within the limit */
  send(request: {
    method: string;
    url: string;
    headers: Readonly<Record<string, string>>;
    body: string | undefined;
    timeoutMilliseconds: number;
  }): Promise<HttpAnswer>;
}

export interface UserHook {
  /** Invokes a user's function and waits for its answer: `{ "status": "Succeeded" | "Failed", "reason"?: string }`; anything else counts as Failed. */
  invoke(
    functionName: string,
    payload: Readonly<Record<string, unknown>>,
    timeoutSeconds: number,
  ): Promise<{ readonly answer: 'Succeeded' | 'Failed'; readonly reason: string }>;
}

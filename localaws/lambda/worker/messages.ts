// What the service's thread and a function's worker say to each other.

export interface WorkerStart {
  readonly directory: string;
  readonly handler: string;
  readonly runtime: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly timeBuffer: SharedArrayBuffer;
  /** Directory of what V8 compiled before; nothing is kept when absent. */
  readonly compileCache: string | undefined;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  /** Loading failed; `payload` is the error as the caller gets it. */
  | { readonly type: 'initFailed'; readonly payload: string }
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly payload: string }
  /** An error nobody caught; the worker ends after it. */
  | { readonly type: 'crashed'; readonly payload: string }
  | { readonly type: 'log'; readonly text: string };

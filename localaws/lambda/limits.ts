// Lambda's quotas, and what of them this machine can really hold.

export const TIMEOUT_SECONDS_DEFAULT = 3;
export const TIMEOUT_SECONDS_MAX = 900;
export const MEMORY_MB_DEFAULT = 128;
export const MEMORY_MB_MAX = 10_240;
export const ENVIRONMENT_BYTES_MAX = 4 * 1024;
export const ZIP_BYTES_MAX = 50 * 1024 * 1024;
export const UNZIPPED_BYTES_MAX = 250 * 1024 * 1024;
export const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;
export const ASYNC_PAYLOAD_BYTES_MAX = 1024 * 1024;
/** What AWS says in its message about too large answers: the limit and the room for the envelope. */
export const RESPONSE_BYTES_MAX = 6_291_556;
export const POLICY_BYTES_MAX = 20 * 1024;
export const LOG_RESULT_BYTES_MAX = 4 * 1024;
/** Invocations at one time in the account; a call above it is throttled. */
export const CONCURRENCY_MAX = 1_000;
/** Concurrency that reservations must leave for the other functions. */
export const UNRESERVED_CONCURRENCY_MIN = 100;

/** Time a new environment has to load the function's code before its first invocation's own timeout begins. */
export const INIT_MS_MAX = 10_000;
/** Environments (worker threads of some 30 MB each) at one time; an invocation above it waits for one. */
export const ENVIRONMENTS_MAX = 24;
/** Warm environments kept of one function. */
export const IDLE_PER_FUNCTION_MAX = 4;

export const ASYNC_RETRIES_DEFAULT = 2;
export const EVENT_AGE_SECONDS_DEFAULT = 6 * 60 * 60;
/** Waits before the first and the second retry of an asynchronous invocation that failed. */
export const ASYNC_RETRY_DELAYS_MS = [60_000, 120_000] as const;
/** Waits after a throttled asynchronous invocation: doubling, between these. */
export const THROTTLE_DELAY_MS_MIN = 1_000;
export const THROTTLE_DELAY_MS_MAX = 300_000;
/** Asynchronous events accepted and not yet done. */
export const ASYNC_EVENTS_MAX = 10_000;

export const VERSIONS_MAX = 1_000;
export const LIST_ITEMS_DEFAULT = 50;
export const LIST_ITEMS_MAX = 10_000;
/** Log text kept of one invocation; what is longer is cut, and says so. */
export const LOG_CHARACTERS_PER_INVOCATION_MAX = 1024 * 1024;

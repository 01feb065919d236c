// The quotas of Step Functions that the local one keeps, and the bounds of its own memory. AWS: developer guide, "Service quotas".

/** Input, output, task result and one assignment, in UTF-8 bytes of JSON. */
export const PAYLOAD_BYTES_MAX = 262_144;
/** All variables an execution holds, in UTF-8 bytes of JSON. */
export const VARIABLES_BYTES_MAX = 10 * 1024 * 1024;
export const VARIABLE_NAME_LENGTH_MAX = 80;
export const DEFINITION_BYTES_MAX = 1024 * 1024;
export const STATE_NAME_LENGTH_MAX = 80;
export const HISTORY_EVENTS_MAX = 25_000;
export const EXECUTION_NAME_LENGTH_MAX = 80;
export const STATE_MACHINE_NAME_LENGTH_MAX = 80;
/** Longest TimeoutSeconds, HeartbeatSeconds and Wait Seconds. */
export const SECONDS_MAX = 99_999_999;
/** Express executions end after five minutes. */
export const EXPRESS_SECONDS_MAX = 300;
/** An inline Map runs at most this many iterations at the same time, whatever MaxConcurrency says. */
export const INLINE_MAP_CONCURRENCY_MAX = 40;
export const RETRY_ATTEMPTS_DEFAULT = 3;
export const RETRY_INTERVAL_SECONDS_DEFAULT = 1;
export const RETRY_BACKOFF_RATE_DEFAULT = 2;
export const RETRY_ATTEMPTS_MAX = 99_999_999;
export const RETRY_MAX_DELAY_SECONDS_MAX = 31_622_400;
export const TAGS_MAX = 50;
export const PAGE_SIZE_DEFAULT = 100;
export const PAGE_SIZE_MAX = 1_000;
export const DIAGNOSTICS_MAX = 100;
/** Map and Parallel states inside each other. */
export const NESTING_MAX = 32;
export const RANGE_ITEMS_MAX = 1_000;
export const HASH_INPUT_LENGTH_MAX = 10_000;

/**
 * AWS ends an expression after one second. Here the work is counted instead of the time, so that the same execution ends the
 * same way on every machine.
 */
export const EXPRESSION_STEPS_MAX = 1_000_000;
export const EXPRESSION_DEPTH_MAX = 5_000;
/** Compiled expressions kept; the oldest goes first. */
export const COMPILED_EXPRESSIONS_MAX = 2_000;

/** Finished executions kept with their history; AWS keeps them 90 days. Running ones are always kept. */
export const FINISHED_EXECUTIONS_MAX = 2_000;
/** Tokens of finished tasks remembered, so that a late answer gets TaskTimedOut and not TaskDoesNotExist. */
export const SPENT_TOKENS_MAX = 10_000;
/** Transitions after which a branch lets timers and sockets run, so that an endless loop cannot stop the process. */
export const TRANSITIONS_PER_TURN = 200;

// Limits of SNS; AWS's own where nothing else is said.

export const BATCH_ENTRIES_MAX = 10;
/** Bytes of one message with its attributes, and of one batch. */
export const MESSAGE_BYTES_MAX = 262_144;
export const SUBJECT_CHARACTERS_MAX = 100;
export const PAGE_SIZE = 100;
export const TOPIC_TAGS_MAX = 50;
/** Values in one filter policy; deeper rules of AWS on combinations are not checked. */
export const FILTER_POLICY_CHARACTERS_MAX = 262_144;

/** Retries to queues and functions: 23 days of them. */
export const MANAGED_RETRIES_MAX = 100_015;
/** Retries to an HTTP server and the time between them, by the default delivery policy. */
export const HTTP_RETRIES_MAX = 3;
export const HTTP_RETRY_DELAY_MS = 20_000;
/** Real time an HTTP server has to answer. */
export const HTTP_TIMEOUT_MS = 15_000;

/** Not AWS's: time from publishing to the first attempt, and what the local AWS holds. */
export const DELIVERY_LATENCY_MS = 50;
export const TOPICS_MAX = 1_000;
export const SUBSCRIPTIONS_PER_TOPIC_MAX = 1_000;

// Limits of SQS; AWS's own where nothing else is said.

export const BATCH_ENTRIES_MAX = 10;
/** Bytes of one message with its attributes, and of one batch. */
export const MESSAGE_BYTES_MAX = 1_048_576;
export const MESSAGE_BYTES_MIN = 1_024;
export const MESSAGE_ATTRIBUTES_MAX = 10;
export const RECEIVED_MESSAGES_MAX = 10;
export const WAIT_SECONDS_MAX = 20;
export const DELAY_SECONDS_MAX = 900;
export const VISIBILITY_SECONDS_MAX = 43_200;
export const IN_FLIGHT_MAX = 120_000;
export const QUEUE_TAGS_MAX = 50;
export const LIST_PAGE_MAX = 1_000;
export const PURGE_INTERVAL_MS = 60_000;
/** A name is not free again for so long after its queue was deleted. */
export const DELETED_NAME_MS = 60_000;
export const SOURCE_QUEUES_MAX = 10;

/** Not AWS's: messages one queue of the local AWS holds, queues there are, and receives waiting on one queue. */
export const QUEUE_MESSAGES_MAX = 200_000;
export const QUEUES_MAX = 1_000;
export const WAITING_RECEIVES_MAX = 1_000;

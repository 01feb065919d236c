// The numbers of DynamoDB that the local AWS keeps, and its own bounds.

/** TransactWriteItems and TransactGetItems take at most this many actions. */
export const TRANSACTION_ACTIONS_MAX = 100;
/** A transaction's items together, in bytes. */
export const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;
/** How long AWS remembers a ClientRequestToken. */
export const REQUEST_TOKEN_MS = 10 * 60 * 1000;
/** ClientRequestTokens kept; the oldest goes first. */
export const REQUEST_TOKENS_MAX = 10_000;
/** Time to live deletes "within a few days"; about two is what people see. Until then an expired item is readable and writable. */
export const TTL_DELETION_DELAY_MS = 48 * 60 * 60 * 1000;
/** AWS never deletes an item that expired longer ago than this: such numbers are taken for mistakes. */
export const TTL_AGE_MAX_MS = 5 * 365 * 24 * 60 * 60 * 1000;
/** Pages of one sweep for expired items (1 MB each). */
export const TTL_SWEEP_PAGES_MAX = 10_000;
/** Turns of the event loop to wait for the store to finish a table change that it makes with a timer of 0 ms. */
export const TABLE_SETTLE_TURNS_MAX = 10_000;
export const TAGS_MAX = 50;

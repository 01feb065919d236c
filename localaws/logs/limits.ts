// Every bound of the local CloudWatch Logs in one place: AWS's quotas, and ours on what is kept in memory.

/** AWS: log groups in an account and region. */
export const GROUPS_MAX = 1_000_000;
/** AWS: items in one page of groups or streams, and when nothing is said. */
export const PAGE_ITEMS_MAX = 50;
/** AWS: events and bytes of one answer. */
export const ANSWER_EVENTS_MAX = 10_000;
export const ANSWER_BYTES_MAX = 1_048_576;
/** AWS: events, bytes and span of one PutLogEvents; every event counts 26 bytes besides its text. */
export const BATCH_EVENTS_MAX = 10_000;
export const BATCH_BYTES_MAX = 1_048_576;
export const EVENT_OVERHEAD_BYTES = 26;
export const BATCH_SPAN_MS_MAX = 24 * 60 * 60 * 1000;
/** AWS: how far an event may lie in the past and in the future. */
export const EVENT_AGE_MS_MAX = 14 * 24 * 60 * 60 * 1000;
export const EVENT_AHEAD_MS_MAX = 2 * 60 * 60 * 1000;
/** AWS: tags of a log group. */
export const TAGS_MAX = 50;
/** AWS: terms of a filter pattern are bounded by its length. */
export const FILTER_PATTERN_LENGTH_MAX = 1_024;
/** AWS: streams one FilterLogEvents may name. */
export const FILTER_STREAMS_MAX = 100;
/** Ours: what one stream keeps; the oldest events go first. */
export const STREAM_EVENTS_MAX = 20_000;
export const STREAM_BYTES_MAX = 4 * 1024 * 1024;
/** Ours: streams of one group; the one written longest ago goes first. */
export const GROUP_STREAMS_MAX = 1_000;
/** Ours: text of all groups together; streams written longest ago are emptied first. */
export const TOTAL_BYTES_MAX = 256 * 1024 * 1024;

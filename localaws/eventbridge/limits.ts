// EventBridge's limits that matter here. Source: EventBridge quotas, 2026.
export const RULES_PER_BUS_MAX = 300;
/** Rules of one bus whose patterns use wildcards. */
export const WILDCARD_RULES_PER_BUS_MAX = 30;
export const TARGETS_PER_RULE_MAX = 5;
/** Ids that one RemoveTargets call takes. */
export const TARGET_IDS_PER_CALL_MAX = 100;
export const PATTERN_LENGTH_MAX = 2_048;
export const DESCRIPTION_LENGTH_MAX = 512;
export const TARGET_INPUT_LENGTH_MAX = 8_192;
export const INPUT_PATHS_MAX = 100;
export const ENTRIES_PER_CALL_MAX = 10;
export const REQUEST_BYTES_MAX = 1_048_576;
/** What an entry's Time counts towards the size of a request. */
export const ENTRY_TIME_BYTES = 14;
export const DETAIL_TYPE_LENGTH_MAX = 128;
export const BUSES_MAX = 100;
export const TAGS_PER_RESOURCE_MAX = 50;
export const PAGE_SIZE_MAX = 100;
export const EVENT_AGE_SECONDS_MIN = 60;
export const DEFAULT_EVENT_AGE_SECONDS = 86_400;
export const DEFAULT_RETRY_ATTEMPTS = 185;
/** Simulated milliseconds from PutEvents to a target. AWS promises no number; half a second is typical. */
export const DELIVERY_LATENCY_MS = 500;
export const RETRY_DELAY_MS_MIN = 1_000;
export const RETRY_DELAY_MS_MAX = 900_000;

// Limits of EventBridge Scheduler; AWS's own where nothing else is said.

export const NAME_CHARACTERS_MAX = 64;
export const DESCRIPTION_CHARACTERS_MAX = 512;
export const EXPRESSION_CHARACTERS_MAX = 256;
export const PAYLOAD_BYTES_MAX = 262_144;
export const WINDOW_MINUTES_MAX = 1_440;
export const PAGE_SIZE_MAX = 100;
export const GROUP_TAGS_MAX = 200;
export const EVENT_AGE_SECONDS = { min: 60, max: 86_400, default: 86_400 };
export const RETRY_ATTEMPTS = { min: 0, max: 185, default: 185 };
/** Runs looked at for one whose local time exists, before a schedule is taken to have ended. */
export const SKIPPED_RUNS_MAX = 10_000;

/** Not AWS's: waits between attempts (AWS says exponential backoff), and what the local AWS holds. */
export const RETRY_DELAY_MS = { min: 1_000, max: 600_000 };
export const SCHEDULES_MAX = 10_000;
export const GROUPS_MAX = 500;

// Every number that bounds Application Auto Scaling here.

/** AWS quotas. */
export const SCALABLE_TARGETS_MAX = 3_000;
export const POLICIES_PER_TARGET_MAX = 50;
export const STEP_ADJUSTMENTS_MAX = 20;
export const POLICY_NAME_LENGTH_MAX = 256;
export const RESOURCE_IDS_MAX = 50;
export const PAGE_SIZE_MAX = 50;
export const TAGS_MAX = 50;

/** AWS keeps six weeks of activities; a number bounds the memory better. */
export const ACTIVITIES_KEPT_MAX = 1_000;
/** A change of the capacity range takes effect about this much later. */
export const RANGE_CHANGE_DELAY_MS = 1_000;

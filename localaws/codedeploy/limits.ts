// Every number that bounds CodeDeploy here: AWS's quotas where it documents them, our own bounds on memory and effort elsewhere.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** AWS quotas. */
export const APPLICATIONS_MAX = 1_000;
export const DEPLOYMENT_GROUPS_PER_APPLICATION_MAX = 1_000;
export const CUSTOM_DEPLOYMENT_CONFIGS_MAX = 50;
export const CONCURRENT_DEPLOYMENTS_MAX = 1_300;
export const NAME_LENGTH_MAX = 100;
export const DESCRIPTION_LENGTH_MAX = 256;
/** The API reference says 10, the quota page 50 (adjustable); the smaller one refuses earlier. */
export const ALARMS_MAX = 10;
export const ALARM_NAME_LENGTH_MAX = 255;
export const TRIGGERS_MAX = 10;
export const TAGS_MAX = 50;
export const BATCH_MAX = 100;
export const DEPLOYMENT_TARGETS_BATCH_MAX = 25;
export const READY_WAIT_MINUTES_MAX = 7_200;
export const TERMINATION_WAIT_MINUTES_MAX = 2_880;
/** Documented for Lambda; enforced for ECS too because nobody documents that ECS is laxer (unverified). */
export const TRAFFIC_PERCENT_MAX = 99;
export const TRAFFIC_TOTAL_MINUTES_MAX = 2_880;

/** AWS's own waits. */
export const HOOK_TIMEOUT_MS = 60 * MINUTE_MS;
export const INSTALL_TIMEOUT_MS = 60 * MINUTE_MS;
export const SCALING_GRACE_MS = 5 * MINUTE_MS;

/** Paces nobody documents; observed deployments show about these. */
export const START_DELAY_MS = 2 * SECOND_MS;
export const STOP_SETTLE_MS = SECOND_MS;
export const GREEN_POLL_MS = 5 * SECOND_MS;
export const ALARM_POLL_MS = 10 * SECOND_MS;
export const SCALING_POLL_MS = 30 * SECOND_MS;

/** A call of an effect is tried this often when AWS throttles or fails; the delay doubles each time. */
export const EFFECT_ATTEMPTS_MAX = 5;
export const EFFECT_RETRY_BASE_MS = SECOND_MS;
/** Pages of listener rules read; 100 rules a listener is ELB's own quota. */
export const RULE_PAGES_MAX = 20;

/** Memory. */
export const FINISHED_DEPLOYMENTS_KEPT_MAX = 1_000;
export const REVISIONS_PER_APPLICATION_KEPT_MAX = 1_000;
export const APP_SPEC_BYTES_MAX = 262_144;
export const PAGE_SIZE = 100;

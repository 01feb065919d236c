// Every bound of the load balancer in one place: AWS's quotas, and our own where AWS has none.

export const PAGE_SIZE_MAX = 400;
export const LOAD_BALANCERS_MAX = 50;
export const TARGET_GROUPS_MAX = 3_000;
export const LISTENERS_PER_LOAD_BALANCER_MAX = 50;
/** Without the default rule. */
export const RULES_PER_LISTENER_MAX = 100;
export const TARGETS_PER_GROUP_MAX = 1_000;
export const TARGET_GROUPS_PER_ACTION_MAX = 5;
export const TARGET_GROUPS_PER_LOAD_BALANCER_MAX = 100;
export const CONDITION_VALUES_PER_RULE_MAX = 5;
export const TAGS_PER_RESOURCE_MAX = 50;
export const TAGGED_RESOURCES_PER_CALL_MAX = 20;
export const WEIGHT_MAX = 999;
export const NAME_LENGTH_MAX = 32;
export const STICKINESS_SECONDS_MAX = 604_800;

/** How long a new load balancer says `provisioning`. AWS takes minutes; what matters is that callers must wait. */
export const PROVISIONING_MS = 3_000;
/** From registration to the first health check. */
export const FIRST_CHECK_DELAY_MS = 1_000;
/** Least real time a health check gets: at a high clock speed the configured timeout is a few real milliseconds. */
export const CHECK_REAL_TIMEOUT_MS_MIN = 2_000;

/** Simulated seconds from the end of a minute to its metrics being readable (AWS does not document its delay). */
export const METRIC_PUBLISH_DELAY_SECONDS = 5;
/** Minutes of unpublished traffic kept; older ones are dropped and logged (the publish delay is far shorter). */
export const UNPUBLISHED_MINUTES_MAX = 60;
/** Values of one datum and data of one call, as CloudWatch takes them. */
export const VALUES_PER_DATUM_MAX = 150;
export const DATA_PER_PUT_MAX = 1_000;
/** Response times are kept in buckets this far apart (natural logarithm), so a minute holds at most some 1,500 values. */
export const RESPONSE_TIME_RESOLUTION = 0.01;
export const RESPONSE_TIME_SECONDS_MIN = 0.000_01;

/** Bytes of request headers taken, as an Application Load Balancer does. */
export const HEADER_BYTES_MAX = 65_536;
/** Idle connections kept to one target. */
export const IDLE_CONNECTIONS_PER_TARGET_MAX = 64;

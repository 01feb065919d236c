// Every bound of CloudWatch in one place: AWS's quotas, and our own where AWS has none.

export const DAY_SECONDS = 86_400;

export const METRIC_DATA_PER_PUT_MAX = 1_000;
export const VALUES_PER_DATUM_MAX = 150;
export const DIMENSIONS_MAX = 30;
export const TIMESTAMP_AGE_SECONDS_MAX = 14 * DAY_SECONDS;
export const TIMESTAMP_AHEAD_SECONDS_MAX = 2 * 3_600;
/** Absolute values CloudWatch takes: up to 2^360. */
export const VALUE_MAX = 2 ** 360;

/** Different metrics kept; the one written longest ago goes first. */
export const SERIES_MAX = 20_000;
/** Different values kept in a bin before they are rounded to 1 % steps. */
export const VALUES_PER_BIN_MAX = 2_000;

export const QUERIES_PER_CALL_MAX = 500;
export const DATAPOINTS_PER_CALL_MAX = 100_800;
export const STATISTICS_DATAPOINTS_MAX = 1_440;
export const METRICS_PER_LIST_PAGE = 500;
export const EXPRESSION_LENGTH_MAX = 2_048;
export const EXPRESSION_DEPTH_MAX = 64;

export const ALARMS_MAX = 5_000;
export const ALARM_ACTIONS_MAX = 5;
export const ALARM_NAMES_PER_CALL_MAX = 100;
export const ALARM_RULE_LENGTH_MAX = 10_240;
export const QUERIES_PER_ALARM_MAX = 20;
/** History items kept over all alarms, and for how long AWS keeps them. */
export const HISTORY_ITEMS_MAX = 5_000;
export const HISTORY_DAYS = 30;
/** Data points an alarm retrieves beyond its evaluation periods, in case some are missing (AWS's example: 5 for 3). */
export const EXTRA_DATAPOINTS = 2;
/** Simulated seconds after a minute at which alarms are evaluated, so that the minute's metrics have come in. */
export const EVALUATION_OFFSET_SECONDS = 10;
export const EVALUATION_STEP_SECONDS = 10;

export const DASHBOARDS_MAX = 500;
export const DASHBOARD_BODY_LENGTH_MAX = 1_048_576;
export const TAGS_PER_RESOURCE_MAX = 50;

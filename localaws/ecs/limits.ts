// Every number of the local ECS in one place: AWS's own quotas where AWS documents them, and durations that are plausible
// for Fargate where it does not (Fargate promises none, so only their order of magnitude means anything).

/** Stopped tasks stay describable at least this long in AWS. */
export const STOPPED_TASK_KEPT_MS = 60 * 60 * 1000;
/** Inactive services stay describable for a while; AWS says "may be cleaned up" without a number. */
export const INACTIVE_SERVICE_KEPT_MS = 60 * 60 * 1000;

/** Network interface and micro-VM of a Fargate task. */
export const PROVISIONING_MS = 6_000;
/** Least simulated time an image pull takes; the real pull happens while the clock is held. */
export const PULL_MS = 5_000;
/** From pulled to started containers. */
export const STARTING_MS = 1_000;
/** ACTIVATING: what ECS does between started containers and RUNNING for tasks behind a load balancer. */
export const ACTIVATING_MS = 2_000;
/** From the last container's end to STOPPED. */
export const DEPROVISIONING_MS = 5_000;

/** stopTimeout of a container that names none, and Fargate's most. */
export const STOP_TIMEOUT_SECONDS = 30;
export const STOP_TIMEOUT_SECONDS_MAX = 120;
/** startTimeout of a container that names none (the Fargate platform's own default). */
export const START_TIMEOUT_SECONDS = 180;
/** restartAttemptPeriod of a restart policy that names none. */
export const RESTART_ATTEMPT_PERIOD_SECONDS = 300;

/** How often the service scheduler looks at a service that is changing, and at one in steady state. */
export const STABILIZING_WATCH_MS = 5_000;
export const STEADY_WATCH_MS = 15_000;
/** How often a draining target is asked about. */
export const DRAIN_WATCH_MS = 5_000;
/** Longest deregistration delay of a target group (3600 s) and a margin; a target still draining then is a defect of the balancer. */
export const DRAIN_MS_MAX = 70 * 60 * 1000;
/** Most tasks one look of the scheduler starts for a task set. */
export const TASKS_STARTED_PER_LOOK = 20;
/** A task without load balancer and container health check counts as healthy this long after RUNNING (ECS rolling deployments). */
export const HEALTHY_AFTER_RUNNING_MS = 40_000;

/** Failed starts in a row before the scheduler throttles, its first pause, and its longest (AWS: subject to change). */
export const FAILED_STARTS_BEFORE_THROTTLE = 3;
export const THROTTLE_FIRST_MS = 10_000;
export const THROTTLE_MS_MAX = 15 * 60 * 1000;

/** AWS's steady-state service events repeat every six hours. */
export const STEADY_EVENT_REPEAT_MS = 6 * 60 * 60 * 1000;
export const SERVICE_EVENTS_MAX = 100;
export const TASK_SETS_PER_SERVICE_MAX = 5;
export const LOAD_BALANCERS_PER_SERVICE_MAX = 5;
export const DESIRED_COUNT_MAX = 5_000;
export const RUN_TASK_COUNT_MAX = 10;
export const DESCRIBE_SERVICES_MAX = 10;
export const DESCRIBE_MAX = 100;
export const LIST_PAGE_MAX = 100;
export const TAGS_MAX = 50;
export const CLIENT_TOKEN_LENGTH_MAX = 36;
export const CONTAINERS_PER_TASK_MAX = 10;
export const TASK_DEFINITION_BYTES_MAX = 64 * 1024;
/** RunTask remembers client tokens for 24 h. */
export const RUN_TASK_TOKEN_KEPT_MS = 24 * 60 * 60 * 1000;
export const RUN_TASK_TOKENS_MAX = 1_000;

/** Native deployments: AWS's own bounds. */
export const HOOKS_PER_SERVICE_MAX = 20;
export const HOOKS_PER_TYPE_MAX = 10;
export const HOOK_TIMEOUT_MINUTES_DEFAULT = 1_440;
export const LAMBDA_HOOK_TIMEOUT_MINUTES_MAX = 1_440;
export const PAUSE_HOOK_TIMEOUT_MINUTES_MAX = 20_160;
export const HOOK_CALLBACK_SECONDS_DEFAULT = 30;
/** AWS documents no bounds for the call-back delay: at least a second, at most the day a stage may take. */
export const HOOK_CALLBACK_SECONDS_MIN = 1;
export const HOOK_CALLBACK_SECONDS_MAX = 86_400;
/** hookDetails: AWS names no limit; the input of an invocation must stay far below Lambda's. */
export const HOOK_DETAILS_BYTES_MAX = 64 * 1024;
/** The range of bakeTimeInMinutes is not documented by ECS; the stage may take 24 hours. */
export const BAKE_MINUTES_MAX = 1_440;
export const STEP_BAKE_MINUTES_MAX = 1_440;
export const ALARMS_PER_SERVICE_MAX = 100;
/** A stage (each traffic step of its own) without a pause, and a whole deployment. */
export const STAGE_MS_MAX = 24 * 60 * 60 * 1000;
export const DEPLOYMENT_MS_MAX = 30 * 24 * 60 * 60 * 1000;
/** Deployments stay describable this long; and this many per service, which is this local AWS's own bound. */
export const DEPLOYMENT_KEPT_MS = 90 * 24 * 60 * 60 * 1000;
export const DEPLOYMENTS_PER_SERVICE_KEPT_MAX = 500;
export const DESCRIBE_DEPLOYMENTS_MAX = 20;
export const DESCRIBE_REVISIONS_MAX = 20;
export const LIST_DEPLOYMENTS_PAGE_DEFAULT = 20;
/** The circuit breaker's default threshold in percent, and the bounds of BOUNDED_PERCENT. */
export const BREAKER_PERCENT_DEFAULT = 50;
export const BREAKER_FAILURES_MIN = 3;
export const BREAKER_FAILURES_MAX = 200;

/** Paces nobody documents; AWS's printed examples show about these. */
export const DEPLOYMENT_START_DELAY_MS = 1_500;
export const DEPLOYMENT_STOP_SETTLE_MS = 5_000;
/** From the end of the bake time to SUCCESSFUL, measured on AWS: less than a deregistration delay. */
export const DEPLOYMENT_CLEAN_UP_MS = 20_000;
export const DEPLOYMENT_ALARM_POLL_MS = 10_000;
/** A call with a customer's role is tried this often when AWS throttles or fails; the delay doubles each time. */
export const ROLE_CALL_ATTEMPTS_MAX = 5;
export const ROLE_CALL_RETRY_BASE_MS = 1_000;

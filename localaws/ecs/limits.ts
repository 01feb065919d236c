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

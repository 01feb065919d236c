// The manifest's section about what Weir may do by itself when something breaks outside a deployment. Put together in manifest.ts.
import { defaultRemediationPolicy } from '#core/remediation/policy.ts';
import { RAISE_PERCENT_MAX, RAISE_PERCENT_MIN } from '#core/remediation/runbooks/out-of-memory.ts';
import { scanSeverities } from '#core/remediation/runbooks/scan-finding.ts';
import { section, wholeNumber, word } from './manifest-fields.ts';

const defaults = defaultRemediationPolicy;
/** Largest task of Fargate, MiB. Source: ECS API, RegisterTaskDefinition, `memory`. */
const MEMORY_MIB_MAX = 122_880;
/** Counts are kept by the minute for an hour. */
const WINDOW_MINUTES_MAX = 60;

const modes = ['auto', 'propose', 'off'] as const;
const acting = (what: string, mode: (typeof modes)[number]) =>
  word(modes, `auto: ${what} within the budget; propose: ask a person first (weir remediation approve); off: neither.`).default(mode);
const alerting = (mode: (typeof modes)[number]) =>
  word(modes, 'auto and propose: people are told the limit and the remedy; off: nothing. There is nothing that could be done here.').default(mode);

export const remediation = section(
  {
    outOfMemory: section(
      {
        mode: acting('deploy a revision with more memory, as a normal canary,', defaults.outOfMemory.mode),
        raisePercent: wholeNumber(RAISE_PERCENT_MIN, RAISE_PERCENT_MAX, "Memory added, percent. Fargate's sizes may make it more.").default(
          defaults.outOfMemory.raisePercent,
        ),
        memoryMaxMiB: wholeNumber(512, MEMORY_MIB_MAX, 'A task is never given more than this, MiB.').default(defaults.outOfMemory.memoryMaxMiB),
      },
      'A container of the serving revision used more memory than it has.',
    ).prefault({}),
    crashLoop: section(
      {
        mode: acting('go back to the last successful revision, all at once,', defaults.crashLoop.mode),
        crashes: wholeNumber(2, 50, 'So many crashes of the serving revision within `windowMinutes` are a loop.').default(defaults.crashLoop.crashes),
        windowMinutes: wholeNumber(1, WINDOW_MINUTES_MAX, 'The window, minutes.').default(defaults.crashLoop.windowMinutes),
      },
      'The serving revision crashes while nothing is being deployed.',
    ).prefault({}),
    imagePull: section(
      { mode: acting('pin the service to the digest that still runs', defaults.imagePull.mode) },
      "The serving revision's image can no longer be pulled.",
    ).prefault({}),
    capacity: section(
      {
        mode: acting('start tasks on demand for a while, then go back to Spot,', defaults.capacity.mode),
        interruptions: wholeNumber(1, 50, 'Spot interruptions within `windowMinutes` before the strategy is shifted. A shortage counts at once.').default(
          defaults.capacity.interruptions,
        ),
        windowMinutes: wholeNumber(1, WINDOW_MINUTES_MAX, 'The window, minutes.').default(defaults.capacity.windowMinutes),
        onDemandMinutes: wholeNumber(
          10,
          1_440,
          'How long tasks are started on demand, minutes; twice as long each time it has to be done again within a day, up to a day.',
        ).default(defaults.capacity.onDemandMinutes),
      },
      'Fargate Spot takes tasks back or has no capacity.',
    ).prefault({}),
    placement: section({ mode: alerting(defaults.placement.mode) }, 'ECS cannot place tasks: capacity, network interfaces, a quota.').prefault({}),
    targetHealth: section({ mode: alerting(defaults.targetHealth.mode) }, 'Targets are unhealthy although their tasks run.').prefault({}),
    scanFinding: section(
      {
        mode: acting('do what `onFinding` says', defaults.scanFinding.mode),
        severity: word(scanSeverities, 'Least severity that counts.').default(defaults.scanFinding.severity),
        onFinding: word(['alert', 'blockPromotion'], 'alert: people are told; blockPromotion: the digest is refused when it is to be deployed again.').default(
          defaults.scanFinding.onFinding,
        ),
      },
      'A scan found something in the image that serves.',
    ).prefault({}),
    budget: section(
      {
        perServicePerHour: wholeNumber(0, 60, 'Most automatic actions on this service in an hour. More are proposed.').default(
          defaults.budget.perServicePerHour,
        ),
        perAccountPerHour: wholeNumber(0, 1_000, 'Most automatic actions of all services in an hour, as this service counts them.').default(
          defaults.budget.perAccountPerHour,
        ),
      },
      'How much is done without a person.',
    ).prefault({}),
  },
  'What Weir may do by itself when something breaks outside a deployment.',
);

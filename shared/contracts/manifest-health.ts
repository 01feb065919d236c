// The manifest's health section: when green counts as healthy. Put together in manifest.ts; the rules themselves are in
// core/health and core/breaker.
import * as z from 'zod';
import { CRASH_LOG_LINES, CRASH_LOG_LINES_MAX } from '#core/breaker/crash-cause.ts';
import { decimal, distinctList, flag, section, text, wholeNumber, word } from './manifest-fields.ts';

const minimumRequests = (what: string) =>
  wholeNumber(
    1,
    1_000_000,
    `Requests to green within the window needed to judge ${what}; with fewer the verdict is inconclusive, unless green already failed too often.`,
  ).default(100);

const crashes = section(
  {
    thresholdType: word(
      ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT'],
      'How value is read: BOUNDED_PERCENT a percentage of the desired count, rounded up, kept within 3 to 200 tasks; UNBOUNDED_PERCENT the same without bounds; COUNT a number of tasks.',
    ).default('BOUNDED_PERCENT'),
    value: wholeNumber(1, 10_000, 'Percent of the desired count (1 to 100), or a number of tasks for COUNT.').default(50),
    resetOnHealthy: flag(
      "Set the count back to zero whenever another green target becomes healthy, as ECS's resetOnHealthyTask does. With it a green whose tasks start well and then crash is never ended by this limit.",
    ).default(false),
    logLines: wholeNumber(
      0,
      CRASH_LOG_LINES_MAX,
      "Last lines of a crashed container's log that the deployment's record keeps, where the container logs to CloudWatch Logs by awslogs. 0: none.",
    ).default(CRASH_LOG_LINES),
  },
  'How many crashed green tasks end the deployment. The formula of the ECS deployment circuit breaker, which does not cover CodeDeploy deployments.',
).superRefine((given, context) => {
  if (given.thresholdType === 'COUNT' || given.value <= 100) return;
  context.addIssue({
    code: 'custom',
    path: ['value'],
    message: `must be a percentage from 1 to 100 where thresholdType is ${given.thresholdType}, got ${given.value}`,
  });
});

const BUDGET_DESCRIPTION = 'How the false rollback budget is divided, percent. Must add up to at most 100; what is not compared leaves its share to errors.';
const share = (percent: number, what: string) => decimal(0, 100, `Share of the budget for ${what}, percent.`).default(percent);

/** Blue against green. The mathematics and its measured error rates are in docs/health.md. */
const compare = section(
  {
    falseRollbackPercent: decimal(
      0.01,
      20,
      'How often a green that is no worse than blue may be rolled back by the comparison, percent of deployments, all metrics and looks together.',
    ).default(1),
    budget: section(
      {
        errors: decimal(1, 100, 'Share of the budget for failed requests, percent.').default(50),
        latency: share(20, 'slow requests'),
        crashes: share(25, 'crashed tasks'),
        slo: share(5, "the service's own limit"),
      },
      BUDGET_DESCRIPTION,
    )
      .refine(({ errors, latency, crashes, slo }) => errors + latency + crashes + slo <= 100, { error: 'must add up to at most 100' })
      .prefault({}),
    errorTolerance: decimal(1.05, 100, "Multiple of blue's error rate from which on a rollback is worth it.").default(1.25),
    ignoredDifferencePercent: decimal(0.0001, 10, 'Difference of error rates, in percentage points, below which nobody cares.').default(0.001),
    latencyTolerance: z
      .union([z.literal(false), decimal(1, 100, "Multiple of blue's response times that green may take.")], {
        error: 'must be a number from 1 to 100, or false',
      })
      .meta({ description: "Multiple of blue's response times that green may take; false: response times are not compared.", examples: [1.2, false] })
      .default(1.2),
    acceptedHarmPercent: decimal(
      0.01,
      10,
      'Share of all requests that may fail more than before, percentage points, for green to count as good enough to go on. Smaller needs more requests.',
    ).default(0.2),
    falsePromotionPercent: decimal(0.1, 20, 'How often a green beyond that may be called good enough, percent.').default(5),
    stickySessions: flag('Clients stay on one side. No single minute may decide then, which costs a minute or two.').default(false),
    observe: flag('Compare and show, and neither roll back nor hold because of it. The fixed limits act as ever.').default(false),
  },
  'How green is compared with blue: requests that fail, requests that are slow, tasks that crash.',
);

export const health = section(
  {
    compare: compare.prefault({}),
    slo: section(
      { maxErrorPercent: decimal(0.001, 50, 'Highest share of failed requests the service promises, percent.') },
      "The service's own limit on failed requests, judged by evidence like the comparison. Where blue breaks it as well, traffic is held: green is not to blame.",
    ).optional(),
    errorRate: section(
      {
        maxPercent: decimal(
          0,
          100,
          "Highest share of green's requests that may fail, percent. Failed: 5xx answers and connections green did not take.",
        ).default(1),
        minimumRequests: minimumRequests('the error rate'),
      },
      "Fixed limit on green's failed requests, whatever blue does. Not judged unless given.",
    ).optional(),
    latency: section(
      {
        percentile: decimal(1, 99.99, "Percentile of green's response times that is compared, e.g. 99 for p99."),
        maxMilliseconds: wholeNumber(1, 300_000, 'Longest response time allowed at that percentile, milliseconds.'),
        minimumRequests: minimumRequests('the response time'),
      },
      "Limit on green's response time. Not judged unless given.",
    ).optional(),
    healthyHosts: section(
      {
        minimumPercent: wholeNumber(
          1,
          100,
          "Smallest share of the desired count that must be healthy in green's target group, percent, rounded up to whole tasks.",
        ).default(50),
      },
      "Limit on green's unhealthy targets.",
    ).prefault({}),
    crashes: crashes.prefault({}),
    alarms: distinctList(
      text(/^[^\p{Cc}]+$/u, 255, 'the name of a CloudWatch alarm', { description: 'Name of a CloudWatch alarm.', examples: ['orders-5xx'] }),
      0,
      20,
      'CloudWatch alarms, by name, that must not be in ALARM while green is judged.',
    ).default([]),
    windowMinutes: wholeNumber(1, 60, 'How far back requests count for the fixed limits, minutes.').default(5),
    settleSeconds: wholeNumber(0, 600, 'A minute of metrics counts this long after its end, seconds: CloudWatch publishes late.').default(60),
    onInconclusive: word(
      ['hold', 'promote', 'rollBack'],
      'What to do when the bake time ends without enough evidence. hold: keep blue as long as the driver can, go on judging, and ask a person; promote: let blue go if nothing at all speaks against green; rollBack: give the traffic back to blue.',
    ).default('hold'),
  },
  'When green counts as healthy.',
);

// The manifest's health section: when green counts as healthy. Put together in manifest.ts; the rules themselves are in
// core/health and core/breaker.
import { decimal, distinctList, section, text, wholeNumber, word } from './manifest-fields.ts';

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

export const health = section(
  {
    errorRate: section(
      {
        maxPercent: decimal(
          0,
          100,
          "Highest share of green's requests that may fail, percent. Failed: 5xx answers and connections green did not take.",
        ).default(1),
        minimumRequests: minimumRequests('the error rate'),
      },
      "Limit on green's failed requests.",
    ).prefault({}),
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
    windowMinutes: wholeNumber(1, 60, 'How far back requests count, minutes.').default(5),
    settleSeconds: wholeNumber(0, 600, 'A minute of metrics counts this long after its end, seconds: CloudWatch publishes late.').default(60),
    onInconclusive: word(
      ['hold', 'rollBack'],
      'What to do when the bake time ends without enough evidence. hold: keep blue as long as the driver can, and go on judging; rollBack: give the traffic back to blue.',
    ).default('hold'),
  },
  'When green counts as healthy.',
);

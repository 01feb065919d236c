// weir.yaml: what a service's owner tells Weir. The schema is closed, has a default wherever one is safe, and carries the
// documentation that schema/weir.schema.json and editors show. docs/manifest.md is the reference for people.
import * as z from 'zod';
import { approval } from './manifest-approval.ts';
import { hooks, preflight, smokeChecks } from './manifest-checks.ts';
import { choice, section, text, wholeNumber, word } from './manifest-fields.ts';
import { freeze } from './manifest-freeze.ts';
import { health } from './manifest-health.ts';
import { remediation } from './manifest-remediation.ts';
import { driver, driverFaults, image, strategy } from './manifest-rollout.ts';
import { breaker, guard } from './manifest-safety.ts';

/** Source: ECS API: names of services and clusters have at most 255 letters, digits, underscores and hyphens. */
const ecsName = (what: string, example: string) =>
  text(/^[A-Za-z0-9_-]+$/, 255, `the name of an ${what}: letters, digits, underscores, hyphens`, { description: `Name of the ${what}.`, examples: [example] });

export const manifestSchema = section(
  {
    version: z.literal(1, { error: 'must be 1, the only version there is' }).meta({ description: 'Version of the manifest format.' }),
    service: ecsName('ECS service', 'orders'),
    cluster: ecsName('ECS cluster', 'prod'),
    image,
    driver,
    strategy: strategy.prefault({ canary: { percent: 10, intervalMinutes: 5 } }),
    bakeTimeMinutes: wholeNumber(
      0,
      2_880,
      'Minutes that green is watched with all traffic while blue is kept. A deployment group whose termination wait is shorter ends blue before; planning warns of it.',
    ).default(5),
    onPush: word(
      ['queue', 'supersede', 'ignore'],
      'What a push does while a deployment of the service runs. queue: the newest waits its turn; supersede: the running one makes room unless all traffic is on green already; ignore: the push is refused.',
    ).default('queue'),
    health: health.prefault({}),
    approval: approval.optional(),
    hooks: hooks.prefault({}),
    smokeChecks: smokeChecks.default([]),
    testUrl: text(/^https?:\/\/[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?\/?$/, 300, 'http:// or https://, a host and optionally a port, without a path', {
      description: "Where the test listener answers. Default: the load balancer's DNS name and the test listener's port.",
      examples: ['http://orders-test.internal.example.com:9000'],
    }).optional(),
    preflight: preflight.prefault({}),
    breaker: breaker.prefault({}),
    guard: guard.prefault({}),
    remediation: remediation.prefault({}),
    waitForSlotMinutes: wholeNumber(0, 2_880, 'Minutes to wait while a deployment that is not ours holds the deployment group.').default(60),
    frozen: z
      .union(
        [
          z.literal(false),
          section(
            { reason: text(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, 256, 'one line that says why', { description: 'Why; shown with every refused push.' }) },
            'Refuses all pushes.',
          ),
        ],
        { error: 'must be false, or a mapping with a reason: { reason: "..." }' },
      )
      .meta({
        description: 'Refuses pushes while it holds a reason. A deployment that already has production traffic goes on.',
        examples: [false, { reason: 'end of year' }],
      })
      .default(false),
    freeze: freeze.prefault({}),
    notifications: section(
      {
        topicArn: text(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,251}(?:\.fifo)?$/, 400, 'the ARN of an SNS topic', {
          description: 'SNS topic for everything Weir tells about the service. Default: its own topic.',
          examples: ['arn:aws:sns:eu-west-1:111122223333:orders-deployments'],
        }).optional(),
        webhook: choice(
          {
            parameter: text(/^\/weir\/[A-Za-z0-9_.\-/]+$/, 500, 'the name of a parameter that begins with /weir/', {
              description: 'Name of a parameter of the Systems Manager Parameter Store, a SecureString.',
              examples: ['/weir/orders/slack'],
            }).optional(),
            secret: text(/^weir\/[A-Za-z0-9_+=.@\-/]+$/, 500, 'the name of a secret that begins with weir/', {
              description: 'Name of a secret of the Secrets Manager.',
              examples: ['weir/orders/slack'],
            }).optional(),
          },
          'A Slack-compatible webhook, by where its secret is kept: the URL, or JSON with url, token and channel of chat.postMessage.',
        ).optional(),
      },
      'Who is told.',
    ).prefault({}),
    quarantineHours: wholeNumber(0, 720, 'Hours that an image which failed is refused when it is pushed again. 0: not at all.').default(24),
  },
  'How Weir deploys one ECS service: weir.yaml.',
).superRefine((manifest, context) => {
  for (const { path, message } of driverFaults(manifest)) context.addIssue({ code: 'custom', path: [...path], message });
});

/** A manifest with every default filled in. Optional are only the settings that have none. */
export type Manifest = z.output<typeof manifestSchema>;

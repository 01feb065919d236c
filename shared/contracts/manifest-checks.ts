// The manifest's sections about what must pass before production traffic: hooks, smokeChecks, preflight. Put together in manifest.ts.
import * as z from 'zod';
import { dictionary, flag, section, text, wholeNumber, word } from './manifest-fields.ts';

/** Our hook function waits for the user's, and both live at most 900 seconds. Source: Lambda developer guide, quotas. */
const USER_HOOK_SECONDS_MAX = 840;
const SMOKE_CHECKS_MAX = 20;
/** All attempts of all smoke checks together must fit into one run of the hook function. */
const SMOKE_CHECKS_SECONDS_MAX = 600;

function userHook(when: string) {
  return section(
    {
      function: text(
        /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$/,
        300,
        'the name or ARN of a Lambda function, optionally with an alias or version',
        { description: 'Name or ARN of your Lambda function, in the same region.', examples: ['my-check', 'my-check:live'] },
      ),
      timeoutSeconds: wholeNumber(1, USER_HOOK_SECONDS_MAX, 'How long its answer is waited for, seconds. No answer in time is a failure.').default(300),
    },
    `Your function asked ${when}.`,
  ).optional();
}

export const hooks = section(
  {
    beforeInstall: userHook("before green's tasks are created"),
    afterInstall: userHook("when green's tasks are up, before any traffic"),
    afterAllowTestTraffic: userHook('when the test listener forwards to green, after the smoke checks'),
    beforeAllowTraffic: userHook('as the last gate before production traffic'),
    afterAllowTraffic: userHook('when green has all production traffic'),
  },
  'Your own Lambda functions, one per CodeDeploy lifecycle hook. Asked after the built-in check of that hook has passed; a Failed answer rolls back.',
);

const status = wholeNumber(100, 599, 'An HTTP status.');

const expectation = section(
  {
    status: z
      .union([status, z.array(status).min(1).max(20)], { error: 'must be an HTTP status from 100 to 599, or a list of them' })
      .transform((given) => (typeof given === 'number' ? [given] : given))
      .meta({ description: 'The expected HTTP status, or a list of those allowed.', examples: [200, [200, 204]] })
      .prefault(200),
    json: dictionary(
      /^[^.\s]+(?:\.[^.\s]+)*$/,
      'member names joined by dots, such as data.ok',
      z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()], { error: 'must be text, a number, true, false or null' }),
      20,
      'Members of the JSON answer and the values they must have. A path is member names (and list indexes) joined by dots.',
    ).default({}),
    maxMilliseconds: wholeNumber(1, 60_000, 'Longest time an answer may take, milliseconds; an attempt is given up after it.').default(2_000),
  },
  'What the answer must be.',
);

const smokeCheck = section(
  {
    name: text(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 64, 'a name of letters, digits, spaces, dots, dashes and underscores', {
      description: 'What the check is called in reports.',
      examples: ['health'],
    }),
    method: word(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'HTTP method.').default('GET'),
    // A second slash would make it another host's address, a backslash too.
    path: text(/^\/(?:[^/\\\s#][^\s#]*)?$/, 2_048, 'a path beginning with one slash, without spaces', {
      description: 'Path and query on the test listener.',
      examples: ['/health'],
    }),
    headers: dictionary(
      /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
      'the name of an HTTP header',
      z
        .string({ error: 'must be text; a number needs quotes' })
        .max(4_096)
        .regex(/^[\t -~]*$/, { error: 'must be printable ASCII text' }),
      20,
      'Request headers. Not a place for secrets: the manifest is stored and shown.',
    ).default({}),
    body: z
      .string({ error: 'must be text' })
      .max(16_384, { error: 'must be text of at most 16384 characters' })
      .meta({ description: 'Request body. Not sent unless given; GET and HEAD take none.' })
      .optional(),
    expect: expectation.prefault({}),
    attempts: wholeNumber(1, 10, 'How often the check is tried before it counts as failed.').default(3),
    delaySeconds: wholeNumber(0, 60, 'Seconds between two attempts.').default(2),
  },
  'One request to green.',
).superRefine((check, context) => {
  if (check.body === undefined || (check.method !== 'GET' && check.method !== 'HEAD')) return;
  context.addIssue({ code: 'custom', path: ['body'], message: `must be left out: a ${check.method} request has no body` });
});

export const smokeChecks = z
  .array(smokeCheck, { error: 'must be a list of checks' })
  .max(SMOKE_CHECKS_MAX, { error: `must be a list of at most ${SMOKE_CHECKS_MAX} checks` })
  .superRefine((checks, context) => {
    const names = checks.map((check) => check.name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `must differ from the other checks' names, ${JSON.stringify(name)} is there twice`,
        });
    }
    const seconds = checks.reduce((sum, check) => sum + check.attempts * (check.expect.maxMilliseconds / 1000 + check.delaySeconds), 0);
    if (seconds > SMOKE_CHECKS_SECONDS_MAX) {
      context.addIssue({
        code: 'custom',
        message: `must end within ${SMOKE_CHECKS_SECONDS_MAX} seconds, all attempts of all checks together may take ${Math.ceil(seconds)}`,
      });
    }
  })
  .meta({ description: 'Requests sent to green through the test listener, in this order, before any production traffic. All must pass.' });

export const preflight = section(
  {
    maxScanSeverity: word(
      ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
      'Worst ECR scan finding an image may have and still be deployed. CRITICAL lets every finding through.',
    ).default('CRITICAL'),
    requireScan: flag('Whether an image without a finished scan is refused.').default(false),
  },
  'What is asked of an image before anything changes.',
);

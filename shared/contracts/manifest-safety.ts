// The manifest's sections about what follows from a series of deployments: the service's circuit breaker, and the guard window after a
// success. Put together in manifest.ts; the rules themselves are in core/breaker and core/remediation.
import { defaultServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { defaultGuardPolicy, GUARD_MINUTES_MAX } from '#core/remediation/guard-window.ts';
import { flag, section, wholeNumber, word } from './manifest-fields.ts';

const breakerDefaults = defaultServiceBreakerPolicy;
/** A week. */
const COOL_DOWN_MINUTES_MAX = 10_080;

export const breaker = section(
  {
    enabled: flag('Whether failed deployments in a row stop further ones.').default(true),
    failuresToOpen: wholeNumber(1, 50, 'So many failed deployments in a row open it: pushes are refused.').default(breakerDefaults.failuresToOpen),
    coolDownMinutes: wholeNumber(
      1,
      COOL_DOWN_MINUTES_MAX,
      'Minutes it stays open the first time. Then one push is tried with the smallest canary: its success closes it, its failure opens it again for twice as long.',
    ).default(breakerDefaults.coolDownMinutes),
    coolDownMaxMinutes: wholeNumber(1, COOL_DOWN_MINUTES_MAX, 'Longest time it stays open, minutes; never less than coolDownMinutes.').default(
      breakerDefaults.coolDownMaxMinutes,
    ),
  },
  "The service's circuit breaker.",
);

export const guard = section(
  {
    mode: word(
      ['auto', 'propose', 'off'],
      'What happens when a version goes bad after its deployment succeeded. auto: the last successful one before it is deployed all at once; propose: people are told what to do; off: nothing.',
    ).default(defaultGuardPolicy.mode),
    minutes: wholeNumber(0, GUARD_MINUTES_MAX, 'How long a version goes on being judged after its deployment succeeded, minutes.').default(
      defaultGuardPolicy.minutes,
    ),
  },
  'The guard window after a success.',
);

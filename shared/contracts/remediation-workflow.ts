// What the remediation workflow carries between its steps. statemachines/remediate.asl.yaml passes the input to every step unchanged
// and chooses by `next.kind` only; everything else is in the remediation's record.
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';

/** Every answer a Choice of the state machine knows. The state machine's tests check that it knows them all. */
export const remediationNextKinds = ['act', 'propose', 'alert', 'wait', 'verify', 'stop'] as const;

export type RemediationNext = (typeof remediationNextKinds)[number];

/** What a step tells the state machine: where to go. `waitSeconds` goes with `propose`, `wait` and `verify`: a whole number of at least 1. */
export interface RemediationAnswered {
  readonly next: { readonly kind: RemediationNext; readonly waitSeconds?: number };
}

/** Nothing is left to do. */
export const remediationOver: RemediationAnswered = { next: { kind: 'stop' } };

const remediationInput = z.object({
  serviceKey: z.string().regex(/^[A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255}$/, 'must be cluster/service'),
  // Also the execution's name, hence Step Functions' 80 characters.
  remediationId: z.string().regex(/^[0-9A-Za-z_-]{1,80}$/, 'must be a remediation id'),
});

export type RemediationStepInput = z.output<typeof remediationInput>;

export function parseRemediationInput(input: unknown): Parsed<RemediationStepInput> {
  return parseWith(remediationInput, input);
}

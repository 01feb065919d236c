// What the deployment workflow carries between its steps. statemachines/deploy.asl.yaml passes the input to every step unchanged and
// chooses by `next.kind` only; everything else is in the deployment's record.
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';

/** Every answer a Choice of the state machine knows. The state machine's tests check that it knows them all. */
export const workflowNextKinds = [
  'registerTaskDefinition',
  'startTrafficShift',
  'watch',
  'rollBack',
  'conclude',
  'waitForSlot',
  'handOver',
  'makeSafe',
  'tellAgain',
  'plan',
  'stop',
] as const;

export type WorkflowNext = (typeof workflowNextKinds)[number];

/** What a step tells the state machine: where to go, and nothing its Choices would have to judge. */
export interface StepAnswer {
  /** `waitSeconds` goes with the kinds that wait (`watch`, `waitForSlot`, `makeSafe`, `tellAgain`): a whole number of at least 1. */
  readonly next: { readonly kind: WorkflowNext; readonly waitSeconds?: number };
  /** Signals the decision knew of; AwaitSignal does not wait when there are more. */
  readonly signals?: number;
}

/** Somebody else is responsible now: this run ends without doing anything. */
export const stop: StepAnswer = { next: { kind: 'stop' } };

const workflowInput = z.object({
  serviceKey: z.string().regex(/^[A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255}$/, 'must be cluster/service'),
  // Also the execution's name, hence Step Functions' 80 characters.
  deploymentId: z.string().regex(/^[0-9A-Za-z_-]{1,80}$/, 'must be a deployment id'),
  /** Fencing number under which this run may write. */
  fence: z.number().int().nonnegative(),
  /** Which execution of this deployment's workflow it is, from 1. */
  run: z.number().int().positive(),
  /** Set when a later run takes over: planning and starting have been done. */
  resume: z.boolean().optional(),
});

export type WorkflowInput = z.output<typeof workflowInput>;

export function parseWorkflowInput(input: unknown): Parsed<WorkflowInput> {
  return parseWith(workflowInput, input);
}

// The shell of every Task state's function: parse the state's input, run the flow, answer where to go. Errors keep their names,
// because the state machine's Retry and Catch match on them.
import type { StepAnswer } from '#contracts/workflow.ts';
import { parseWorkflowInput } from '#contracts/workflow.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { correlate } from './correlation.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

/** What a Task state passes besides the workflow's input; each flow reads what it needs. */
export type StepExtras = Readonly<Record<string, unknown>>;

export type StepFlow = (ports: Ports, input: WorkflowInput, extras: StepExtras) => Promise<StepAnswer | undefined>;

/** @param flow what the step does; undefined as its answer leaves `next` as it was */
export function stepHandler(flow: StepFlow) {
  return observed().handler(async (event: unknown) => {
    const parsed = parseWorkflowInput(event);
    if (!parsed.ok) throw new PermanentError(`this step's input is malformed: ${parsed.problem}`);
    const { serviceKey, deploymentId, fence, run, resume = false } = parsed.value;
    correlate({ serviceKey, deploymentId });
    logger.appendKeys({ fence, run });
    const answer = await flow(portsOfThisFunction().ports, { serviceKey, deploymentId, fence, run, resume }, event as StepExtras);
    if (answer !== undefined) logger.info('step decided', { next: answer.next });
    return answer ?? {};
  });
}

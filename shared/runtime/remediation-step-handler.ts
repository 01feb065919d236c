// The shell of every Task state's function of the remediation workflow. Errors keep their names: the state machine matches on them.
import { parseRemediationInput, type RemediationAnswered, type RemediationStepInput } from '#contracts/remediation-workflow.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { Configuration } from './configuration.ts';
import { correlate } from './correlation.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';
import type { StepExtras } from './step-handler.ts';

export type RemediationFlow = (
  ports: Ports,
  input: RemediationStepInput,
  configuration: Configuration,
  extras: StepExtras,
) => Promise<RemediationAnswered | undefined>;

/** @param flow what the step does; undefined as its answer leaves `next` as it was */
export function remediationStepHandler(flow: RemediationFlow) {
  return observed().handler(async (event: unknown) => {
    const parsed = parseRemediationInput(event);
    if (!parsed.ok) throw new PermanentError(`this step's input is malformed: ${parsed.problem}`);
    correlate(parsed.value);
    const { ports, configuration } = portsOfThisFunction();
    const answer = await flow(ports, parsed.value, configuration, event as StepExtras);
    if (answer !== undefined) logger.info('step decided', { next: answer.next });
    return answer ?? {};
  });
}

// The remediation workflow in Step Functions.
import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { RemediationWorkflow } from '#ports/remediation-workflow.ts';
import { callAwsUnless } from '../operating-error.ts';

const nothing = () => undefined;

export function createAwsRemediationWorkflow(client: SFNClient, stateMachineArn: string): RemediationWorkflow {
  return {
    async start({ serviceKey, remediationId, waitSeconds }) {
      // Members in a fixed order: the same name with the same input is idempotent, with another input an error.
      const input = JSON.stringify({ serviceKey, remediationId, waitSeconds });
      await callAwsUnless(`start remediation ${remediationId}`, { ExecutionAlreadyExists: nothing }, () =>
        client.send(new StartExecutionCommand({ stateMachineArn, name: remediationId, input })),
      );
    },
    async wake(token) {
      await callAwsUnless('wake the remediation', { TaskTimedOut: nothing, TaskDoesNotExist: nothing, InvalidToken: nothing }, () =>
        client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' })),
      );
    },
  };
}

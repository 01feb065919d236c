// The deployment workflow in Step Functions.
import { DescribeExecutionCommand, SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '#core/deployment/deployment-id.ts';
import type { Workflow } from '#ports/workflow.ts';
import { callAwsUnless } from '../operating-error.ts';

const nothing = () => undefined;

export function createAwsWorkflow(client: SFNClient, stateMachineArn: string): Workflow {
  return {
    async start(input) {
      const { serviceKey, deploymentId, fence, run, resume } = input;
      // Members in a fixed order: the same name with the same input is idempotent, with another input an error.
      const text = JSON.stringify({ serviceKey, deploymentId, fence, run, resume });
      await callAwsUnless(`start run ${run} of ${deploymentId}`, { ExecutionAlreadyExists: nothing }, () =>
        client.send(new StartExecutionCommand({ stateMachineArn, name: executionName(deploymentId, run), input: text })),
      );
    },
    async status(deploymentId, run) {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(deploymentId, run)}`;
      const answer = await callAwsUnless(`describe run ${run} of ${deploymentId}`, { ExecutionDoesNotExist: () => 'unknown' as const }, () =>
        client.send(new DescribeExecutionCommand({ executionArn })),
      );
      if (answer === 'unknown') return answer;
      return answer.status === 'RUNNING' ? 'running' : 'ended';
    },
    async wake(token) {
      // Used, timed out, or replaced by a retry: whoever waited is awake.
      await callAwsUnless('wake the workflow', { TaskTimedOut: nothing, TaskDoesNotExist: nothing, InvalidToken: nothing }, () =>
        client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' })),
      );
    },
  };
}

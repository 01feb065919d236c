// `weir explain SERVICE TASK`: why a task stopped, and what became of it.
import { parseExplainTaskRequest } from '#contracts/operator-request.ts';
import { explainTask } from '#flows/explain-task.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseExplainTaskRequest, async (ports, { serviceKey, taskId }) => {
  const explained = await explainTask(ports, serviceKey, taskId);
  return explained === undefined
    ? { ok: false, problem: `nobody knows a task ${taskId} of ${serviceKey}: ECS forgets stopped tasks after about an hour, Weir keeps crashes for a week` }
    : { ok: true, value: explained };
});

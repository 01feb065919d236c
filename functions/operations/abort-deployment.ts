// `weir abort`: asks the running deployment to go back to blue.
import { parseDecisionRequest } from '#contracts/operator-request.ts';
import { abortDeployment } from '#flows/abort-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseDecisionRequest, async (ports, request) => ({
  ok: true,
  value: await abortDeployment(ports, request.serviceKey, request.deploymentId, request.by, request.reason),
}));

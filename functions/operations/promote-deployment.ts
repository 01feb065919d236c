// `weir promote`: lets green stay without more evidence.
import { parseDecisionRequest } from '#contracts/operator-request.ts';
import { promoteDeployment } from '#flows/promote-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseDecisionRequest, async (ports, request) => ({
  ok: true,
  value: await promoteDeployment(ports, request.serviceKey, request.deploymentId, request.by, request.reason),
}));

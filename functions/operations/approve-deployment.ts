// `weir approve`: a person approves the deployment that waits for it, or does not.
import { parseApproveRequest } from '#contracts/operator-request.ts';
import { approveDeployment } from '#flows/approve-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseApproveRequest, async (ports, request) => ({ ok: true, value: await approveDeployment(ports, request) }));

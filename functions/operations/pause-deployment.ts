// `weir pause`: a person holds the traffic of the running deployment where it is.
import { parsePauseRequest } from '#contracts/operator-request.ts';
import { pauseDeployment } from '#flows/pause-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parsePauseRequest, async (ports, request) => ({ ok: true, value: await pauseDeployment(ports, request) }));

// `weir resume`: a person lets a paused deployment go on.
import { parsePauseRequest } from '#contracts/operator-request.ts';
import { resumeDeployment } from '#flows/pause-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parsePauseRequest, async (ports, request) => ({ ok: true, value: await resumeDeployment(ports, request) }));

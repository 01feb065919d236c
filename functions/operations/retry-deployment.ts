// `weir retry`: a person asks once more for the image of a deployment that did not succeed.
import { parseRetryRequest } from '#contracts/operator-request.ts';
import { retryDeployment } from '#flows/retry-deployment.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseRetryRequest, async (ports, request) => ({ ok: true, value: await retryDeployment(ports, request) }));

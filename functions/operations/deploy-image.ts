// `weir deploy`: an operator asks for an image that is in the repository already.
import { parseDeployRequest } from '#contracts/operator-request.ts';
import { deployImage } from '#flows/deploy-image.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseDeployRequest, async (ports, request, configuration) => ({
  ok: true,
  value: await deployImage(ports, request, configuration.account),
}));

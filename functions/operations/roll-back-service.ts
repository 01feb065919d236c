// `weir rollback`: a person sends a service back to what served before.
import { parseRollbackRequest } from '#contracts/operator-request.ts';
import { rollBackService } from '#flows/roll-back-service.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseRollbackRequest, async (ports, request, configuration) => ({
  ok: true,
  value: await rollBackService(ports, request, configuration.account),
}));

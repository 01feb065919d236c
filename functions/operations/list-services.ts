// `weir services`: the keys of all services Weir knows, page by page.
import { parseListRequest } from '#contracts/operator-request.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseListRequest, async (ports, request) => ({ ok: true, value: await ports.services.keys(request.after) }));

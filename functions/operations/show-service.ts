// `weir status`: a service's record and its newest deployments.
import { parseShowRequest } from '#contracts/operator-request.ts';
import { showService } from '#flows/show-service.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseShowRequest, async (ports, request) => {
  const view = await showService(ports, request);
  return view === undefined
    ? { ok: false, problem: `no manifest was applied for ${request.serviceKey}; run weir apply -f weir.yaml` }
    : { ok: true, value: { ...view, now: ports.now() } };
});

// `weir breaker open` and `weir breaker close`: an operator sets a service's circuit breaker.
import { parseBreakerRequest } from '#contracts/operator-request.ts';
import { changeBreaker } from '#flows/change-breaker.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseBreakerRequest, async (ports, request) => {
  const changed = await changeBreaker(ports, request);
  return changed === undefined
    ? { ok: false, problem: `no manifest was applied for ${request.serviceKey}; run weir apply -f weir.yaml` }
    : { ok: true, value: changed };
});

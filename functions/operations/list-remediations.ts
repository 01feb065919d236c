// `weir remediation list`: what Weir did, proposed or told about a service.
import { parseListRemediationsRequest } from '#contracts/operator-request.ts';
import { listRemediations } from '#flows/remediation/list-remediations.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseListRemediationsRequest, async (ports, { serviceKey, limit }) => ({
  ok: true,
  value: await listRemediations(ports, serviceKey, limit),
}));

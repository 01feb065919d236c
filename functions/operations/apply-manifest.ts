// `weir apply`: stores a service's manifest, or shows what it would change.
import { parseApplyRequest } from '#contracts/operator-request.ts';
import { parseManifestDocument } from '#contracts/stored-manifest.ts';
import { applyServiceManifest, SERVICE_KEY_LENGTH_MAX } from '#flows/apply-manifest.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseApplyRequest, async (ports, request, configuration) => {
  // The CLI has shown line numbers already; this is the door that counts.
  const manifest = parseManifestDocument(request.manifest);
  if (!manifest.ok) return { ok: false, problem: manifest.problem };
  const keyLength = manifest.value.cluster.length + manifest.value.service.length + 1;
  if (keyLength > SERVICE_KEY_LENGTH_MAX)
    return { ok: false, problem: `cluster/service has ${keyLength} characters; Weir takes at most ${SERVICE_KEY_LENGTH_MAX}` };
  ports.log.info('manifest applied', { by: request.by, dryRun: request.dryRun });
  return { ok: true, value: await applyServiceManifest(ports, manifest.value, configuration.account, request.dryRun) };
});

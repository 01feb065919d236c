// `weir apply`: stores a service's manifest, or shows what it would change.
import { parseApplyRequest } from '#contracts/operator-request.ts';
import { parseManifestDocument } from '#contracts/stored-manifest.ts';
import { applyServiceManifest } from '#flows/apply-manifest.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseApplyRequest, async (ports, request, configuration) => {
  // The CLI has shown line numbers already; this is the door that counts.
  const manifest = parseManifestDocument(request.manifest);
  if (!manifest.ok) return { ok: false, problem: manifest.problem };
  ports.log.info('manifest applied', { by: request.by, dryRun: request.dryRun });
  return { ok: true, value: await applyServiceManifest(ports, manifest.value, configuration.account, request.dryRun) };
});

// An image copied into the registry by skopeo starts the same deployment as `weir local push` does.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { buildImage } from '../../localaws/image/build-image.ts';
import { writeImageArchive } from '../../localaws/image/write-image-archive.ts';
import { isInstalled } from '../support/installed.ts';
import { startScenario } from '../support/scenario/scenario.ts';

const withSkopeo = isInstalled('skopeo') ? test : test.skip;

withSkopeo(
  'skopeo copy of an image archive is deployed as a push is',
  async () => {
    const scenario = await startScenario();
    const folder = mkdtempSync(join(tmpdir(), 'weir-skopeo-'));
    try {
      const image = await buildImage(join(import.meta.dirname, '..', '..', 'examples', 'orders', 'v2'));
      const archive = join(folder, 'orders.tar');
      await writeImageArchive(image, archive, '2.0.0');
      scenario.runtime.script(image.digest, { respond: (_request, response) => void response.end('{}') });
      const registry = new URL(scenario.localAws.endpointUrl).host;
      await promisify(execFile)('skopeo', [
        'copy',
        '--insecure-policy',
        '--dest-tls-verify=false',
        '--dest-creds',
        'AWS:test',
        `oci-archive:${archive}`,
        `docker://${registry}/team/orders:2.0.0`,
      ]);
      const deployment = await scenario.untilEnded(image.digest);
      expect(deployment).toMatchObject({ status: 'Succeeded', request: { source: 'push', tag: '2.0.0', repository: 'team/orders' } });
    } finally {
      rmSync(folder, { recursive: true });
      await scenario.close();
    }
  },
  60_000,
);

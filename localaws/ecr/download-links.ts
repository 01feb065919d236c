// Links to layers that need no further credentials, as ECR's point to S3. Signed with a key of this region, so nothing is
// remembered per link.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Region } from '../region.ts';
import { DOWNLOAD_URL_LIFETIME_MS } from './limits.ts';
import { DIGEST } from './manifest.ts';

/** Where links point on the endpoint. */
export const DOWNLOAD_PATH = '/_ecr/layers/';

export interface DownloadLinks {
  make(digest: string): string;
  /** The digest a link stands for; undefined when it is forged, broken or too old. */
  read(url: URL): string | undefined;
}

export function createDownloadLinks(region: Region): DownloadLinks {
  const key = region.ids.hex(64);
  const sign = (digest: string, expires: string): Buffer => createHmac('sha256', key).update(`${digest}\n${expires}`).digest();
  return {
    make(digest) {
      const expires = String(region.clock.now() + DOWNLOAD_URL_LIFETIME_MS);
      return `${region.internalUrl}${DOWNLOAD_PATH}${digest}?expires=${expires}&signature=${sign(digest, expires).toString('hex')}`;
    },
    read(url) {
      const digest = url.pathname.slice(DOWNLOAD_PATH.length);
      const expires = url.searchParams.get('expires') ?? '';
      const signature = Buffer.from(url.searchParams.get('signature') ?? '', 'hex');
      const expected = sign(digest, expires);
      if (!DIGEST.test(digest) || signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
      return region.clock.now() <= Number(expires) ? digest : undefined;
    },
  };
}

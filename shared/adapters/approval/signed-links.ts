// Approval links signed with HMAC-SHA-256 (RFC 2104). The secret is a key of at least 32 characters, or two of them separated by white
// space: the first signs, both are accepted, so that a key can be replaced without breaking links that are under way.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { claimText, readClaim } from '#core/approval/approval-link.ts';
import type { ApprovalLinks } from '#ports/approval-links.ts';
import { PermanentError } from '#ports/errors.ts';
import type { SecretReference } from '#ports/notifier.ts';
import type { ReadSecret } from '../ssm/aws-secrets.ts';

const KEY_LENGTH_MIN = 32;
const KEYS_MAX = 2;
/** A claim has at most two names of 255 characters, an id of 80 and two times; base64 takes a third more. */
const TOKEN_LENGTH_MAX = 1_500;

export interface SignedLinkOptions {
  readonly readSecret: ReadSecret;
  readonly key: SecretReference;
  /** URL of the page; undefined where links are not switched on. */
  readonly pageUrl: string | undefined;
}

export function createSignedLinks({ readSecret, key, pageUrl }: SignedLinkOptions): ApprovalLinks {
  const keys = async (): Promise<readonly string[]> => {
    const found = (await readSecret(key)).split(/\s+/).filter((text) => text !== '');
    if (found.length === 0 || found.length > KEYS_MAX || found.some((text) => text.length < KEY_LENGTH_MIN))
      throw new PermanentError(`the key of approval links must be one or two texts of at least ${KEY_LENGTH_MIN} characters`);
    return found;
  };
  return {
    async make(claim) {
      if (pageUrl === undefined) return undefined;
      const [current = ''] = await keys();
      const text = claimText(claim);
      return `${pageUrl}?token=${Buffer.from(text).toString('base64url')}.${sign(text, current).toString('base64url')}`;
    },
    async read(token) {
      const [encoded, signature, ...rest] = token.length > TOKEN_LENGTH_MAX ? [] : token.split('.');
      if (encoded === undefined || signature === undefined || rest.length > 0) return undefined;
      const text = Buffer.from(encoded, 'base64url').toString('utf8');
      const given = Buffer.from(signature, 'base64url');
      // Every key is tried whatever the first says: the time tells nothing.
      const good = (await keys()).map((candidate) => isSame(given, sign(text, candidate)));
      return good.includes(true) ? readClaim(text) : undefined;
    },
  };
}

function sign(text: string, key: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

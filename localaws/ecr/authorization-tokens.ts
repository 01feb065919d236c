// The tokens of GetAuthorizationToken. A registry request with one is judged as the principal that fetched it.
import type { AwsShape, Operation, Principal, Region } from '../region.ts';
import { TOKEN_LIFETIME_MS, TOKENS_MAX } from './limits.ts';

/** Who a registry request comes from. */
type TokenReading = { kind: 'principal'; principal: Principal } | { kind: 'expired' } | { kind: 'absent' };

export interface AuthorizationTokens {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Reads an `Authorization` header. */
  read(header: string | undefined): TokenReading;
}

/**
 * Which credentials the registry takes:
 * - none: refused with 401 and a Basic challenge, as ECR does, so that clients know to log in;
 * - a token of GetAuthorizationToken: judged as its principal, until it expires;
 * - any other user and password (also empty ones, which some tools send): the account's root, as the endpoint treats every access key it
 *   did not issue. The endpoint listens on loopback only.
 */
export function createAuthorizationTokens(region: Region): AuthorizationTokens {
  const issued = new Map<string, { principal: Principal; expiresAt: number }>();
  const issue = (principal: Principal): AwsShape => {
    const password = region.ids.hex(128);
    const expiresAt = region.clock.now() + TOKEN_LIFETIME_MS;
    issued.set(password, { principal, expiresAt });
    const oldest = issued.keys().next().value;
    if (issued.size > TOKENS_MAX && oldest !== undefined) issued.delete(oldest);
    const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
    return { authorizationData: [{ authorizationToken, expiresAt: new Date(expiresAt), proxyEndpoint: region.endpointUrl }] };
  };
  return {
    operations: { GetAuthorizationToken: { handle: (_input, call) => issue(call.principal) } },
    read(header) {
      const basic = /^Basic ([A-Za-z0-9+/=_-]*)$/i.exec(header ?? '')?.[1];
      if (basic === undefined) return { kind: 'absent' };
      const pair = Buffer.from(basic, 'base64').toString('utf8');
      const known = issued.get(pair.slice(pair.indexOf(':') + 1));
      if (known === undefined) return { kind: 'principal', principal: { kind: 'root' } };
      return region.clock.now() > known.expiresAt ? { kind: 'expired' } : { kind: 'principal', principal: known.principal };
    },
  };
}

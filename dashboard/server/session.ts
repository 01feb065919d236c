// The session of one `weir dashboard`: a random token that only the person who started it knows, and the cookie it is kept in.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Random bytes of a token: 256 bits, written as 43 characters. */
const TOKEN_BYTES = 32;

export interface Session {
  readonly token: string;
  /** Cookies do not know ports: one for each dashboard of this machine. */
  readonly cookieName: string;
}

export function newSession(port: number): Session {
  return { token: randomBytes(TOKEN_BYTES).toString('base64url'), cookieName: `weir-dashboard-${port}` };
}

/** In constant time, whatever the length of what was presented. */
export function isToken(session: Session, presented: string | undefined): boolean {
  if (presented === undefined) return false;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(presented), hash(session.token));
}

/** Kept by the browser until it is closed, never shown to scripts, never sent along with a request of another site. */
export function sessionCookie({ cookieName, token }: Session): string {
  return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`;
}

export function tokenOfCookies({ cookieName }: Session, cookies: string | undefined): string | undefined {
  const pairs = (cookies ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === cookieName)?.[1];
}

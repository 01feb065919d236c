// Which requests the dashboard answers at all: from this machine, by its loopback name, from its own page, with the session's token.
// Pure but for the token's comparison, so that every refusal can be tested.
import { isToken, type Session, tokenOfCookies } from './session.ts';

export interface RequestFacts {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Admission =
  /** withToken: it came in the address, so the answer sets the cookie. */
  | { readonly kind: 'admitted'; readonly path: string; readonly query: URLSearchParams; readonly withToken: boolean }
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403 | 405 | 421; readonly problem: string };

/** Longest address that is looked at, characters. */
const URL_LENGTH_MAX = 2_000;

/** Names by which the page may be asked: a name that merely resolves to this machine (DNS rebinding) is none of them. */
export function loopbackHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/**
 * Judges a request before anything of it is done.
 * Sources: Fetch Metadata (W3C) for Sec-Fetch-Site and Sec-Fetch-Mode; RFC 9110, 15.5.20 for 421; OWASP CSRF cheat sheet for the order of checks.
 */
export function admitRequest({ method, url, headers }: RequestFacts, session: Session, port: number): Admission {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const host = header('host')?.toLowerCase();
  if (host === undefined || !loopbackHosts(port).includes(host)) {
    return refused(421, `the dashboard answers to ${loopbackHosts(port).join(' and ')} only`);
  }
  if (method !== 'GET' && method !== 'POST') return refused(405, 'GET and POST only');
  if (url.length > URL_LENGTH_MAX || !url.startsWith('/')) return refused(400, 'the address is not one of the dashboard');
  const { pathname: path, searchParams: query } = new URL(url.replace(/^\/+/, '/'), `http://${host}`);
  if (isForeign(method, path, host, header)) return refused(403, 'the dashboard answers to its own page only');
  const inAddress = method === 'GET' && path === '/' ? (query.get('token') ?? undefined) : undefined;
  const presented = inAddress ?? header('x-weir-token') ?? tokenOfCookies(session, header('cookie'));
  if (!isToken(session, presented)) return refused(401, 'open the address that weir dashboard printed: it carries the token of this session');
  return { kind: 'admitted', path, query, withToken: inAddress !== undefined };
}

/** Asked by a page that is not ours. What changes something must say where it comes from; a browser always does. */
function isForeign(method: string, path: string, host: string, header: (name: string) => string | undefined): boolean {
  const origin = header('origin');
  const site = header('sec-fetch-site');
  if (origin !== undefined && origin !== `http://${host}`) return true;
  if (method === 'POST') return origin === undefined || (site !== undefined && site !== 'same-origin');
  // A link in a terminal that runs in a browser leads here from another site; it only ever shows the page, and needs the token.
  if (path === '/' && header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document') return false;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function refused(status: Extract<Admission, { kind: 'refused' }>['status'], problem: string): Admission {
  return { kind: 'refused', status, problem };
}

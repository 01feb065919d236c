import { describe, expect, test } from '@jest/globals';
import { admitRequest, type RequestFacts } from '../../../dashboard/server/admission.ts';
import { newSession, sessionCookie } from '../../../dashboard/server/session.ts';

const PORT = 7010;
const session = newSession(PORT);
const cookie = `theme=dark; ${session.cookieName}=${session.token}`;
const own = { host: `127.0.0.1:${PORT}` };
const judge = (facts: Partial<RequestFacts>) => admitRequest({ method: 'GET', url: '/api/services', headers: own, ...facts }, session, PORT);
const status = (facts: Partial<RequestFacts>): number => {
  const admission = judge(facts);
  return admission.kind === 'refused' ? admission.status : 200;
};

describe('a request to the dashboard', () => {
  test('with the token in the address of the page is admitted and gets the cookie', () => {
    expect(judge({ url: `/?token=${session.token}` })).toMatchObject({ kind: 'admitted', path: '/', withToken: true });
    expect(sessionCookie(session)).toMatch(/; HttpOnly; SameSite=Strict$/);
  });

  test('with the cookie, or the token as a header, is admitted', () => {
    expect(judge({ headers: { ...own, cookie } })).toMatchObject({ kind: 'admitted', path: '/api/services', withToken: false });
    expect(status({ headers: { ...own, 'x-weir-token': session.token } })).toBe(200);
    expect(status({ headers: { host: `localhost:${PORT}`, cookie } })).toBe(200);
  });

  test.each([
    ['no token', {}],
    ['an empty token', { url: '/?token=' }],
    ['another token', { url: `/?token=${newSession(PORT).token}` }],
    ['a beginning of the token', { url: `/?token=${session.token.slice(0, -1)}` }],
    ['the cookie of a dashboard on another port', { headers: { ...own, cookie: `weir-dashboard-7011=${session.token}` } }],
    ['the token in the address of something else than the page', { url: `/api/services?token=${session.token}` }],
  ])('with %s is refused with 401', (_what, facts) => {
    expect(status(facts)).toBe(401);
  });

  test.each([
    ['a name that only resolves to this machine', `evil.example:${PORT}`],
    ['another port', '127.0.0.1:80'],
    ['a name without a port', 'localhost'],
    ['an address of the network', `192.168.1.7:${PORT}`],
    ['a name that begins like ours', `127.0.0.1:${PORT}.evil.example`],
  ])('asked by %s is refused with 421, token or not', (_what, host) => {
    expect(status({ headers: { host, cookie } })).toBe(421);
  });

  test('without a host is refused with 421', () => {
    expect(status({ headers: { cookie } })).toBe(421);
  });

  test.each([
    ['an origin elsewhere', { origin: 'https://evil.example' }],
    ['a hidden origin', { origin: 'null' }],
    ['the origin of another port', { origin: 'http://127.0.0.1:80' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('from %s is refused with 403, to read and to change', (_what, headers) => {
    expect(status({ headers: { ...own, cookie, ...headers } })).toBe(403);
    expect(status({ method: 'POST', headers: { ...own, cookie, origin: `http://${own.host}`, ...headers } })).toBe(403);
  });

  test('to change something must say that it comes from the page itself', () => {
    expect(status({ method: 'POST', headers: { ...own, cookie } })).toBe(403);
    expect(status({ method: 'POST', headers: { ...own, cookie, origin: 'http://localhost:7010' } })).toBe(403);
    expect(status({ method: 'POST', headers: { ...own, cookie, origin: `http://${own.host}`, 'sec-fetch-site': 'same-origin' } })).toBe(200);
  });

  test('that follows a link from another site shows the page only with the token, and never anything else', () => {
    const link = { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(status({ url: `/?token=${session.token}`, headers: link })).toBe(200);
    expect(status({ url: '/', headers: link })).toBe(401);
    expect(status({ url: '/api/services', headers: { ...link, cookie } })).toBe(403);
    expect(status({ url: `/?token=${session.token}`, headers: { ...link, 'sec-fetch-dest': 'iframe' } })).toBe(403);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'HEAD'])('%s is refused with 405', (method) => {
    expect(status({ method, headers: { ...own, cookie } })).toBe(405);
  });

  test('with an address that is none is refused', () => {
    expect(status({ url: `/${'a'.repeat(3_000)}`, headers: { ...own, cookie } })).toBe(400);
    expect(judge({ url: '//evil.example/api', headers: { ...own, cookie } })).toMatchObject({ kind: 'admitted', path: '/evil.example/api' });
    expect(status({ url: 'http://evil.example/', headers: { ...own, cookie } })).toBe(400);
  });
});

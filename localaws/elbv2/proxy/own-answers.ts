// What the load balancer answers by itself: fixed responses, redirects and its error pages.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Action } from '../load-balancing-state.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

function reply(request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  if (response.headersSent || response.destroyed) return;
  // What is left of a request body would be read as the next request.
  const close = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { server: 'awselb/2.0', ...headers, 'content-length': String(Buffer.byteLength(body)), ...close });
  response.end(body);
  request.resume();
}

/** An error page of the load balancer. The reason, for the person at this machine, is in a header AWS does not have. */
export function answerError(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
  const title = `${status} ${TITLES[status] ?? ''}`.trim();
  const page = `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>\r\n`;
  reply(request, response, status, { 'content-type': 'text/html', 'x-localaws-reason': reason.replaceAll(/[^\x20-\x7e]/g, ' ') }, page);
}

export function answerFixed(request: IncomingMessage, response: ServerResponse, action: Extract<Action, { kind: 'fixed-response' }>): void {
  const type: Record<string, string> = action.contentType === undefined ? {} : { 'content-type': `${action.contentType}; charset=utf-8` };
  reply(request, response, Number(action.statusCode), type, action.messageBody ?? '');
}

export function answerRedirect(request: IncomingMessage, response: ServerResponse, action: Extract<Action, { kind: 'redirect' }>, listenerPort: number): void {
  reply(request, response, action.statusCode === 'HTTP_301' ? 301 : 302, { location: redirectLocation(request, action, listenerPort) }, '');
}

/** The Location of a redirect; `#{host}` and its like stand for the parts of the request. */
export function redirectLocation(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  action: Extract<Action, { kind: 'redirect' }>,
  listenerPort: number,
): string {
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  const parts: Record<string, string> = {
    protocol: 'http',
    host: (request.headers.host ?? '127.0.0.1').replace(/:\d+$/, ''),
    port: String(listenerPort),
    path: path.replace(/^\//, ''),
    query: rest.join('?'),
  };
  const fill = (template: string): string => template.replaceAll(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => parts[name] ?? '');
  const protocol = fill(action.protocol).toLowerCase();
  const port = fill(action.port);
  const isUsual = (protocol === 'http' && port === '80') || (protocol === 'https' && port === '443');
  const query = fill(action.query);
  return `${protocol}://${fill(action.host)}${isUsual ? '' : `:${port}`}${fill(action.path)}${query === '' ? '' : `?${query}`}`;
}

// Whether a request meets a rule's conditions. Pure; wildcards are matched in linear time, never by a regular expression.
import { BlockList, isIPv4 } from 'node:net';
import type { Condition } from './load-balancing-state.ts';

/** A request as routing sees it. */
export interface RoutableRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: string;
  /** Lower-case names; several values of a name joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly clientAddress: string;
}

/** Whether every condition holds (any value of a condition is enough). */
export function matchesConditions(conditions: readonly Condition[], request: RoutableRequest): boolean {
  return conditions.every((condition) => matches(condition, request));
}

function matches(condition: Condition, request: RoutableRequest): boolean {
  switch (condition.kind) {
    case 'path-pattern':
      return condition.values.some((pattern) => matchesWildcard(pattern, request.path));
    case 'host-header': {
      const host = (request.headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase();
      return condition.values.some((pattern) => matchesWildcard(pattern.toLowerCase(), host));
    }
    case 'http-header': {
      const value = request.headers[condition.name.toLowerCase()]?.toLowerCase();
      return value !== undefined && condition.values.some((pattern) => matchesWildcard(pattern.toLowerCase(), value));
    }
    case 'http-request-method':
      return condition.values.includes(request.method);
    case 'query-string':
      return condition.values.some(({ key, value }) => matchesQuery(request.query, key?.toLowerCase(), value.toLowerCase()));
    case 'source-ip':
      return condition.values.some((cidr) => isInside(cidr, request.clientAddress));
  }
}

function matchesQuery(query: string, key: string | undefined, value: string): boolean {
  for (const [name, actual] of new URLSearchParams(query.toLowerCase())) {
    if ((key === undefined || matchesWildcard(key, name)) && matchesWildcard(value, actual)) return true;
  }
  return false;
}

function isInside(cidr: string, address: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  if (isIPv4(address) !== (family === 'ipv4')) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(address, family);
}

/** `*` stands for any characters, `?` for exactly one. Greedy with one point of return: linear in practice, quadratic at worst. */
export function matchesWildcard(pattern: string, value: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < value.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = from;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === value[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

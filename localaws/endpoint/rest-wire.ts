// Rest-style services (Lambda, Scheduler): the operation is in the method and path.
import type { AwsShape, RestRequest, RestRoute } from '../region.ts';
import { parseJsonInput } from './json-wire.ts';

/** The route for a request, and what its path captured; undefined when no route fits. */
export function matchRoute(routes: readonly RestRoute[], method: string, pathname: string): { route: RestRoute; path: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const path = matchPath(route.path, pathname);
    if (path !== undefined) return { route, path };
  }
  return undefined;
}

function matchPath(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = pattern.split('/').filter((part) => part !== '');
  const given = pathname.split('/').filter((part) => part !== '');
  const captured: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.endsWith('+}')) {
      captured[part.slice(1, -2)] = given.slice(index).map(decodeURIComponent).join('/');
      return captured;
    }
    const actual = given[index];
    if (actual === undefined) return undefined;
    if (part.startsWith('{')) captured[part.slice(1, -1)] = decodeURIComponent(actual);
    else if (part !== actual) return undefined;
  }
  return wanted.length === given.length ? captured : undefined;
}

/** What a route's request means when the route does not say: path and query parameters and the JSON body, the path winning. */
export function defaultRestInput(request: RestRequest): AwsShape {
  return { ...request.query, ...parseJsonInput(request.body), ...request.path };
}

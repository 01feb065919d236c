// The cookies AWSALBTG (sticky target group) and AWSALB (sticky target). They hold when they were issued on the region's clock,
// so that they end with simulated time; AWS's are encrypted and hold the same.
import type { Target, TargetGroup, WeightedGroup } from './load-balancing-state.ts';
import type { RoutableRequest } from './match-conditions.ts';

const GROUP_COOKIE = 'AWSALBTG';
const TARGET_COOKIE = 'AWSALB';

/** The group a client is bound to. Its weight does not matter, 0 included: sticky clients skew a canary's share. */
export function stickyGroup(request: RoutableRequest, groups: readonly WeightedGroup[], durationSeconds: number, now: number): WeightedGroup | undefined {
  const bound = readCookie(request, GROUP_COOKIE, durationSeconds, now);
  return groups.find((group) => group.targetGroupArn === bound);
}

/** The target a client is bound to, while it may take requests. */
export function stickyTarget(request: RoutableRequest, group: TargetGroup, eligible: readonly Target[], now: number): Target | undefined {
  const bound = readCookie(request, TARGET_COOKIE, durationOf(group), now);
  return eligible.find((target) => `${group.dimension}|${target.id}:${target.port}` === bound);
}

/** Set-Cookie values that bind a client to a group. */
export function groupCookies(targetGroupArn: string, durationSeconds: number, now: number): string[] {
  return cookies(GROUP_COOKIE, targetGroupArn, durationSeconds, now);
}

/** Set-Cookie values that bind a client to a target; renewed by every answer. */
export function targetCookies(group: TargetGroup, target: Target, now: number): string[] {
  return cookies(TARGET_COOKIE, `${group.dimension}|${target.id}:${target.port}`, durationOf(group), now);
}

function durationOf(group: TargetGroup): number {
  return Number(group.attributes.get('stickiness.lb_cookie.duration_seconds') ?? 86_400);
}

function cookies(name: string, bound: string, durationSeconds: number, now: number): string[] {
  const value = Buffer.from(JSON.stringify([bound, now])).toString('base64url');
  const attributes = `Max-Age=${durationSeconds}; Path=/`;
  return [`${name}=${value}; ${attributes}`, `${name}CORS=${value}; ${attributes}; SameSite=None; Secure`];
}

function readCookie(request: RoutableRequest, name: string, durationSeconds: number, now: number): string | undefined {
  for (const part of (request.headers['cookie'] ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if ((key !== name && key !== `${name}CORS`) || value === undefined) continue;
    try {
      const [bound, issuedAt]: unknown[] = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
      if (typeof bound === 'string' && typeof issuedAt === 'number' && now < issuedAt + durationSeconds * 1_000) return bound;
    } catch {
      // A cookie of somebody else's making binds nobody.
    }
  }
  return undefined;
}

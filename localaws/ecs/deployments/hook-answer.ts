// What a hook function answered, judged as ECS judges it: anything but a well-formed answer ends the deployment.
import { HOOK_CALLBACK_SECONDS_DEFAULT, HOOK_CALLBACK_SECONDS_MAX, HOOK_CALLBACK_SECONDS_MIN } from '../limits.ts';

export type HookAnswer =
  | { readonly kind: 'Succeeded' }
  | { readonly kind: 'Failed' }
  | { readonly kind: 'InProgress'; readonly delayMs: number; readonly hookDetails: unknown }
  /** `why` completes AWS's text "ECS was unable to parse the response from TARGET due to: ...". */
  | { readonly kind: 'Malformed'; readonly why: string };

/** Reads an invocation's payload. A function that threw answers `{errorType, errorMessage}`, which has no hookStatus. */
export function readHookAnswer(payload: string, delayMembers: readonly string[]): HookAnswer {
  const answer = parsed(payload);
  // The text for a missing hookStatus is AWS's; those for other defects are not known and ours.
  if (answer === undefined) return { kind: 'Malformed', why: 'The response is not valid JSON.' };
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return { kind: 'Malformed', why: 'HookStatus must not be null.' };
  const { hookStatus, hookDetails } = answer as Record<string, unknown>;
  switch (hookStatus) {
    case 'SUCCEEDED':
      return { kind: 'Succeeded' };
    case 'FAILED':
      return { kind: 'Failed' };
    case 'IN_PROGRESS':
      return inProgress(answer as Record<string, unknown>, delayMembers, hookDetails);
    case undefined:
    case null:
      return { kind: 'Malformed', why: 'HookStatus must not be null.' };
    default:
      return { kind: 'Malformed', why: `${JSON.stringify(hookStatus)} is not a valid HookStatus.` };
  }
}

function inProgress(answer: Record<string, unknown>, delayMembers: readonly string[], hookDetails: unknown): HookAnswer {
  const name = delayMembers.find((member) => answer[member] !== undefined && answer[member] !== null);
  const seconds: unknown = name === undefined ? HOOK_CALLBACK_SECONDS_DEFAULT : answer[name];
  const isValid = typeof seconds === 'number' && seconds >= HOOK_CALLBACK_SECONDS_MIN && seconds <= HOOK_CALLBACK_SECONDS_MAX;
  // The bounds are ours: AWS documents none, and a delay of 0 would be a function called without pause for a day.
  if (!isValid) return { kind: 'Malformed', why: `${name} must be a number of seconds from ${HOOK_CALLBACK_SECONDS_MIN} to ${HOOK_CALLBACK_SECONDS_MAX}.` };
  return { kind: 'InProgress', delayMs: seconds * 1_000, hookDetails };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** What the next invocation gets as hookDetails: the function's own members over those it had. */
export function mergedDetails(before: unknown, returned: unknown): unknown {
  if (returned === undefined || returned === null) return before;
  return isPlain(before) && isPlain(returned) ? { ...before, ...returned } : returned;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// How a state ends other than well. ExecutionFault is what Retry and Catch see; Interrupted unwinds a branch that is no longer
// wanted (StopExecution, the execution's timeout, a sibling's failure).

/** A failure in the words of Step Functions. Either text may be absent: a Fail state need not give them. */
export class ExecutionFault extends Error {
  readonly errorName: string | undefined;
  readonly causeText: string | undefined;
  /** false: no Retry or Catch sees it (States.Runtime, the history's limit, no choice matched). */
  readonly catchable: boolean;

  constructor(errorName: string | undefined, causeText: string | undefined, options: { catchable?: boolean } = {}) {
    super(`${errorName ?? 'no error name'}: ${causeText ?? 'no cause'}`);
    this.name = 'ExecutionFault';
    this.errorName = errorName;
    this.causeText = causeText;
    this.catchable = options.catchable ?? true;
  }
}

export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Error names that a wildcard does not match. */
const NOT_IN_ALL: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Whether one name of an ErrorEquals matches a fault. */
export function matchesError(name: string, fault: ExecutionFault): boolean {
  if (!fault.catchable) return false;
  const error = fault.errorName ?? '';
  if (name === error) return true;
  if (name === 'States.ALL') return !NOT_IN_ALL.has(error);
  if (name === 'States.TaskFailed') return !NOT_IN_ALL.has(error) && error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout';
  // A missed heartbeat is a timeout too; which of the two names AWS reports is not documented (unverified).
  return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
}

/** `{Error, Cause}` as catchers and `.sync` parents see it. */
export function errorOutputOf(fault: ExecutionFault): { Error: string; Cause: string } {
  return { Error: fault.errorName ?? '', Cause: fault.causeText ?? '' };
}

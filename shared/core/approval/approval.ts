// Approval of a deployment by people before its first production traffic: N of those who may, within a time. One concept for both
// drivers; where the deployment waits meanwhile is theirs (a PAUSE hook of ECS, or before CodeDeploy's deployment is created). Pure.

export interface ApprovalRules {
  /** How many different people must approve. */
  readonly required: number;
  /** ARNs of who may, `*` standing for any text as in IAM; empty: everybody who may ask the operation. */
  readonly approvers: readonly string[];
  readonly timeoutMinutes: number;
  readonly onTimeout: 'rollBack' | 'goOn';
}

export interface ApprovalAnswer {
  readonly by: string;
  readonly reason: string;
  readonly approves: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One deployment's approval on record: who was asked when, who said what and why, how it ended. */
export interface ApprovalState {
  readonly rules: ApprovalRules;
  readonly askedAt: number;
  readonly answers: readonly ApprovalAnswer[];
  /** When people were told that it waits. */
  readonly toldAt?: number;
  readonly ended?: { readonly kind: 'approved' | 'rejected' | 'timedOut'; readonly at: number; readonly reason: string };
}

export type ApprovalEvent =
  | { readonly type: 'ApprovalAsked'; readonly rules: ApprovalRules }
  | { readonly type: 'ApprovalAnswered'; readonly by: string; readonly reason: string; readonly approves: boolean }
  | { readonly type: 'ApprovalTold' }
  | { readonly type: 'ApprovalEnded'; readonly kind: 'approved' | 'rejected' | 'timedOut'; readonly reason: string };

export type ApprovalDecision =
  | { readonly kind: 'waits'; readonly missing: number; readonly until: number }
  /** goesOn: approved, or nobody answered in time and the rules go on then. */
  | { readonly kind: 'goesOn' | 'goesBack'; readonly end: NonNullable<ApprovalState['ended']>['kind']; readonly reason: string };

/** Longest time a PAUSE hook of ECS can wait, minutes: 14 days. Source: ECS API, DeploymentLifecycleHook, timeoutConfiguration. */
export const APPROVAL_MINUTES_MAX = 20_160;
export const APPROVALS_REQUIRED_MAX = 10;
/** Most answers kept: nobody answers twice, and more people than that are not asked. */
const APPROVAL_ANSWERS_MAX = 50;

const approvalEventTypes: ReadonlySet<string> = new Set<ApprovalEvent['type']>(['ApprovalAsked', 'ApprovalAnswered', 'ApprovalTold', 'ApprovalEnded']);

export function isApprovalEvent(event: { readonly type: string }): event is ApprovalEvent {
  return approvalEventTypes.has(event.type);
}

/** One no is enough; what ended stays as it ended. */
export function decideApproval({ rules, askedAt, answers, ended }: ApprovalState, now: number): ApprovalDecision {
  if (ended !== undefined) return { kind: goesOn(ended.kind, rules) ? 'goesOn' : 'goesBack', end: ended.kind, reason: ended.reason };
  const no = answers.find(({ approves }) => !approves);
  if (no !== undefined) return { kind: 'goesBack', end: 'rejected', reason: `${no.by} did not approve: ${no.reason}` };
  if (answers.length >= rules.required) {
    return { kind: 'goesOn', end: 'approved', reason: `approved by ${answers.map(({ by, reason }) => `${by} (${reason})`).join(', ')}` };
  }
  const missing = rules.required - answers.length;
  const until = askedAt + rules.timeoutMinutes * 60_000;
  if (now < until) return { kind: 'waits', missing, until };
  const kind = goesOn('timedOut', rules) ? 'goesOn' : 'goesBack';
  return { kind, end: 'timedOut', reason: `${missing} of ${rules.required} approval(s) still missing after ${rules.timeoutMinutes} min` };
}

function goesOn(end: 'approved' | 'rejected' | 'timedOut', { onTimeout }: ApprovalRules): boolean {
  return end === 'approved' || (end === 'timedOut' && onTimeout === 'goOn');
}

/** Why an answer does not count; undefined: it does. */
export function answerProblem(state: ApprovalState | undefined, by: string, now: number): string | undefined {
  if (state === undefined) return 'the deployment does not wait for approval';
  const decision = decideApproval(state, now);
  if (decision.kind !== 'waits') return `the approval is over: ${decision.reason}`;
  const { approvers } = state.rules;
  if (approvers.length > 0 && !approvers.some((pattern) => matchesArn(pattern, by))) return `${by} is not among the approvers: ${approvers.join(', ')}`;
  return state.answers.some((answer) => answer.by === by) ? `${by} has answered already` : undefined;
}

/** `*` stands for any text, everything else for itself. */
function matchesArn(pattern: string, arn: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return arn === pattern;
  if (!arn.startsWith(first) || arn.length < first.length + last.length || !arn.endsWith(last)) return false;
  let at = first.length;
  const end = arn.length - last.length;
  for (const part of rest) {
    const found = arn.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

export function applyApprovalEvent(state: ApprovalState | undefined, event: ApprovalEvent, now: number): ApprovalState | undefined {
  if (event.type === 'ApprovalAsked') return state ?? { rules: event.rules, askedAt: now, answers: [] };
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'ApprovalAnswered': {
      const { by, reason, approves } = event;
      return answerProblem(state, by, now) === undefined && state.answers.length < APPROVAL_ANSWERS_MAX
        ? { ...state, answers: [...state.answers, { by, reason, approves, at: now }] }
        : state;
    }
    case 'ApprovalTold':
      return { ...state, toldAt: state.toldAt ?? now };
    case 'ApprovalEnded':
      return { ...state, ended: state.ended ?? { kind: event.kind, at: now, reason: event.reason } };
  }
}

/** The timeline's words. */
export function describeApprovalEvent(event: ApprovalEvent, before: ApprovalState | undefined): string | undefined {
  switch (event.type) {
    case 'ApprovalAsked':
      return before === undefined ? approvalQuestion(event.rules) : undefined;
    case 'ApprovalAnswered':
      return `${event.by} ${event.approves ? 'approved' : 'did not approve'}: ${event.reason}`;
    case 'ApprovalTold':
      return undefined;
    case 'ApprovalEnded':
      return before?.ended === undefined ? `Approval ${event.kind === 'timedOut' ? 'timed out' : event.kind}: ${event.reason}` : undefined;
  }
}

export function approvalQuestion({ required, approvers, timeoutMinutes, onTimeout }: ApprovalRules): string {
  const whom = approvers.length === 0 ? '' : ` of ${approvers.join(', ')}`;
  return `Waits for ${required} approval(s)${whom} before any production traffic; without them it ${onTimeout === 'goOn' ? 'goes on' : 'goes back'} after ${timeoutMinutes} min`;
}

// IAM's decision, pure: an explicit deny wins over an allow, an allow over silence.
import { type ConditionContext, conditionsHold, substituteVariables } from './policy-conditions.ts';
import type { PatternSet, PolicyDocument, Statement } from './policy-document.ts';
import { matchesWildcard } from './wildcard.ts';

export interface NamedPolicy {
  /** Name of an inline policy or ARN of a managed one. */
  readonly id: string;
  readonly document: PolicyDocument;
}

export interface PolicyRequest {
  readonly action: string;
  /** An ARN, or `*` for actions without resource-level permission, which only a `*` in the policy grants. */
  readonly resource: string;
  readonly context: ConditionContext;
}

/** A statement that spoke on a request, and which of its action patterns fitted. */
export interface Match {
  readonly policyId: string;
  readonly statement: Statement;
  readonly actionPattern: string;
}

export interface Decision {
  readonly outcome: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** All the statements behind the outcome. */
  readonly matches: readonly Match[];
}

export function evaluatePolicies(policies: readonly NamedPolicy[], request: PolicyRequest): Decision {
  const allows: Match[] = [];
  const denies: Match[] = [];
  for (const policy of policies) {
    for (const statement of policy.document.statements) {
      const actionPattern = matchStatement(statement, request);
      if (actionPattern === undefined) continue;
      (statement.effect === 'Deny' ? denies : allows).push({ policyId: policy.id, statement, actionPattern });
    }
  }
  if (denies.length > 0) return { outcome: 'explicitDeny', matches: denies };
  return allows.length > 0 ? { outcome: 'allowed', matches: allows } : { outcome: 'implicitDeny', matches: [] };
}

/** The action pattern by which a statement applies to a request; undefined when it does not apply. */
function matchStatement(statement: Statement, request: PolicyRequest): string | undefined {
  const action = request.action.toLowerCase();
  const actionPattern = findPattern(statement.actions, (pattern) => matchesWildcard(pattern.toLowerCase(), action));
  if (actionPattern === undefined) return undefined;
  const resourcePattern = findPattern(statement.resources, (pattern) => {
    const filled = pattern.includes('${') ? substituteVariables(pattern, request.context) : pattern;
    return filled !== undefined && matchesWildcard(filled, request.resource);
  });
  if (resourcePattern === undefined || (statement.conditions.length > 0 && !conditionsHold(statement.conditions, request.context))) return undefined;
  return actionPattern;
}

function findPattern(set: PatternSet, fits: (pattern: string) => boolean): string | undefined {
  const found = set.patterns.find(fits);
  if (!set.inverted) return found;
  return found === undefined ? `not ${set.patterns.join(', ')}` : undefined;
}

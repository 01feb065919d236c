// Judges calls made by roles against the policies of the role, and remembers which granted permissions were ever needed.
import type { Principal, Region } from '../region.ts';
import type { IdentityStore, RoleRecord } from './identity-store.ts';
import { DECISIONS_KEPT_MAX, DENIALS_KEPT_MAX } from './limits.ts';
import type { ConditionContext } from './policy-conditions.ts';
import { type Decision, evaluatePolicies, type NamedPolicy } from './policy-evaluator.ts';

export interface Denial {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly at: number;
}

export interface UnusedPermission {
  readonly roleArn: string;
  /** Name of the inline policy or ARN of the managed one. */
  readonly policy: string;
  /** Sid of the statement, or its place in the policy counted from 0. */
  readonly statement: string;
  /** The action as the statement writes it. */
  readonly action: string;
}

export interface Judge {
  /** AWS's message when the principal may not do this, undefined when it may. */
  judge(principal: Principal, action: string, resources: readonly string[], extra?: Readonly<Record<string, string>>): string | undefined;
  /** A role's decision on one action and resource, leaving no trace in the report. */
  simulate(role: RoleRecord, action: string, resource: string): Decision;
  unusedPermissions(): UnusedPermission[];
  denials(): readonly Denial[];
}

export function createJudge(region: Region, store: IdentityStore): Judge {
  const denials: Denial[] = [];

  /** Of roles that make calls: what was decided under the policies they have now. */
  const decided = new WeakMap<RoleRecord, { readonly policies: readonly NamedPolicy[]; readonly decisions: Map<string, Decision> }>();

  const decide = (role: RoleRecord, action: string, resource: string, extra: Readonly<Record<string, string>>): { decision: Decision; boundary: boolean } => {
    const policies = store.policiesOf(role);
    let known = decided.get(role);
    if (known === undefined || !areSame(known.policies, policies)) {
      known = { policies, decisions: new Map() };
      decided.set(role, known);
    }
    const before = known.decisions.get(`${action} ${resource}`);
    if (before !== undefined) return { decision: before, boundary: false };
    let made: ConditionContext | undefined;
    const request = {
      action,
      resource,
      // Few statements ask for it.
      get context() {
        made ??= contextOf(region, store, role, action, resource, extra);
        return made;
      },
    };
    const decision = evaluatePolicies(policies, request);
    // What no condition and no variable had a say in is decided so the next time.
    if (made === undefined && role.boundaryArn === undefined && known.decisions.size < DECISIONS_KEPT_MAX)
      known.decisions.set(`${action} ${resource}`, decision);
    if (decision.outcome !== 'allowed' || role.boundaryArn === undefined) return { decision, boundary: false };
    const document = store.managedDocument(role.boundaryArn);
    const limited = evaluatePolicies(document === undefined ? [] : [{ id: role.boundaryArn, document }], request);
    return limited.outcome === 'allowed' ? { decision, boundary: false } : { decision: limited, boundary: true };
  };

  const refuse = (roleArn: string, sessionName: string, action: string, resource: string, reason: string): string => {
    if (denials.length >= DENIALS_KEPT_MAX) denials.shift();
    denials.push({ roleArn, action, resource, at: region.clock.now() });
    return `User: ${sessionArn(roleArn, sessionName)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  };

  return {
    judge(principal, action, resources, extra = {}) {
      if (principal.kind !== 'role') return undefined;
      const { roleArn, sessionName } = principal;
      const role = store.roleByArn(roleArn);
      for (const resource of resources) {
        const implicit = `because no identity-based policy allows the ${action} action`;
        // A role nobody made holds no permission. AWS would not even have given it credentials; the remark helps to see that.
        if (role === undefined) return refuse(roleArn, sessionName, action, resource, `${implicit} (localaws: the role ${roleArn} does not exist)`);
        const { decision, boundary } = decide(role, action, resource, extra);
        const kind = boundary ? 'a permissions boundary' : 'an identity-based policy';
        if (decision.outcome === 'explicitDeny') return refuse(roleArn, sessionName, action, resource, `with an explicit deny in ${kind}`);
        if (decision.outcome === 'implicitDeny') {
          return refuse(roleArn, sessionName, action, resource, boundary ? `because no permissions boundary allows the ${action} action` : implicit);
        }
        for (const match of decision.matches) role.used.add(usageKey(match.policyId, match.statement.label, match.actionPattern));
      }
      return undefined;
    },
    simulate: (role, action, resource) => decide(role, action, resource, {}).decision,
    unusedPermissions: () => [...store.roles.values()].flatMap((role) => unusedOf(store, role)),
    denials: () => [...denials],
  };
}

function areSame(some: readonly NamedPolicy[], others: readonly NamedPolicy[]): boolean {
  return some.length === others.length && some.every(({ id, document }, index) => id === others[index]?.id && document === others[index]?.document);
}

function usageKey(policy: string, statement: string, action: string): string {
  return `${policy}\n${statement}\n${action}`;
}

function unusedOf(store: IdentityStore, role: RoleRecord): UnusedPermission[] {
  return store.policiesOf(role).flatMap(({ id, document }) =>
    document.statements
      .filter((statement) => statement.effect === 'Allow')
      .flatMap(({ label, actions }) => (actions.inverted ? [`not ${actions.patterns.join(', ')}`] : actions.patterns).map((action) => ({ label, action })))
      .filter(({ label, action }) => !role.used.has(usageKey(id, label, action)))
      .map(({ label, action }) => ({ roleArn: role.arn, policy: id, statement: label, action })),
  );
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`: sessions leave the role's path out. */
function sessionArn(roleArn: string, sessionName: string): string {
  const account = roleArn.split(':')[4] ?? '';
  return `arn:aws:sts::${account}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${sessionName}`;
}

/** What policies may ask about a call. Keys absent here are unknown, and statements that need them do not match. */
function contextOf(
  region: Region,
  store: IdentityStore,
  role: RoleRecord,
  action: string,
  resource: string,
  extra: Readonly<Record<string, string>>,
): ConditionContext {
  const now = region.clock.now();
  const context = new Map<string, readonly string[]>([
    ['aws:principalarn', [role.arn]],
    ['aws:principalaccount', [store.account]],
    ['aws:principaltype', ['AssumedRole']],
    ['aws:requestedregion', [region.name]],
    ['aws:resourceaccount', [resource.split(':')[4] || store.account]],
    // Real AWS is only reached over TLS; plain HTTP here is the loopback interface's privilege.
    ['aws:securetransport', ['true']],
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(Math.floor(now / 1000))]],
    ['aws:viaawsservice', ['false']],
    ['aws:sourcearn', []],
    ['aws:sourceaccount', []],
    ['aws:multifactorauthpresent', []],
  ]);
  for (const [key, value] of role.tags) context.set(`aws:principaltag/${key.toLowerCase()}`, [value]);
  const cluster = action.startsWith('ecs:') ? /^(arn:[^:]*:ecs:[^:]*:[^:]*):[a-z-]+\/([^/]+)\/./.exec(resource) : null;
  if (cluster !== null) context.set('ecs:cluster', [`${cluster[1]}:cluster/${cluster[2]}`]);
  for (const [key, value] of Object.entries(extra)) context.set(key.toLowerCase(), [value]);
  return context;
}

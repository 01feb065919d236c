// IAM of the local AWS: the service that keeps roles and policies, the authorizer that the dispatcher asks about every call of
// a role, and the report of what was granted and never needed.
import { AwsError } from '../endpoint/aws-error.ts';
import type { Authorizer, Interceptor } from '../endpoint/dispatcher.ts';
import type { AwsShape, Operation, Region, ServiceFactory } from '../region.ts';
import { additionalPermissions } from './additional-permissions.ts';
import { createJudge, type Denial, type Judge, type UnusedPermission } from './authorizer.ts';
import { createIdentityStore, type IdentityStore, noSuchEntity } from './identity-store.ts';
import { listOf, pageOf, requiredText, validationError } from './input-members.ts';
import { createManagedPolicyOperations } from './managed-policy-operations.ts';
import { createRoleOperations } from './role-operations.ts';
import { createRolePolicyOperations } from './role-policy-operations.ts';

export interface Iam {
  readonly factory: ServiceFactory;
  /** For `dispatcher.setAuthorizer`. Denies roles everything until the service has been made. */
  readonly authorizer: Authorizer;
  /** For `dispatcher.intercept`, before any other: asks for permissions that depend on the input (iam:PassRole, transactions). */
  readonly interceptor: Interceptor;
  report(): IamReport;
}

export interface IamReport {
  readonly unusedPermissions: readonly UnusedPermission[];
  /** The latest refused calls. */
  readonly denials: readonly Denial[];
}

/** One IAM, for one region. */
export function createIam(): Iam {
  let judge: Judge | undefined;
  let home: Region | undefined;
  return {
    factory(region) {
      const store = createIdentityStore(region.account);
      const judging = createJudge(region, store);
      judge = judging;
      home = region;
      return {
        name: 'iam',
        iamPrefix: 'iam',
        wires: [{ kind: 'query', version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' }],
        operations: {
          ...createRoleOperations(region, store),
          ...createRolePolicyOperations(store),
          ...createManagedPolicyOperations(region, store),
          SimulatePrincipalPolicy: simulateOperation(store, judging),
        },
      };
    },
    authorizer: (principal, action, resources) => {
      if (principal.kind !== 'role') return undefined;
      return judge === undefined ? 'localaws: the iam service is not part of this region' : judge.judge(principal, action, resources);
    },
    async interceptor(call, input, next) {
      if (call.principal.kind !== 'role' || judge === undefined || home === undefined) return next();
      for (const { action, resource, context } of await additionalPermissions(home, call, input)) {
        const denial = judge.judge(call.principal, action, [resource], context);
        if (denial !== undefined) throw new AwsError('AccessDeniedException', denial);
      }
      return next();
    },
    report: () => ({ unusedPermissions: judge?.unusedPermissions() ?? [], denials: judge?.denials() ?? [] }),
  };
}

function simulateOperation(store: IdentityStore, judge: Judge): Operation {
  return {
    handle(input: AwsShape) {
      const arn = requiredText(input, 'PolicySourceArn');
      const role = store.roleByArn(arn);
      if (role === undefined) throw noSuchEntity(`The entity ${arn} cannot be found.`);
      const actions = listOf(input['ActionNames']).map(String);
      if (actions.length === 0)
        throw validationError("1 validation error detected: Value null at 'actionNames' failed to satisfy constraint: Member must not be null");
      const resources = listOf(input['ResourceArns']).map(String);
      const results = actions.flatMap((action) =>
        (resources.length === 0 ? ['*'] : resources).map((resource) => {
          const { outcome, matches } = judge.simulate(role, action, resource);
          return {
            EvalActionName: action,
            EvalResourceName: resource,
            EvalDecision: outcome === 'allowed' ? 'allowed' : outcome,
            MatchedStatements: matches.map((match) => ({
              SourcePolicyId: match.policyId,
              SourcePolicyType: match.policyId.startsWith('arn:') ? 'IAM Policy' : 'Role',
            })),
            MissingContextValues: [],
          };
        }),
      );
      const { page, ...rest } = pageOf(results, input);
      return { EvaluationResults: page, ...rest };
    },
    resources: (input) => [String(input['PolicySourceArn'] ?? '*')],
  };
}

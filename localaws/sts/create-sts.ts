// The local STS: who is calling, and keys to call as a role. Roles come from the local IAM where it runs.
import type { ServiceFactory } from '../region.ts';
import { assumeRole, getSessionToken } from './assume-role.ts';
import { getCallerIdentity } from './caller-identity.ts';

/**
 * Makes STS. Left out: web identity and SAML federation, GetFederationToken, and the judging of a role's trust policy. Keys of
 * a session do not stop working at their Expiration; nothing here waits for that.
 */
export const createSts: ServiceFactory = (region) => ({
  name: 'sts',
  iamPrefix: 'sts',
  wires: [{ kind: 'query', version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' }],
  operations: {
    // AWS answers GetCallerIdentity even to principals that are denied it, so no action is asked of IAM.
    GetCallerIdentity: { actions: [], handle: (_input, call) => getCallerIdentity(region, call.principal) },
    AssumeRole: {
      resources: (input) => [typeof input['RoleArn'] === 'string' ? input['RoleArn'] : '*'],
      handle: (input, call) => assumeRole(region, input, call.principal),
    },
    GetSessionToken: { actions: [], handle: (input, call) => getSessionToken(region, input, call.principal) },
  },
});

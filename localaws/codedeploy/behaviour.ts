// What AWS does not document about CodeDeploy for ECS, as switches: the default is the harsher reading, and a scenario can be
// run in both positions.

export interface CodeDeployBehaviour {
  /**
   * Whether a rollback deployment invokes the hooks of its AppSpec. Undocumented. Runs recorded on AWS's Lambda platform end a
   * rollback within two seconds, which speaks against it; true is harsher: hooks must recognise `codeDeployRollback`.
   */
  readonly rollbackRunsHooks: boolean;
  /** How hook functions are invoked. Undocumented; with `Event` an error of the function is seen only by the one-hour timeout. */
  readonly hookInvocationType: 'Event' | 'RequestResponse';
  /** How many times more than once each hook is invoked with the same execution id (asynchronous invocation may duplicate). */
  readonly duplicateHookInvocations: number;
  /** Where the deploymentReadyOption wait sits. Only "after test traffic and before the production shift" is documented. */
  readonly readyWait: 'BeforeBeforeAllowTraffic' | 'AfterBeforeAllowTraffic';
  /**
   * Whether the test listener, too, must forward to the primary task set's target group at the start. AWS's troubleshooting page
   * says so; a run recorded on AWS started with the test listener on the other group of the pair.
   */
  readonly testListenerMustServePrimary: boolean;
}

export const HARSHEST_BEHAVIOUR: CodeDeployBehaviour = {
  rollbackRunsHooks: true,
  hookInvocationType: 'Event',
  duplicateHookInvocations: 0,
  readyWait: 'BeforeBeforeAllowTraffic',
  testListenerMustServePrimary: true,
};

// What AWS's documents leave open about native ECS deployments, or say in two ways, as switches. The default is the harsher
// reading, unless somebody has seen the other one on AWS; a scenario can be run in both positions.

export interface EcsBehaviour {
  /**
   * Whether the deployment circuit breaker and alarms also watch blue/green, linear and canary deployments. The API reference
   * ties both to rolling updates, the page on failure detection names blue/green too, and rollbacks by either have been
   * reported from AWS for blue/green services. false is harsher: a green that never starts then waits for the stage's 24 hours.
   */
  readonly monitorsTrafficShifts: boolean;
  /**
   * When the hooks of TEST_TRAFFIC_SHIFT and PRODUCTION_TRAFFIC_SHIFT are invoked. Only "runs at every step" is documented.
   * After the move is harsher: a hook that says no has already exposed its share of requests.
   */
  readonly trafficShiftHooks: 'AfterTheMove' | 'BeforeTheMove';
  /**
   * The last step of a linear deployment whose step does not divide 100: a short one of its own (3 % makes 34 steps), or joined
   * to the one before (33 steps). Undocumented; more steps ask hooks more often and take longer.
   */
  readonly lastLinearStep: 'ShortStepOfItsOwn' | 'JoinedToTheOneBefore';
  /**
   * Which hooks a rollback runs. Documented: those of PRODUCTION_TRAFFIC_SHIFT and TEST_TRAFFIC_SHIFT; not whether also when the
   * deployment had not come that far. Always is harsher: hooks must recognise a target whose weight is 0.
   */
  readonly rollbackHooks: 'Always' | 'OnlyReachedStages' | 'Never';
  /** What a hook does that says FAILED, crashes or answers nonsense during a rollback. Undocumented; one that is repeated holds the rollback up. */
  readonly failedRollbackHook: 'RepeatUntilTimeout' | 'FailTheRollback' | 'Ignore';
  /** How often a hook is invoked when Lambda itself throttles or fails. Undocumented; once is harsher. */
  readonly hookInvocationAttempts: number;
  /**
   * The shape of a hook's input. Recorded inputs hold the deployment under `executionDetails`; the developer guide's examples
   * have the same members at the top.
   */
  readonly hookInput: 'Nested' | 'Flat';
  /** The member of a hook's answer that is its delay in seconds. Most pages say callBackDelay, one says callBackDelaySeconds. */
  readonly callBackDelayMembers: readonly ('callBackDelay' | 'callBackDelaySeconds')[];
  /** Whether a PAUSE hook may stand at RECONCILE_SERVICE: the page on pause hooks lists it, the one on their errors does not. */
  readonly pausesAtReconcileService: boolean;
  /** SERVICE_DEPLOYMENT_FAILED is documented for services with circuit breaker or alarms only. true sends it for every failure. */
  readonly announcesEveryFailure: boolean;
  /**
   * Whether a service of the ECS controller may go back to CODE_DEPLOY. The list of valid transitions has no such way; a remark
   * below it ("not to CODE_DEPLOY without load balancers") reads as if there were one.
   */
  readonly returnsToCodeDeploy: boolean;
  /** What StopServiceDeployment does with ABORT, which the API has and the guide does not describe: leave everything as it stands, or refuse. */
  readonly abort: 'LeaveAsItStands' | 'Refuse';
}

export const HARSHEST_BEHAVIOUR: EcsBehaviour = {
  // Seen on AWS, so not the harsher position.
  monitorsTrafficShifts: true,
  trafficShiftHooks: 'AfterTheMove',
  lastLinearStep: 'ShortStepOfItsOwn',
  rollbackHooks: 'Always',
  failedRollbackHook: 'RepeatUntilTimeout',
  hookInvocationAttempts: 1,
  // Seen on AWS.
  hookInput: 'Nested',
  callBackDelayMembers: ['callBackDelay'],
  pausesAtReconcileService: false,
  announcesEveryFailure: false,
  returnsToCodeDeploy: false,
  abort: 'LeaveAsItStands',
};

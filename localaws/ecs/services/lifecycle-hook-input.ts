// deploymentConfiguration.lifecycleHooks, judged by AWS's rules.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { EcsBehaviour } from '../behaviour.ts';
import { HOOK_STAGES } from '../deployments/deployment-records.ts';
import { choice, invalidParameter, structure, structures, text, texts, whole } from '../input-members.ts';
import { HOOK_DETAILS_BYTES_MAX, HOOKS_PER_TYPE_MAX, LAMBDA_HOOK_TIMEOUT_MINUTES_MAX, PAUSE_HOOK_TIMEOUT_MINUTES_MAX } from '../limits.ts';

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+$/;

/** The hooks of a request, checked. Texts that quote no page of AWS's are ours. @throws AwsError InvalidParameterException */
export function lifecycleHooksOf(configuration: AwsShape, behaviour: EcsBehaviour): AwsShape[] {
  const hooks = structures(configuration, 'lifecycleHooks');
  for (const hook of hooks) checkHook(hook, behaviour);
  for (const type of ['PAUSE', 'AWS_LAMBDA']) {
    if (hooks.filter((hook) => (hook['targetType'] ?? 'AWS_LAMBDA') === type).length > HOOKS_PER_TYPE_MAX) {
      throw invalidParameter(`A service can have at most ${HOOKS_PER_TYPE_MAX} ${type} lifecycle hooks.`);
    }
  }
  return copyShape(hooks);
}

function checkHook(hook: AwsShape, behaviour: EcsBehaviour): void {
  const targetType = text(hook, 'targetType') ?? 'AWS_LAMBDA';
  if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE') throw invalidParameter('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE');
  const isPause = targetType === 'PAUSE';
  checkStages(hook, isPause, behaviour);
  const timeout = structure(hook, 'timeoutConfiguration') ?? {};
  whole(timeout, 'timeoutInMinutes', { min: 1, max: isPause ? PAUSE_HOOK_TIMEOUT_MINUTES_MAX : LAMBDA_HOOK_TIMEOUT_MINUTES_MAX });
  choice(timeout, 'action', ['ROLLBACK', 'CONTINUE']);
  if (isPause) {
    if (text(hook, 'hookTargetArn') !== undefined || text(hook, 'roleArn') !== undefined) {
      throw invalidParameter('hookTargetArn and roleArn cannot be specified for PAUSE hooks.');
    }
    return;
  }
  if (!FUNCTION_ARN.test(text(hook, 'hookTargetArn') ?? '')) throw invalidParameter('hookTargetArn must be the ARN of a Lambda function.');
  if (!ROLE_ARN.test(text(hook, 'roleArn') ?? '')) throw invalidParameter('roleArn must be the ARN of an IAM role.');
  if (Buffer.byteLength(JSON.stringify(hook['hookDetails'] ?? null)) > HOOK_DETAILS_BYTES_MAX) {
    throw invalidParameter(`hookDetails can have at most ${HOOK_DETAILS_BYTES_MAX} bytes.`);
  }
}

function checkStages(hook: AwsShape, isPause: boolean, behaviour: EcsBehaviour): void {
  const stages = texts(hook, 'lifecycleStages');
  if (stages.length === 0) throw invalidParameter('lifecycleStages cannot be empty.');
  for (const stage of stages) {
    choice({ lifecycleStages: stage }, 'lifecycleStages', HOOK_STAGES);
    const isForbidden =
      stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT' || (stage === 'RECONCILE_SERVICE' && !behaviour.pausesAtReconcileService);
    if (isPause && isForbidden) throw invalidParameter('Invalid lifecycle stage provided for Pause Hook');
  }
  if (new Set(stages).size < stages.length) throw invalidParameter('lifecycleStages cannot contain duplicates.');
}

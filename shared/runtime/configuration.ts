// What a function is told by its environment (serverless.yml). Read once per sandbox; a missing value stops the start with its name.
import * as z from 'zod';

const schema = z.object({
  WEIR_TABLE: z.string().min(1),
  WEIR_STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  WEIR_REMEDIATION_STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  WEIR_TOPIC_ARN: z.string().startsWith('arn:'),
  WEIR_HOOK_FUNCTION_PREFIX: z.string().min(1),
  WEIR_ECS_HOOK_FUNCTION_ARN: z.string().startsWith('arn:'),
  WEIR_ECS_HOOK_ROLE_ARN: z.string().startsWith('arn:'),
  WEIR_RUNBOOKS: z.string().min(1).default('docs/operations.md'),
  // Empty where approval links are not switched on.
  WEIR_APPROVAL_URL: z.string().optional(),
  WEIR_APPROVAL_KEY: z.string().startsWith('/weir/').default('/weir/approval-link-key'),
  WEIR_ACCOUNT: z.string().regex(/^\d{12}$/),
  AWS_REGION: z.string().min(1),
});

export interface Configuration {
  readonly table: string;
  readonly stateMachineArn: string;
  readonly remediationStateMachineArn: string;
  readonly topicArn: string;
  /** Hook functions are named `<prefix>-before-install` and so on; CodeDeploy's managed role may invoke names that begin with CodeDeployHook_. */
  readonly hookFunctionPrefix: string;
  /** The lifecycle hook that deployments of ECS's own controller get, and the role as which ECS invokes it. */
  readonly ecsHook: { readonly functionArn: string; readonly roleArn: string };
  /** Where docs/operations.md is to be read, for the links of notifications: a path or a URL. */
  readonly runbooks: string;
  /** The page of approval links; undefined where they are not switched on. `keyParameter` names their key in the Parameter Store. */
  readonly approvalLinks: { readonly pageUrl: string | undefined; readonly keyParameter: string };
  readonly account: string;
  readonly region: string;
}

/** @throws Error naming every variable that is missing or malformed */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new Error(`this function's environment is incomplete: ${problems}`);
  }
  const { data } = parsed;
  return {
    table: data.WEIR_TABLE,
    stateMachineArn: data.WEIR_STATE_MACHINE_ARN,
    remediationStateMachineArn: data.WEIR_REMEDIATION_STATE_MACHINE_ARN,
    topicArn: data.WEIR_TOPIC_ARN,
    hookFunctionPrefix: data.WEIR_HOOK_FUNCTION_PREFIX,
    ecsHook: { functionArn: data.WEIR_ECS_HOOK_FUNCTION_ARN, roleArn: data.WEIR_ECS_HOOK_ROLE_ARN },
    runbooks: data.WEIR_RUNBOOKS,
    approvalLinks: { pageUrl: data.WEIR_APPROVAL_URL === '' ? undefined : data.WEIR_APPROVAL_URL, keyParameter: data.WEIR_APPROVAL_KEY },
    account: data.WEIR_ACCOUNT,
    region: data.AWS_REGION,
  };
}

// The AWS managed policies that a deployment tool's roles use, as AWS's managed policy reference describes them. An unknown
// ARN is an error, as for a policy that does not exist: nothing is granted by guess.

const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  rest: Record<string, unknown> = {},
): Record<string, unknown> => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});

const TASK_SET_ACTIONS = ['ecs:DescribeServices', 'ecs:CreateTaskSet', 'ecs:UpdateServicePrimaryTaskSet', 'ecs:DeleteTaskSet'];
const LISTENER_ACTIONS = [
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:ModifyListener',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:ModifyRule',
];
const LOG_ACTIONS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const PASSED_TO_TASKS = { Condition: { StringLike: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } } };

/** Statements by ARN, less the `arn:aws:iam::aws:policy/` that all share. */
const STATEMENTS: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  AWSCodeDeployRoleForECS: [
    allow([
      ...TASK_SET_ACTIONS,
      ...LISTENER_ACTIONS,
      'lambda:InvokeFunction',
      'cloudwatch:DescribeAlarms',
      'sns:Publish',
      's3:GetObject',
      's3:GetObjectVersion',
    ]),
    allow(['iam:PassRole'], '*', PASSED_TO_TASKS),
  ],
  AWSCodeDeployRoleForECSLimited: [
    allow([...TASK_SET_ACTIONS, 'cloudwatch:DescribeAlarms']),
    allow(['sns:Publish'], 'arn:aws:sns:*:*:CodeDeployTopic_*'),
    allow(LISTENER_ACTIONS),
    allow(['lambda:InvokeFunction'], 'arn:aws:lambda:*:*:function:CodeDeployHook_*'),
    allow(['s3:GetObject', 's3:GetObjectVersion'], '*', { Condition: { StringEquals: { 's3:ExistingObjectTag/UseWithCodeDeploy': 'true' } } }),
    allow(['iam:PassRole'], ['arn:aws:iam::*:role/ecsTaskExecutionRole', 'arn:aws:iam::*:role/ECSTaskExecution*'], PASSED_TO_TASKS),
  ],
  'service-role/AmazonECSTaskExecutionRolePolicy': [
    allow([
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:GetDownloadUrlForLayer',
      'ecr:BatchGetImage',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]),
  ],
  'service-role/AWSLambdaBasicExecutionRole': [allow(LOG_ACTIONS)],
  // Version 2 of July 2025; later versions were not seen in full.
  AmazonECSInfrastructureRolePolicyForLoadBalancers: [
    allow(
      [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      '*',
      { Sid: 'ELBReadOperations' },
    ),
    allow(['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'], 'arn:aws:elasticloadbalancing:*:*:targetgroup/*/*', {
      Sid: 'TargetGroupOperations',
    }),
    allow('elasticloadbalancing:ModifyListener', ['arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*'], { Sid: 'ALBModifyListeners' }),
    allow('elasticloadbalancing:ModifyListener', ['arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*'], { Sid: 'NLBModifyListeners' }),
    allow('elasticloadbalancing:ModifyRule', ['arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*/*'], { Sid: 'ALBModifyRules' }),
  ],
};

const ARN_PREFIX = 'arn:aws:iam::aws:policy/';

/** The document of an AWS managed policy; undefined when the ARN is none that is known here. */
export function awsManagedPolicy(arn: string): string | undefined {
  const statements =
    arn.startsWith(ARN_PREFIX) && Object.hasOwn(STATEMENTS, arn.slice(ARN_PREFIX.length)) ? STATEMENTS[arn.slice(ARN_PREFIX.length)] : undefined;
  return statements === undefined ? undefined : JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** ARNs of the AWS managed policies known here. */
export function awsManagedPolicyArns(): string[] {
  return Object.keys(STATEMENTS).map((name) => `${ARN_PREFIX}${name}`);
}

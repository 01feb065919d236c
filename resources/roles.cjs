// One IAM role per function, made of named groups of permissions: what a function's row says is all it may do.
// Read by serverless.yml. Resources are `*` only where AWS has no resource-level permission for the action (Service Authorization Reference).

const stack = '${self:service}-${sls:stage}';
const arn = (service, resource) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` });
const allow = (Action, Resource, Condition) => ({ Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

const table = { 'Fn::GetAtt': ['RecordsTable', 'Arn'] };
const stateMachine = arn('states', `stateMachine:${stack}-deploy`);
const remediationMachine = arn('states', `stateMachine:${stack}-remediate`);
const deploymentGroups = arn('codedeploy', 'deploymentgroup:*/*');

// X-Ray has no resource-level permission for either.
const trace = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

/** Groups of permissions, each named after what it lets a function do. */
const permissions = {
  readRecords: [allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], [table, { 'Fn::Join': ['', [table, '/index/*']] }])],
  writeRecords: [allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], table)],
  deleteRecords: [allow('dynamodb:DeleteItem', table)],
  startWorkflow: [allow('states:StartExecution', stateMachine)],
  startRemediation: [allow('states:StartExecution', remediationMachine)],
  describeWorkflow: [allow('states:DescribeExecution', arn('states', `execution:${stack}-deploy:*`))],
  // Task tokens carry no ARN to judge.
  wakeWorkflow: [allow('states:SendTaskSuccess', '*')],
  describeService: [
    allow('ecs:DescribeServices', arn('ecs', 'service/*')),
    allow('ecs:DescribeTaskDefinition', '*'),
    allow(['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'], [arn('ecs', 'service-deployment/*'), arn('ecs', 'service-revision/*')]),
  ],
  readTasks: [allow('ecs:ListTasks', '*'), allow('ecs:DescribeTasks', arn('ecs', 'task/*'))],
  setCapacity: [allow('ecs:UpdateService', arn('ecs', 'service/*'))],
  readEcsDeployments: [
    allow(['ecs:DescribeServices', 'ecs:ListServiceDeployments'], arn('ecs', 'service/*')),
    allow(['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'], [arn('ecs', 'service-deployment/*'), arn('ecs', 'service-revision/*')]),
  ],
  // The roles are those of the task definition, of Weir's hook, and of hooks the service has already.
  startEcsDeployments: [
    allow('ecs:UpdateService', arn('ecs', 'service/*')),
    allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': ['ecs.amazonaws.com', 'ecs-tasks.amazonaws.com'] } }),
  ],
  registerTaskDefinition: [
    allow(['ecs:RegisterTaskDefinition', 'ecs:TagResource'], '*'),
    allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  ],
  readImages: [allow('ecr:DescribeImages', arn('ecr', 'repository/*'))],
  readCodeDeploy: [
    allow(['codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListDeployments'], deploymentGroups),
    allow('codedeploy:GetDeploymentTarget', '*'),
  ],
  shiftTraffic: [
    allow('codedeploy:CreateDeployment', deploymentGroups),
    allow(['codedeploy:GetDeploymentConfig', 'codedeploy:CreateDeploymentConfig'], arn('codedeploy', 'deploymentconfig:*')),
    allow(['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], arn('codedeploy', 'application:*')),
  ],
  endWaits: [allow('codedeploy:ContinueDeployment', '*'), allow('ecs:ContinueServiceDeployment', arn('ecs', 'service-deployment/*'))],
  stopTraffic: [
    allow('codedeploy:StopDeployment', '*'),
    allow('ecs:StopServiceDeployment', arn('ecs', 'service-deployment/*')),
    allow(
      ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
      [arn('elasticloadbalancing', 'listener/app/*'), arn('elasticloadbalancing', 'listener-rule/app/*')],
    ),
  ],
  answerHooks: [allow('codedeploy:PutLifecycleEventHookExecutionStatus', deploymentGroups)],
  checkHooks: [allow('lambda:InvokeFunction', arn('lambda', `function:CodeDeployHook_${stack}-*`))],
  askUserHooks: [allow('lambda:InvokeFunction', arn('lambda', 'function:CodeDeployHook_*'))],
  readTraffic: [
    allow(
      [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      '*',
    ),
  ],
  readHealth: [allow(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], '*')],
  findZones: [allow('cloudwatch:ListMetrics', '*')],
  readTaskLogs: [allow('logs:GetLogEvents', arn('logs', 'log-group:*:log-stream:*'))],
  readScaling: [allow('application-autoscaling:DescribeScalableTargets', '*')],
  setScaling: [allow('application-autoscaling:RegisterScalableTarget', arn('application-autoscaling', 'scalable-target/*'))],
  // Of secrets only those that are named for Weir: a manifest must not be a way to read others.
  notify: [
    allow('sns:Publish', arn('sns', '*')),
    allow('ssm:GetParameter', [arn('ssm', 'parameter/weir/*'), arn('ssm', 'parameter/aws/reference/secretsmanager/weir/*')]),
    allow('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:weir/*')),
  ],
  // Plan and Assess read it with `notify`.
  readLinkKey: [allow('ssm:GetParameter', arn('ssm', 'parameter/weir/approval-link-key'))],
  sendDeadLetters: [allow('sqs:SendMessage', { 'Fn::GetAtt': ['FunctionsDeadLetters', 'Arn'] })],
};

const subscriber = ['readRecords', 'writeRecords', 'wakeWorkflow', 'sendDeadLetters'];
const step = ['readRecords', 'writeRecords'];
const hook = ['readRecords', 'writeRecords', 'wakeWorkflow', 'readCodeDeploy', 'answerHooks', 'askUserHooks', 'readTraffic', 'readHealth'];

/** Role name -> function name -> its groups, in serverless.yml's order. */
const roles = {
  ImagePushed: ['image-pushed', [...subscriber, 'startWorkflow', 'describeService']],
  DeploymentStateChanged: ['deployment-state-changed', subscriber],
  AlarmChanged: ['alarm-changed', subscriber],
  TaskStopped: ['task-stopped', [...subscriber, 'describeService', 'startRemediation', 'notify']],
  ServiceAction: ['service-action', [...subscriber, 'describeService', 'startRemediation']],
  ContainerInstanceChanged: ['container-instance-changed', ['writeRecords', 'sendDeadLetters']],
  ImageScanned: ['image-scanned', ['readRecords', 'writeRecords', 'startRemediation', 'sendDeadLetters']],
  Plan: ['plan', [...step, 'describeService', 'readImages', 'readCodeDeploy', 'readEcsDeployments', 'readTraffic', 'readHealth', 'findZones', 'notify']],
  RegisterTaskDefinition: ['register-task-definition', [...step, 'describeService', 'registerTaskDefinition']],
  StartTrafficShift: [
    'start-traffic-shift',
    [...step, 'readCodeDeploy', 'readEcsDeployments', 'shiftTraffic', 'startEcsDeployments', 'readScaling', 'setScaling'],
  ],
  AwaitSignal: ['await-signal', [...step, 'wakeWorkflow']],
  Assess: [
    'assess',
    [
      ...step,
      'wakeWorkflow',
      'describeService',
      'readTaskLogs',
      'readCodeDeploy',
      'readEcsDeployments',
      'readTraffic',
      'readHealth',
      'endWaits',
      'checkHooks',
      'notify',
    ],
  ],
  RollBack: ['roll-back', [...step, 'readCodeDeploy', 'readEcsDeployments', 'stopTraffic', 'readTraffic']],
  HandOver: ['hand-over', [...step, 'startWorkflow']],
  MakeSafe: ['make-safe', [...step, 'readCodeDeploy', 'readEcsDeployments', 'stopTraffic', 'readTraffic']],
  Conclude: ['conclude', [...step, 'startWorkflow', 'setScaling', 'notify']],
  RemediateDecide: ['remediate-decide', [...step, 'describeService', 'readTasks', 'readImages', 'readTraffic']],
  RemediatePropose: ['remediate-propose', [...step, 'wakeWorkflow', 'notify']],
  RemediateAct: ['remediate-act', [...step, 'describeService', 'readTasks', 'startWorkflow', 'wakeWorkflow', 'setCapacity', 'notify']],
  RemediateVerify: ['remediate-verify', [...step, 'describeService', 'readTasks', 'startRemediation', 'notify']],
  RemediateAlert: ['remediate-alert', [...step, 'notify']],
  RemediateGiveUp: ['remediate-give-up', [...step, 'notify']],
  BeforeInstall: ['before-install', hook],
  AfterInstall: ['after-install', hook],
  AfterAllowTestTraffic: ['after-allow-test-traffic', hook],
  BeforeAllowTraffic: ['before-allow-traffic', hook],
  AfterAllowTraffic: ['after-allow-traffic', hook],
  EcsLifecycle: ['ecs-lifecycle', ['readRecords', 'writeRecords', 'wakeWorkflow', 'readEcsDeployments', 'askUserHooks', 'readTraffic', 'readHealth']],
  Guard: ['guard', [...subscriber, 'startWorkflow', 'describeService', 'readImages', 'readTraffic', 'readHealth', 'notify']],
  Sweep: ['sweep', [...subscriber, 'startWorkflow', 'startRemediation', 'describeWorkflow', 'describeService', 'readImages', 'notify']],
  ApplyManifest: ['apply-manifest', ['readRecords', 'writeRecords', 'deleteRecords']],
  AbortDeployment: ['abort-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  ApproveDeployment: ['approve-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  PromoteDeployment: ['promote-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  PauseDeployment: ['pause-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  ResumeDeployment: ['resume-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  RollBackService: ['roll-back-service', [...step, 'wakeWorkflow', 'startWorkflow', 'describeService']],
  RetryDeployment: ['retry-deployment', [...step, 'wakeWorkflow', 'startWorkflow', 'describeService']],
  ChangeBreaker: ['change-breaker', ['readRecords', 'writeRecords']],
  DeployImage: ['deploy-image', [...step, 'wakeWorkflow', 'startWorkflow', 'describeService', 'readImages']],
  ShowService: ['show-service', ['readRecords']],
  ListServices: ['list-services', ['readRecords']],
  ListRemediations: ['list-remediations', ['readRecords']],
  ExplainTask: ['explain-task', ['readRecords', 'describeService', 'readTasks', 'readTaskLogs']],
  ApproveRemediation: ['approve-remediation', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  RejectRemediation: ['reject-remediation', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  ApprovalLink: ['approval-link', ['readRecords', 'writeRecords', 'wakeWorkflow', 'readLinkKey']],
};

const hookRoles = new Set(['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic']);

function functionRole(name, [functionName, groups]) {
  const fullName = `${hookRoles.has(name) ? 'CodeDeployHook_' : ''}${stack}-${functionName}`;
  const logs = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arn('logs', `log-group:/aws/lambda/${fullName}:*`));
  return role('lambda.amazonaws.com', [logs, trace, ...groups.flatMap((group) => permissions[group])]);
}

function role(service, Statement) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] },
      Policies: [{ PolicyName: 'weir', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
}

// Step Functions asks X-Ray besides what to sample. Source: Step Functions guide, IAM policies for X-Ray.
const traceExecutions = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], '*');

/** May run its steps and trace them, and nothing else. */
function stateMachineRole(names) {
  const functions = names.map((name) => ({ 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] }));
  return role('states.amazonaws.com', [allow('lambda:InvokeFunction', functions), traceExecutions]);
}

const steps = ['Plan', 'RegisterTaskDefinition', 'StartTrafficShift', 'AwaitSignal', 'Assess', 'RollBack', 'HandOver', 'MakeSafe', 'Conclude'];

const remediationSteps = ['RemediateDecide', 'RemediatePropose', 'RemediateAct', 'RemediateVerify', 'RemediateAlert', 'RemediateGiveUp'];

module.exports = {
  Resources: {
    ...Object.fromEntries(Object.entries(roles).map(([name, entry]) => [`${name}Role`, functionRole(name, entry)])),
    // Whom ECS invokes the lifecycle hook as.
    EcsHookInvokerRole: role('ecs.amazonaws.com', [allow('lambda:InvokeFunction', arn('lambda', `function:${stack}-ecs-lifecycle`))]),
    DeployStateMachineRole: stateMachineRole(steps),
    RemediateStateMachineRole: stateMachineRole(remediationSteps),
  },
};

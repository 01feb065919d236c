// One IAM role per function, made of named groups of permissions: what a function's row says is all it may do.
// Read by serverless.yml. Resources are `*` only where AWS has no resource-level permission for the action (Service Authorization Reference).

const stack = '${self:service}-${sls:stage}';
const arn = (service, resource) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` });
const allow = (Action, Resource, Condition) => ({ Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

const table = { 'Fn::GetAtt': ['RecordsTable', 'Arn'] };
const stateMachine = arn('states', `stateMachine:${stack}-deploy`);
const deploymentGroups = arn('codedeploy', 'deploymentgroup:*/*');

/** Groups of permissions, each named after what it lets a function do. */
const permissions = {
  readRecords: [allow(['dynamodb:GetItem', 'dynamodb:Query'], [table, { 'Fn::Join': ['', [table, '/index/*']] }])],
  writeRecords: [allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], table)],
  deleteRecords: [allow('dynamodb:DeleteItem', table)],
  startWorkflow: [allow('states:StartExecution', stateMachine)],
  describeWorkflow: [allow('states:DescribeExecution', arn('states', `execution:${stack}-deploy:*`))],
  // Task tokens carry no ARN to judge.
  wakeWorkflow: [allow('states:SendTaskSuccess', '*')],
  describeService: [allow('ecs:DescribeServices', arn('ecs', 'service/*')), allow('ecs:DescribeTaskDefinition', '*')],
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
  endWaits: [allow('codedeploy:ContinueDeployment', '*')],
  stopTraffic: [
    allow('codedeploy:StopDeployment', '*'),
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
  readScaling: [allow('application-autoscaling:DescribeScalableTargets', '*')],
  setScaling: [allow('application-autoscaling:RegisterScalableTarget', arn('application-autoscaling', 'scalable-target/*'))],
  notify: [allow('sns:Publish', arn('sns', '*'))],
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
  TaskStopped: ['task-stopped', subscriber],
  Plan: ['plan', [...step, 'describeService', 'readImages', 'readCodeDeploy', 'readTraffic', 'readHealth', 'findZones']],
  RegisterTaskDefinition: ['register-task-definition', [...step, 'describeService', 'registerTaskDefinition']],
  StartTrafficShift: ['start-traffic-shift', [...step, 'readCodeDeploy', 'shiftTraffic', 'readScaling', 'setScaling']],
  AwaitSignal: ['await-signal', [...step, 'wakeWorkflow']],
  Assess: ['assess', [...step, 'wakeWorkflow', 'readCodeDeploy', 'readTraffic', 'readHealth', 'endWaits', 'checkHooks', 'notify']],
  RollBack: ['roll-back', [...step, 'readCodeDeploy', 'stopTraffic', 'readTraffic']],
  HandOver: ['hand-over', [...step, 'startWorkflow']],
  MakeSafe: ['make-safe', [...step, 'readCodeDeploy', 'stopTraffic', 'readTraffic']],
  Conclude: ['conclude', [...step, 'startWorkflow', 'setScaling', 'notify']],
  BeforeInstall: ['before-install', hook],
  AfterInstall: ['after-install', hook],
  AfterAllowTestTraffic: ['after-allow-test-traffic', hook],
  BeforeAllowTraffic: ['before-allow-traffic', hook],
  AfterAllowTraffic: ['after-allow-traffic', hook],
  Sweep: ['sweep', [...subscriber, 'startWorkflow', 'describeWorkflow', 'describeService', 'readImages']],
  ApplyManifest: ['apply-manifest', ['readRecords', 'writeRecords', 'deleteRecords']],
  AbortDeployment: ['abort-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  PromoteDeployment: ['promote-deployment', ['readRecords', 'writeRecords', 'wakeWorkflow']],
  ShowService: ['show-service', ['readRecords']],
  ListServices: ['list-services', ['readRecords']],
};

const hookRoles = new Set(['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic']);

function functionRole(name, [functionName, groups]) {
  const fullName = `${hookRoles.has(name) ? 'CodeDeployHook_' : ''}${stack}-${functionName}`;
  const logs = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arn('logs', `log-group:/aws/lambda/${fullName}:*`));
  return role('lambda.amazonaws.com', [logs, ...groups.flatMap((group) => permissions[group])]);
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

const steps = ['Plan', 'RegisterTaskDefinition', 'StartTrafficShift', 'AwaitSignal', 'Assess', 'RollBack', 'HandOver', 'MakeSafe', 'Conclude'];

module.exports = {
  Resources: {
    ...Object.fromEntries(Object.entries(roles).map(([name, entry]) => [`${name}Role`, functionRole(name, entry)])),
    DeployStateMachineRole: role('states.amazonaws.com', [
      allow(
        'lambda:InvokeFunction',
        steps.map((name) => ({ 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] })),
      ),
    ]),
  },
};

// Bugs that are planted into the simulated system, and nowhere else, to see whether the simulation finds them. Each changes what Weir's
// functions ask of AWS or are answered, or the compiled state machine: as the product would behave with the bug in it.
import type { AwsShape, Call } from '../../../localaws/region.ts';

export interface PlantedBug {
  readonly name: string;
  readonly summary: string;
  /** Changes the input of a call of Weir in place; `swallow` answers nothing and does nothing. */
  readonly ask?: (call: Call, input: AwsShape) => 'swallow' | undefined;
  /** Changes the answer to a call of Weir. */
  readonly answer?: (call: Call, input: AwsShape, answer: AwsShape) => AwsShape;
  /** Changes the definition of the deploy state machine. */
  readonly machine?: (states: AwsShape) => void;
}

const functionOf = (call: Call): string => (call.principal.kind === 'role' ? call.principal.sessionName.replace(/^(CodeDeployHook_)?weir-dev-/, '') : '');
const isCall = (call: Call, service: string, operation: string): boolean => call.service === service && call.operation === operation;
const sortKeyOf = (input: AwsShape): string => String(input['Key']?.['sk']?.['S'] ?? '');

/** A conditional write as if its condition had been forgotten. */
function dropCondition(input: AwsShape, value: string): undefined {
  delete input['ConditionExpression'];
  delete input['ReturnValuesOnConditionCheckFailure'];
  delete input['ExpressionAttributeValues']?.[value];
}

/** A record is written otherwise than Weir would have it. */
function changeRecord(input: AwsShape, change: (record: AwsShape) => void): void {
  const text: unknown = input['ExpressionAttributeValues']?.[':record']?.S;
  if (typeof text !== 'string') return;
  const record = JSON.parse(text) as AwsShape;
  change(record);
  input['ExpressionAttributeValues'][':record'] = { S: JSON.stringify(record) };
}

const isRecordWrite = (call: Call, input: AwsShape): boolean =>
  isCall(call, 'dynamodb', 'UpdateItem') && input['ExpressionAttributeValues']?.[':expected'] !== undefined;

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'service-write-unconditional',
    summary: 'the conditional write of the service record has lost its condition',
    ask: (call, input) => (isRecordWrite(call, input) && sortKeyOf(input) === 'SERVICE' ? dropCondition(input, ':expected') : undefined),
  },
  {
    name: 'deployment-write-unconditional',
    summary: 'the conditional write of the deployment record has lost its condition',
    ask: (call, input) => (isRecordWrite(call, input) && sortKeyOf(input).startsWith('DEPLOYMENT#') ? dropCondition(input, ':expected') : undefined),
  },
  {
    name: 'scale-in-not-restored-on-failure',
    summary: 'auto scaling is put back only when the deployment went through MakeSafe or succeeded at the first try',
    ask: (call, input) => {
      if (!isCall(call, 'application-autoscaling', 'RegisterScalableTarget') || functionOf(call) !== 'conclude') return undefined;
      return input['SuspendedState'] === undefined ? undefined : 'swallow';
    },
  },
  {
    name: 'no-adoption',
    summary: 'a CodeDeploy deployment that a killed function left in progress is not looked for',
    answer: (call, _input, answer) =>
      isCall(call, 'codedeploy', 'ListDeployments') && functionOf(call) === 'start-traffic-shift' ? { ...answer, deployments: [] } : answer,
  },
  {
    name: 'stop-without-rollback',
    summary: 'CodeDeploy is stopped and not asked to go back',
    ask: (call, input) => {
      if (isCall(call, 'codedeploy', 'StopDeployment')) input['autoRollbackEnabled'] = false;
      return undefined;
    },
  },
  {
    name: 'rollback-to-the-other-side',
    summary: "setting the listener after CodeDeploy failed takes green's target group for blue's",
    ask: (call, input) => {
      if (!isCall(call, 'elasticloadbalancing', 'ModifyListener') || call.principal.kind !== 'role' || !/^weir-dev/.test(call.principal.sessionName))
        return undefined;
      const groups = (input['DefaultActions'] as AwsShape[] | undefined)?.[0]?.['ForwardConfig']?.['TargetGroups'] as AwsShape[] | undefined;
      for (const group of groups ?? []) group['Weight'] = String(100 - Number(group['Weight'] ?? 1));
      return undefined;
    },
  },
  {
    name: 'hooks-always-succeed',
    summary: 'a lifecycle hook that failed is reported as succeeded, and evidence against green is not looked at',
    ask: (call, input) => {
      if (isCall(call, 'codedeploy', 'PutLifecycleEventHookExecutionStatus')) input['status'] = 'Succeeded';
      return isCall(call, 'codedeploy', 'StopDeployment') ? 'swallow' : undefined;
    },
  },
  {
    name: 'errors-not-counted',
    summary: "the metric of the targets' own errors is left out of the evidence",
    answer: (call, _input, answer) => {
      if (!isCall(call, 'monitoring', 'GetMetricData')) return answer;
      const results = answer['MetricDataResults'] as AwsShape[];
      return {
        ...answer,
        MetricDataResults: results.map((result) =>
          /5XX|5xx|error|fail/i.test(`${result['Id']} ${result['Label']}`) ? { ...result, Timestamps: [], Values: [] } : result,
        ),
      };
    },
  },
  {
    name: 'fence-stands-still',
    summary: 'a new holder gets the fencing number of the one before',
    ask: (call, input) => {
      if (isCall(call, 'dynamodb', 'UpdateItem') && sortKeyOf(input) === 'SERVICE') {
        changeRecord(input, (record) => {
          record['fence'] = 1;
          if (record['active'] !== undefined) record['active'].fence = 1;
        });
      }
      return undefined;
    },
  },
  {
    name: 'queue-forgotten-on-release',
    summary: 'the holder gives the service back and the waiting push does not get it',
    ask: (call, input) => {
      if (functionOf(call) === 'conclude' && isCall(call, 'dynamodb', 'UpdateItem') && sortKeyOf(input) === 'SERVICE') {
        changeRecord(input, (record) => {
          delete record['active'];
          delete record['next'];
        });
      }
      return undefined;
    },
  },
  {
    name: 'quarantine-forgotten',
    summary: 'the service is released without the image that failed being refused from then on',
    ask: (call, input) => {
      if (functionOf(call) === 'conclude' && isCall(call, 'dynamodb', 'UpdateItem') && sortKeyOf(input) === 'SERVICE') {
        changeRecord(input, (record) => {
          record['quarantine'] = [];
        });
      }
      return undefined;
    },
  },
  {
    name: 'success-believed',
    summary: 'the driver is taken at its word before the traffic has moved',
    answer: (call, _input, answer) => {
      if (functionOf(call) !== 'assess') return answer;
      if (isCall(call, 'codedeploy', 'GetDeployment')) {
        const info = answer['deploymentInfo'] as AwsShape;
        return info['status'] === 'InProgress' ? { ...answer, deploymentInfo: { ...info, status: 'Succeeded' } } : answer;
      }
      return isCall(call, 'elasticloadbalancing', 'DescribeRules') ? greenEverywhere(answer) : answer;
    },
  },
  {
    name: 'registers-the-serving-image',
    summary: "the new task definition keeps blue's image",
    ask: (call, input) => {
      if (!isCall(call, 'ecs', 'RegisterTaskDefinition')) return undefined;
      const container = (input['containerDefinitions'] as AwsShape[])[0];
      if (container !== undefined) container['image'] = String(container['image']).replace(/@sha256:[0-9a-f]{64}$/, ':1.0.0');
      return undefined;
    },
  },
  {
    name: 'sweeper-finds-nothing',
    summary: 'the sweeper reads an empty list of services',
    answer: (call, _input, answer) => (functionOf(call) === 'sweep' && isCall(call, 'dynamodb', 'Query') ? { ...answer, Items: [], Count: 0 } : answer),
  },
  {
    name: 'told-or-not',
    summary: 'the workflow ends whether or not people could be told how the deployment ended',
    machine: (states) => {
      if (states['WaitToTell'] !== undefined) states['WaitToTell']['Next'] = 'Stopped';
    },
  },
  {
    name: 'unsafe-end-after-an-error',
    summary: 'an unexpected error in a step ends the workflow instead of making traffic safe, and the sweeper thinks it still runs',
    machine: (states) => {
      for (const state of Object.values(states) as AwsShape[]) {
        for (const caught of (state['Catch'] ?? []) as AwsShape[]) if (caught['Next'] === 'MakeSafe') caught['Next'] = 'Stopped';
      }
    },
    answer: (call, _input, answer) => (functionOf(call) === 'sweep' && isCall(call, 'states', 'DescribeExecution') ? { ...answer, status: 'RUNNING' } : answer),
  },
];

function greenEverywhere(answer: AwsShape): AwsShape {
  const Rules = (answer['Rules'] as AwsShape[]).map((rule) => ({
    ...rule,
    Actions: (rule['Actions'] as AwsShape[]).map((action) => {
      const groups = (action['ForwardConfig']?.['TargetGroups'] ?? []) as AwsShape[];
      const shifted = groups.map((group) => ({ ...group, Weight: String(group['TargetGroupArn']).includes('-green/') ? 100 : 0 }));
      return { ...action, ForwardConfig: { ...action['ForwardConfig'], TargetGroups: shifted } };
    }),
  }));
  return { ...answer, Rules };
}

export function plantedBugNamed(name: string): PlantedBug {
  const found = plantedBugs.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`there is no planted bug ${name}; there are ${plantedBugs.map((bug) => bug.name).join(', ')}`);
  return found;
}

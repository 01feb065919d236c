// What the workflow itself goes through: it gives over to a fresh run, and a step of it stays broken.
import { ROUNDS_PER_RUN_MAX } from '#core/deployment/watch.ts';
import { recordIn } from '#rehearsal/region/truth.ts';
import type { World } from '#rehearsal/region/world.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import type { Stage, Story } from './stories.ts';

/** Until a second run is at work: what Weir writes at the same moment stands, and the record is aged again. */
async function untilHandedOver({ until, world }: Stage): Promise<void> {
  await until(async () => {
    const { deployments } = await world.truth.records();
    const running = deployments.find(({ outcome }) => outcome === undefined);
    if (running === undefined || running['run'] > 1) return true;
    await age(world, running['id']);
    return false;
  });
}

/** As after hours of looks: the record says that the history of its run is nearly full. */
async function age({ call, service }: World, id: string): Promise<void> {
  const item = { TableName: 'weir-dev', Key: { pk: { S: `SERVICE#${service.key}` }, sk: { S: `DEPLOYMENT#${id}` } } };
  const { Item } = await call('dynamodb', 'GetItem', { ...item, ConsistentRead: true });
  const [record, version] = [recordIn(Item), Number(Item?.version.N)];
  const written = {
    UpdateExpression: 'SET #record = :record, #version = :version, writeId = :writeId',
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#record': 'record', '#version': 'version' },
    ExpressionAttributeValues: {
      ':record': { S: JSON.stringify({ ...record, rounds: ROUNDS_PER_RUN_MAX - 1 }) },
      ':expected': { N: String(version) },
      ':version': { N: String(version + 1) },
      ':writeId': { S: `aged at ${version}` },
    },
  };
  await call('dynamodb', 'UpdateItem', { ...item, ...written }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ConditionalCheckFailedException') throw error;
  });
}

/** Every look at the deployment ends with an error that nobody expected, until it has ended. */
async function breakAssess({ until, world }: Stage): Promise<void> {
  const error = { errorType: 'TypeError', errorMessage: 'the story says so', trace: [] };
  const mend = world.localAws.dispatcher.intercept(async (call, input, next): Promise<AwsShape> => {
    if (call.service !== 'lambda' || call.operation !== 'Invoke' || !String(input['FunctionName']).includes('weir-dev-assess')) return next();
    return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(error), ExecutedVersion: '$LATEST' };
  });
  await until(async () => (await world.truth.records()).deployments.every(({ outcome }) => outcome !== undefined));
  mend();
}

export const workflowStories: readonly Story[] = [
  {
    name: 'hand-over',
    summary: 'a fresh run of the workflow takes over in the middle of a canary',
    manifest: { strategy: { canary: { percent: 20, intervalMinutes: 2 } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell(stage) {
      await stage.push('2.0.0');
      await stage.untilShifting();
      await untilHandedOver(stage);
    },
  },
  {
    name: 'make-safe',
    summary: 'the step that watches fails again and again in the middle of a canary',
    manifest: { strategy: { canary: { percent: 20, intervalMinutes: 2 } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'RolledBack' },
    serves: '1.0.0',
    async tell(stage) {
      await stage.push('2.0.0');
      await stage.untilShifting();
      await breakAssess(stage);
    },
  },
];

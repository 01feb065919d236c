// arn:aws:states:::lambda:invoke: the optimized integration, with the answer's payload parsed.
import { isObject } from '../evaluation/json.ts';
import { asText, missingFields, unknownFields } from './arguments.ts';
import type { Integration } from './integration.ts';
import { invokeFunction } from './lambda-invocation.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import type { Waiting } from './task-resource.ts';

const FIELDS = ['FunctionName', 'Payload', 'InvocationType', 'Qualifier', 'ClientContext', 'LogType'];

export function lambdaInvoke(waiting: Waiting): Integration {
  return {
    events: 'task',
    resourceType: 'lambda',
    resource: waiting === 'token' ? 'invoke.waitForTaskToken' : 'invoke',
    waiting,
    problems: (args) => [...missingFields(args, ['FunctionName']), ...unknownFields(args, FIELDS)],
    async submit(args, call) {
      const { Payload: payload = {}, ...members } = isObject(args) ? args : {};
      const input = { InvocationType: 'RequestResponse', ...members, Payload: JSON.stringify(payload) };
      if (members['ClientContext'] !== undefined) Object.assign(input, { ClientContext: asText(members['ClientContext']) });
      const answer = await invokeFunction(input, call);
      const version = answer.executedVersion ?? '$LATEST';
      const headers = {
        'X-Amz-Executed-Version': version,
        'x-amzn-Remapped-Content-Length': '0',
        'X-Amzn-Trace-Id': `root=1-${call.region.ids.hex(8)}-${call.region.ids.hex(24)};sampled=0`,
      };
      return {
        ExecutedVersion: version,
        // An asynchronous invocation answers no payload.
        ...(answer.statusCode === 200 ? { Payload: answer.payload } : {}),
        ...sdkMetadata(call.region, answer.payloadBytes, 'application/json', headers, answer.statusCode),
        StatusCode: answer.statusCode,
      };
    },
  };
}

// The REST paths of EventBridge Scheduler. Members of query strings are spelled differently from path to path.

import { defaultRestInput } from '../endpoint/rest-wire.ts';
import type { AwsShape, RestRequest, RestRoute } from '../region.ts';

/** The input by default, less the query members that are named otherwise in the API. */
function renamed(names: Readonly<Record<string, string>>): (request: RestRequest) => AwsShape {
  return (request) => {
    const input = defaultRestInput(request);
    for (const [given, member] of Object.entries(names)) {
      if (!Object.hasOwn(input, given)) continue;
      input[member] = input[given] as unknown;
      delete input[given];
    }
    return input;
  };
}

const QUERY = renamed({ groupName: 'GroupName', clientToken: 'ClientToken', ScheduleGroup: 'GroupName' });
/** One TagKeys may stand in the query string; several would need a list, which the route's query does not keep. */
const TAG_KEYS = (request: RestRequest): AwsShape => ({ ...request.path, TagKeys: request.query['TagKeys'] === undefined ? [] : [request.query['TagKeys']] });

export const SCHEDULER_ROUTES: readonly RestRoute[] = [
  { method: 'POST', path: '/schedules/{Name}', operation: 'CreateSchedule' },
  { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule', input: QUERY },
  { method: 'PUT', path: '/schedules/{Name}', operation: 'UpdateSchedule' },
  { method: 'DELETE', path: '/schedules/{Name}', operation: 'DeleteSchedule', input: QUERY },
  { method: 'GET', path: '/schedules', operation: 'ListSchedules', input: QUERY },
  { method: 'POST', path: '/schedule-groups/{Name}', operation: 'CreateScheduleGroup' },
  { method: 'GET', path: '/schedule-groups/{Name}', operation: 'GetScheduleGroup' },
  { method: 'DELETE', path: '/schedule-groups/{Name}', operation: 'DeleteScheduleGroup', input: QUERY },
  { method: 'GET', path: '/schedule-groups', operation: 'ListScheduleGroups' },
  { method: 'POST', path: '/tags/{ResourceArn}', operation: 'TagResource' },
  { method: 'GET', path: '/tags/{ResourceArn}', operation: 'ListTagsForResource' },
  { method: 'DELETE', path: '/tags/{ResourceArn}', operation: 'UntagResource', input: TAG_KEYS },
];

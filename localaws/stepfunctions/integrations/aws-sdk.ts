// arn:aws:states:::aws-sdk:SERVICE:action: any operation of a service here, members in PascalCase both ways.
import type { AwsShape } from '../../region.ts';
import { isObject, type Json, toJson } from '../evaluation/json.ts';
import { asText } from './arguments.ts';
import type { Integration } from './integration.ts';
import { fromApiMembers, toApiMembers } from './member-casing.ts';
import { sdkFault } from './service-errors.ts';
import { type ServiceProfile, serviceProfile } from './service-profiles.ts';
import type { Waiting } from './task-resource.ts';

/** Members that carry JSON in a text; the SDK integration takes an object there too. */
const JSON_TEXT_MEMBERS: Readonly<Record<string, readonly string[]>> = { 'lambda:invoke': ['Payload'], 'lambda:invokeAsync': ['Payload'] };

/** @param segment of the Resource; known to have a profile, since the definition's check asked. */
export function awsSdk(segment: string, action: string, waiting: Waiting): Integration {
  const profile = serviceProfile(segment);
  if (profile === undefined) throw new Error(`localaws defect: no profile for aws-sdk:${segment}`);
  return {
    events: 'task',
    resourceType: `aws-sdk:${segment}`,
    resource: waiting === 'token' ? `${action}.waitForTaskToken` : action,
    waiting,
    problems: memberProblems,
    async submit(args, { region, principal }) {
      const input = toApiMembers(profile, withJsonTexts(args, `${segment}:${action}`), action) as AwsShape;
      let answer: AwsShape;
      try {
        answer = await region.call(profile.service, operationName(action), input, principal);
      } catch (error) {
        throw sdkFault(profile, error, region.ids);
      }
      return resultOf(profile, answer);
    },
  };
}

function memberProblems(args: Json): string[] {
  if (!isObject(args)) return ['The arguments must be an object'];
  return Object.keys(args)
    .filter((name) => /^[a-z]/.test(name))
    .map((name) => `The field '${name}' is not supported by Step Functions`);
}

function withJsonTexts(args: Json, operation: string): Json {
  const members = Object.hasOwn(JSON_TEXT_MEMBERS, operation) ? (JSON_TEXT_MEMBERS[operation] ?? []) : [];
  if (!isObject(args)) return {};
  return { ...args, ...Object.fromEntries(members.filter((name) => args[name] !== undefined).map((name) => [name, asText(args[name] ?? null)])) };
}

/** The API's operation of an action: `describeServices` is `DescribeServices`. */
function operationName(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1);
}

function resultOf(profile: ServiceProfile, answer: AwsShape): Json {
  return fromApiMembers(profile, toJson(answer) ?? {});
}

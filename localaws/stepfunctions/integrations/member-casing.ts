// Step Functions shows every API in PascalCase; some APIs spell their members with a small first letter. Keys of maps are the
// user's and are never touched.
import { isObject, type Json, type JsonObject } from '../evaluation/json.ts';
import type { ServiceProfile } from './service-profiles.ts';

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A task's arguments in the spelling of the API. */
export function toApiMembers(profile: ServiceProfile, value: Json, action: string): Json {
  // CodeDeploy's tagging operations are spelled with capital letters throughout.
  const capitalThroughout = profile.service === 'codedeploy' && /^(listTagsForResource|tagResource|untagResource)$/.test(action);
  return profile.lowerCaseMembers && !capitalThroughout ? lowered(profile, value) : value;
}

function lowered(profile: ServiceProfile, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => lowered(profile, item));
  if (!isObject(value)) return value;
  const record: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const name = lowerFirst(key);
    const keepInside = isObject(member) && profile.mapMembers.includes(name);
    record[name] = keepInside || profile.capitalInside.includes(name) ? member : lowered(profile, member);
  }
  return record;
}

/** An API's answer in the spelling of Step Functions. */
export function fromApiMembers(profile: ServiceProfile, value: Json): Json {
  if (!profile.lowerCaseMembers) return value;
  if (Array.isArray(value)) return value.map((item) => fromApiMembers(profile, item));
  if (!isObject(value)) return value;
  const record: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const keepInside = isObject(member) && profile.mapMembers.includes(key);
    record[upperFirst(key)] = keepInside ? member : fromApiMembers(profile, member);
  }
  return record;
}

// PutEvents and TestEventPattern: where events come in.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Call, Operation, Region } from '../region.ts';
import { type BusEvent, createBusEvent } from './bus-event.ts';
import type { Delivery } from './delivery.ts';
import { busName, type EventBusState } from './event-bus-state.ts';
import { listOf, requiredText, validationError } from './input-members.ts';
import { DETAIL_TYPE_LENGTH_MAX, ENTRIES_PER_CALL_MAX, ENTRY_TIME_BYTES, REQUEST_BYTES_MAX } from './limits.ts';
import { type JsonNode, JsonSyntaxError, readJson, readWholeJson } from './pattern/json-node.ts';
import { flattenEvent, matchesPattern } from './pattern/match-pattern.ts';
import { readPattern } from './rule-operations.ts';

export function createPutEvents(region: Region, state: EventBusState, delivery: Delivery): Operation {
  return {
    resources: (input) => [...new Set(listOf(input['Entries']).map((entry) => region.arn('events', `event-bus/${busName(entry['EventBusName'])}`)))],
    handle(input, call) {
      const entries = listOf(input['Entries']);
      if (entries.length === 0 || entries.length > ENTRIES_PER_CALL_MAX) {
        const bound = entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${ENTRIES_PER_CALL_MAX}`;
        throw validationError(
          `1 validation error detected: Value '[${entries.map(() => 'PutEventsRequestEntry').join(', ')}]' at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
        );
      }
      if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) >= REQUEST_BYTES_MAX) {
        throw validationError('Total size of the entries in the request is over the limit.');
      }
      const times = entries.map((entry) => timeOf(entry['Time']) ?? region.clock.now());
      const results = entries.map((entry, index) => {
        const problem = entryProblem(entry, call);
        if (problem !== undefined) return problem;
        const detail = objectIn(entry['Detail']);
        if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
        const event = createBusEvent(region, {
          source: entry['Source'],
          detailType: entry['DetailType'],
          resources: Array.isArray(entry['Resources']) ? entry['Resources'].map(String) : [],
          detailText: entry['Detail'],
          detail,
          time: times[index] ?? region.clock.now(),
        });
        route(state, delivery, busName(entry['EventBusName']), event, isForwarded(call));
        return { EventId: event.id };
      });
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
  };
}

export function createTestEventPattern(): Operation {
  return {
    handle(input) {
      const pattern = readPattern(requiredText(input, 'EventPattern'));
      const text = requiredText(input, 'Event');
      try {
        const event = readJson(text);
        if (event.kind !== 'object') throw validationError('Parameter Event is not valid. Reason: it must be a JSON object.');
        return { Result: matchesPattern(pattern, flattenEvent(event)) };
      } catch (error) {
        if (error instanceof JsonSyntaxError) throw validationError(`Parameter Event is not valid. Reason: ${error.message}`);
        throw error;
      }
    },
  };
}

function isForwarded(call: Call): boolean {
  return call.principal.kind === 'service' && call.principal.service === 'events.amazonaws.com';
}

/** Gives an event to every rule of its bus that it matches. An event of an unknown bus is dropped, as AWS does. */
function route(state: EventBusState, delivery: Delivery, bus: string, event: BusEvent, forwarded: boolean): void {
  const rules = state.buses.get(bus)?.rules;
  if (rules === undefined) return;
  const flat = flattenEvent(event.node);
  for (const rule of rules.values()) {
    if (!rule.enabled || rule.pattern === undefined || !matchesPattern(rule.pattern, flat)) continue;
    for (const target of rule.targets.values()) {
      // An event that came from another bus is not sent on to a third one.
      if (!forwarded || !target.arn.includes(':event-bus/')) delivery.deliver(event, rule, target);
    }
  }
}

function entryProblem(entry: AwsShape, call: Call): AwsShape | undefined {
  const invalid = (ErrorMessage: string): AwsShape => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
  const { Source, DetailType, Detail } = entry;
  if (typeof Source !== 'string' || Source === '') return invalid('Parameter Source is not valid. Reason: Source is a required argument.');
  if (typeof DetailType !== 'string' || DetailType === '') return invalid('Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (DetailType.length > DETAIL_TYPE_LENGTH_MAX) {
    return invalid(`Parameter DetailType is not valid. Reason: it is longer than ${DETAIL_TYPE_LENGTH_MAX} characters.`);
  }
  if (typeof Detail !== 'string' || Detail === '') return invalid('Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (Source.startsWith('aws.') && call.principal.kind !== 'service') {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return undefined;
}

function objectIn(text: string): JsonNode | undefined {
  try {
    const node = readWholeJson(text);
    return node.kind === 'object' ? node : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function timeOf(given: unknown): number | undefined {
  if (given === undefined || given === null) return undefined;
  const at = given instanceof Date ? given.getTime() : typeof given === 'number' ? given * 1000 : Date.parse(String(given));
  // Later than year 9999 cannot be written as AWS writes times.
  if (Number.isNaN(at) || Math.abs(at) > 253_402_300_799_000) throw new AwsError('SerializationException', 'Time is not a timestamp.');
  return at;
}

/** Source: EventBridge user guide, "Calculating PutEvents event entry size". */
function sizeOf(entry: AwsShape): number {
  const bytes = (text: unknown): number => (text === undefined || text === null ? 0 : Buffer.byteLength(String(text)));
  const resources: unknown[] = Array.isArray(entry['Resources']) ? entry['Resources'] : [];
  const time = entry['Time'] === undefined ? 0 : ENTRY_TIME_BYTES;
  const texts = [entry['Source'], entry['DetailType'], entry['Detail'], ...resources];
  return texts.reduce<number>((sum, text) => sum + bytes(text), time);
}

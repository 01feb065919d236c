// An event on a bus. Its detail stays the text its producer gave, so that numbers and their digits reach targets as they were sent.
import type { AwsShape, Region } from '../region.ts';
import { type JsonNode, readJson } from './pattern/json-node.ts';

export interface BusEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** JSON text of an object. */
  readonly detailText: string;
  /** Epoch milliseconds of the event's own time. */
  readonly time: number;
  /** Epoch milliseconds when the bus took it. */
  readonly takenAt: number;
  /** The whole event as targets get it. */
  readonly text: string;
  readonly node: JsonNode;
}

export interface EventParts {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detailText: string;
  /** The detail, where it has been read already. */
  readonly detail?: JsonNode;
  readonly time: number;
}

/** Puts the envelope around what a producer said, its members in the order AWS sends them. */
export function createBusEvent(region: Region, { detail, ...parts }: EventParts): BusEvent {
  const id = region.ids.uuid();
  const envelope = JSON.stringify({
    version: '0',
    id,
    'detail-type': parts.detailType,
    source: parts.source,
    account: region.account,
    time: isoSeconds(parts.time),
    region: region.name,
    resources: parts.resources,
  });
  const text = `${envelope.slice(0, -1)},"detail":${parts.detailText.trim()}}`;
  return { ...parts, id, takenAt: region.clock.now(), text, node: nodeOf(envelope, detail ?? readJson(parts.detailText)) };
}

function nodeOf(envelope: string, detail: JsonNode): JsonNode {
  const node = readJson(envelope);
  return node.kind === 'object' ? { ...node, entries: [...node.entries, ['detail', detail]] } : node;
}

/** The event as a plain object. */
export function eventShape(event: BusEvent): AwsShape {
  return JSON.parse(event.text) as AwsShape;
}

/** `2026-11-23T09:00:00Z`. */
export function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

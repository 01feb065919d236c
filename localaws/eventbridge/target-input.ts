// What a target is sent: the event, a part of it, a constant, or a template filled from it.
// Source: EventBridge user guide, "Amazon EventBridge input transformation".
import type { AwsShape } from '../region.ts';
import { type BusEvent, isoSeconds } from './bus-event.ts';
import { type JsonNode, writeJson } from './pattern/json-node.ts';

/** The rule as reserved variables of a template name it. */
export interface RuleNames {
  readonly name: string;
  readonly arn: string;
}

/** The text sent. */
export function targetInput(target: AwsShape, event: BusEvent, rule: RuleNames): string {
  const { Input, InputPath, InputTransformer } = target;
  if (typeof Input === 'string') return Input;
  if (typeof InputPath === 'string') return writeJson(valueAt(event.node, InputPath) ?? { kind: 'literal', text: 'null' });
  if (InputTransformer === undefined) return event.text;
  const paths = (InputTransformer['InputPathsMap'] ?? {}) as Readonly<Record<string, string>>;
  return fillTemplate(String(InputTransformer['InputTemplate'] ?? ''), (name) => {
    const reserved = reservedVariable(name, event, rule);
    if (reserved !== undefined) return { known: true, value: reserved };
    const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
    return path === undefined ? { known: false, value: undefined } : { known: true, value: valueAt(event.node, path) };
  });
}

/** A path as InputPath and InputPathsMap take it: `$`, `$.detail.state`, `$.resources[0]`, `$.detail['a-b']`. */
export function isEventPath(path: string): boolean {
  return /^\$(\.[^.[\]'"\s]+|\[\d+\]|\['[^']+'\]|\["[^"]+"\])*$/.test(path);
}

function valueAt(event: JsonNode, path: string): JsonNode | undefined {
  let at: JsonNode | undefined = event;
  for (const [, dotted, index, single, double] of path.matchAll(/\.([^.[\]'"\s]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]/g)) {
    const name: string | undefined = dotted ?? single ?? double;
    if (name === undefined) at = at?.kind === 'array' ? at.items[Number(index)] : undefined;
    else at = at?.kind === 'object' ? at.entries.findLast(([member]) => member === name)?.[1] : undefined;
  }
  return at;
}

function reservedVariable(name: string, event: BusEvent, rule: RuleNames): JsonNode | undefined {
  switch (name) {
    case 'aws.events.rule-arn':
      return { kind: 'string', value: rule.arn };
    case 'aws.events.rule-name':
      return { kind: 'string', value: rule.name };
    case 'aws.events.event.ingestion-time':
      return { kind: 'string', value: isoSeconds(event.takenAt) };
    case 'aws.events.event.json':
      return event.node;
    case 'aws.events.event':
      return event.node.kind === 'object' ? { kind: 'object', entries: event.node.entries.filter(([member]) => member !== 'detail') } : undefined;
    default:
      return undefined;
  }
}

/** Fills `<name>`: inside a JSON string as part of its text, elsewhere as JSON. */
function fillTemplate(template: string, resolve: (name: string) => { known: boolean; value: JsonNode | undefined }): string {
  const isInString = (offset: number): boolean => {
    // An odd number of unescaped quotes before the place.
    const quotes = template.slice(0, offset).match(/(?<!\\)"/g);
    return (quotes?.length ?? 0) % 2 === 1;
  };
  return template.replace(/<([A-Za-z0-9_.-]+)>/g, (whole, name: string, offset: number) => {
    const { known, value } = resolve(name);
    if (!known) return whole;
    // Unverified: a variable whose path is not in the event is an empty text.
    if (value === undefined) return isInString(offset) ? '' : '""';
    if (!isInString(offset)) return writeJson(value);
    return JSON.stringify(value.kind === 'string' ? value.value : writeJson(value)).slice(1, -1);
  });
}

// Reads JSON as event patterns need it: numbers keep their text (a rule compares them as written and as values), and a name that
// comes twice is kept twice.

export type JsonLeaf =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: 'true' | 'false' | 'null' };

export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | JsonLeaf;

/** Deepest nesting read; deeper input is refused instead of exhausting the stack. */
const DEPTH_MAX = 1_000;

export class JsonSyntaxError extends Error {
  constructor(message: string, position: number) {
    super(`${message} at position ${position}`);
    this.name = 'JsonSyntaxError';
  }
}

/** Reads the JSON value a text starts with; like event-ruler, it does not look at what follows. @throws JsonSyntaxError */
export function readJson(text: string): JsonNode {
  return createReader(text).value(0);
}

/** Reads a text that is one JSON value and nothing else. @throws JsonSyntaxError */
export function readWholeJson(text: string): JsonNode {
  const reader = createReader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

/** The text of a node without spaces; numbers and doubled names as they were read. */
export function writeJson(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return `{${node.entries.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(writeJson).join(',')}]`;
    case 'string':
      return JSON.stringify(node.value);
    default:
      return node.text;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
const BLANK_CODE_MAX = 0x20;
/** Escapes, and characters that JSON does not allow as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NEEDS_PARSER = /[\\\u0000-\u001f]/;

function createReader(text: string): { value(depth: number): JsonNode; end(): void } {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const next = (): string => {
    if (text.charCodeAt(at) <= BLANK_CODE_MAX) take(SPACE);
    return text[at] ?? '';
  };
  const expect = (character: string): void => {
    if (next() !== character) throw new JsonSyntaxError(`expected ${character}`, at);
    at++;
  };
  const string = (): string => {
    if (text[at] !== '"') throw new JsonSyntaxError('expected a string', at);
    let end = text.indexOf('"', at + 1);
    const plain = end > at ? text.slice(at + 1, end) : '\\';
    if (!NEEDS_PARSER.test(plain)) {
      at = end + 1;
      return plain;
    }
    end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(text.slice(at, end + 1)) as string;
      at = end + 1;
      return value;
    } catch {
      throw new JsonSyntaxError('malformed string', at);
    }
  };
  const list = (close: string, item: () => void): void => {
    at++;
    if (next() === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      if (next() === close) {
        at++;
        return;
      }
      expect(',');
    }
  };
  const value = (depth: number): JsonNode => {
    if (depth > DEPTH_MAX) throw new JsonSyntaxError('nested too deeply', at);
    const character = next();
    if (character === '{') {
      const entries: [string, JsonNode][] = [];
      list('}', () => {
        next();
        const name = string();
        expect(':');
        entries.push([name, value(depth + 1)]);
      });
      return { kind: 'object', entries };
    }
    if (character === '[') {
      const items: JsonNode[] = [];
      list(']', () => items.push(value(depth + 1)));
      return { kind: 'array', items };
    }
    if (character === '"') return { kind: 'string', value: string() };
    const literal = take(LITERAL);
    if (literal !== undefined) return { kind: 'literal', text: literal as 'true' | 'false' | 'null' };
    const number = take(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number };
    throw new JsonSyntaxError('expected a value', at);
  };
  return {
    value,
    end() {
      if (next() !== '') throw new JsonSyntaxError('unexpected text after the value', at);
    },
  };
}

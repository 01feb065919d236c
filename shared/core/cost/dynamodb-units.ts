// Request units of DynamoDB on demand, by the size of what is read and written. Sources: DynamoDB developer guide, "Read/write capacity
// mode" and "DynamoDB item sizes and formats".

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;

/** A write takes one unit for each KB of the item, one at least; a write whose condition fails takes them too. */
export function writeUnits(itemBytes: number): number {
  return Math.max(1, Math.ceil(itemBytes / WRITE_UNIT_BYTES));
}

/** A read takes one unit for each 4 KB of all items read, an eventually consistent one half of it. */
export function readUnits(bytes: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (isConsistent ? 1 : 0.5);
}

/** Bytes of a map of attributes in DynamoDB's notation (`{ pk: { S: 'A' } }`). */
export function attributesBytes(attributes: Readonly<Record<string, unknown>>): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + utf8Bytes(name) + valueBytes(value), 0);
}

/** Maps and lists take 3 bytes and one for each member; a number half a byte for each digit, and one; anything else its own length. */
function valueBytes(value: unknown): number {
  const [kind, content] = Object.entries(value ?? {})[0] ?? [];
  switch (kind) {
    case 'S':
      return utf8Bytes(String(content));
    case 'N':
      return Math.ceil(String(content).replace(/[-.]/g, '').length / 2) + 1;
    case 'L':
      return 3 + (content as readonly unknown[]).reduce<number>((sum, member) => sum + 1 + valueBytes(member), 0);
    case 'M': {
      const members = content as Readonly<Record<string, unknown>>;
      return 3 + Object.keys(members).length + attributesBytes(members);
    }
    case 'SS':
    case 'NS':
      return (content as readonly string[]).reduce((sum, member) => sum + utf8Bytes(member), 0);
    default:
      return 1;
  }
}

/** Length in UTF-8 without an encoder: the core has no globals of a platform. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair stands for two of the pair's four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

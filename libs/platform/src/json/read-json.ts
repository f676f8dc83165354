import { Refusal, pointerOf } from '../errors/problem';

/**
 * JSON as it was sent, or a refusal. A key that stands twice in one object is refused: which of both values the sender meant,
 * nobody can know, and other readers than ours take the other one.
 */
export function readJson(text: string): unknown {
  const value = parsed(text);
  assertUniqueKeys(text, value);
  return value;
}

/** A list of things that do not hang together: one with a key that stands twice is refused in its place, and harms no other. */
export function readItems(text: string): readonly unknown[] {
  const value = parsed(text);
  if (!Array.isArray(value))
    throw new Refusal(400, 'malformed_json', 'This is not a list of JSON values.');
  const items: unknown[] = value;
  if (membersWritten(text) === membersRead(items)) return items;
  const refused = new Map<number, Refusal>();
  for (const [index, ...path] of duplicates(text))
    if (!refused.has(Number(index))) refused.set(Number(index), duplicateAt(path));
  return items.map((item, i) => refused.get(i) ?? item);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(400, 'malformed_json', 'This is not JSON.');
  }
}

/** Of text that was parsed to this value: counting is enough to know that all is well, and takes a fraction of the parsing. */
export function assertUniqueKeys(text: string, value: unknown): void {
  if (membersWritten(text) === membersRead(value)) return;
  const { value: first = [] } = duplicates(text).next();
  throw duplicateAt(first);
}

function duplicateAt(path: Path): Refusal {
  const detail = 'This key stands in its object more than once.';
  return new Refusal(400, 'duplicate_key', detail, {
    errors: [{ pointer: pointerOf(path), code: 'duplicate_key', detail }],
  });
}

/** Each member has one colon outside of strings. */
function membersWritten(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === ':') count++;
    else if (character === '"') at = endOfString(text, at);
  }
  return count;
}

function membersRead(value: unknown): number {
  const open = [value];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (const child of next as unknown[]) open.push(child);
      continue;
    }
    // What was parsed inherits nothing, and making a list of its values would cost more than counting them.
    for (const name in next) {
      count++;
      const child = (next as Record<string, unknown>)[name];
      if (typeof child === 'object') open.push(child);
    }
  }
  return count;
}

/** Where the closing quote stands. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end;
  }
}

interface Frame {
  /** Undefined in a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index that is being read. */
  at: string | number;
}

type Path = readonly (string | number)[];

/** Where each key stands that its object has already. */
function* duplicates(text: string): Generator<Path, undefined, undefined> {
  const frames: Frame[] = [];
  let string = '';
  for (let at = 0; at < text.length; at++) {
    const frame = frames.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        string = text.slice(at, end + 1);
        at = end;
        break;
      }
      case ':': {
        if (!frame?.keys) break;
        frame.at = JSON.parse(string) as string;
        if (frame.keys.has(frame.at)) yield frames.map((one) => one.at);
        frame.keys.add(frame.at);
        break;
      }
      case ',':
        if (typeof frame?.at === 'number') frame.at++;
        break;
      case '{':
        frames.push({ keys: new Set(), at: '' });
        break;
      case '[':
        frames.push({ keys: undefined, at: 0 });
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      default:
    }
  }
  return undefined;
}

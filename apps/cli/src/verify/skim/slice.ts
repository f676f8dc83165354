import {
  type BalancedEntry,
  CodedError,
  type JsonObject,
  assertBalanced,
  categoryOf,
  isInstant,
  leafText,
  parseStreamName,
  sha256Hex,
  tenantOf,
} from '@tributary/kernel';
import { Cover, type Subtree } from '@tributary/proofs';

import { sidesOf } from '../books';
import { ONCE_ONLY_TYPES } from '../once-only';
import { RUN } from '../run-totals';

/** Of a stream, in this slice: each revision follows the one before it. */
export type Stretch = readonly [stream: string, first: number, last: number];

/** Of an account that may not go below zero: what the slice adds to it, and the least that it comes to on the way. */
export type Moved = readonly [account: string, sum: bigint, least: bigint];

/** An event that somebody has to understand who has seen what came before the slice. */
export interface ToldEvent {
  readonly content: string;
  readonly stream: string;
  readonly position: string;
  readonly revision: number;
}

/** Everything about some lines of an archive that the lines before them do not change. */
export interface SliceSeen {
  readonly index: number;
  readonly events: number;
  readonly firstPosition: string;
  readonly lastPosition: string;
  readonly stretches: readonly Stretch[];
  readonly subtrees: readonly Subtree[];
  readonly moved: readonly Moved[];
  readonly told: readonly ToldEvent[];
}

interface Line {
  readonly index: number;
  readonly position: string;
  readonly contentHash: string;
  readonly id: string;
  readonly recordedAt: string;
  readonly revision: string;
  readonly stream: string;
  readonly content: string;
}

/** A line as `archiveLine` writes it, up to the content, and from there on: a parser would take most of the time of everything here. */
const HEAD =
  /\{"index":(0|[1-9]\d{0,14}),"position":"([1-9]\d{0,18})","leaf":"\{\\"contentHash\\":\\"([0-9a-f]{64})\\",\\"id\\":\\"([0-9a-f-]{36})\\",\\"recordedAt\\":\\"([0-9TZ:.-]{24})\\",\\"revision\\":\\"(0|[1-9]\d{0,14})\\",\\"stream\\":\\"([a-z0-9.-]+)\\"\}","content":/y;
/** What JSON lets stand between quotes. In this form a machine looks at each character once and remembers nothing of it. */
const TEXT = String.raw`[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-f]{4})[ !#-[\]-\uffff]*)*`;
const TAIL = new RegExp(
  `,"correlationId":"${TEXT}","fingerprint":"${TEXT}","traceParent":(?:null|"${TEXT}")\\}\n`,
  'y',
);
/** What stands between quotes has none that is not escaped, so this stands in a line once. */
const BEHIND_CONTENT = '","correlationId":"';

/** Letters of which most contents have none: whoever looks for all of it finds a quote at every other step. */
const [ENTRY, RARE_IN_ENTRY] = ['"entry":', 'ry":'];

/**
 * Looks at whole lines. Undefined where anything is not as it should be, or as we would have written it: then somebody looks who
 * takes more time and can say what it is. `sizes`: of the log, whose roots are wanted.
 */
export function lookAt(text: string, sizes: readonly number[]): SliceSeen | undefined {
  try {
    const looking = new Looking(sizes);
    for (let at = 0; at < text.length; at = TAIL.lastIndex) {
      const line = lineAt(text, at);
      if (line === undefined || !looking.take(line)) return undefined;
    }
    return looking.seen();
  } catch (error) {
    // What cannot be read is told by whoever reads it with care.
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof CodedError)
      return undefined;
    throw error;
  }
}

/** Leaves in `TAIL` where the next one begins. */
function lineAt(text: string, at: number): Line | undefined {
  HEAD.lastIndex = at;
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const from = HEAD.lastIndex;
  // From the end, because what follows the content is shorter.
  TAIL.lastIndex = text.lastIndexOf(BEHIND_CONTENT, text.indexOf('\n', from)) + 1;
  const content = text.slice(from, TAIL.lastIndex);
  if (!TAIL.test(text)) return undefined;
  const [, index, position, contentHash, id, recordedAt, revision, stream] =
    head as unknown as readonly string[] & { readonly length: 8 };
  return {
    index: Number(index),
    position: position as string,
    contentHash: contentHash as string,
    id: id as string,
    recordedAt: recordedAt as string,
    revision: revision as string,
    stream: stream as string,
    content: JSON.parse(content) as string,
  };
}

class Looking {
  private cover: Cover | undefined;
  private index = 0;
  private events = 0;
  private firstPosition = '';
  private lastPosition = '';
  private readonly stretches = new Map<string, { first: number; last: number }>();
  private readonly moved = new Map<string, { sum: bigint; least: bigint }>();
  private readonly told: ToldEvent[] = [];

  constructor(private readonly sizes: readonly number[]) {}

  take(line: Line): boolean {
    const { index, position, contentHash, id, recordedAt, stream, content } = line;
    if (sha256Hex(content) !== contentHash) return false;
    if (!this.follows(index, position) || !isInstant(recordedAt)) return false;
    const revision = Number(line.revision);
    if (!this.continues(stream, revision)) return false;
    const leaf = leafText({
      contentHash,
      id,
      recordedAt,
      revision: BigInt(revision),
      stream: parsed(stream),
    });
    (this.cover ??= new Cover(index, this.sizes)).push(leaf);
    return this.understood({ content, stream, position, revision });
  }

  seen(): SliceSeen | undefined {
    const { index, events, firstPosition, lastPosition, cover, told } = this;
    if (cover === undefined) return undefined;
    const stretches = [...this.stretches].map(([stream, { first, last }]): Stretch => {
      return [stream, first, last];
    });
    const moved = [...this.moved].map(([account, { sum, least }]): Moved => [account, sum, least]);
    const { subtrees } = cover;
    return { index, events, firstPosition, lastPosition, stretches, subtrees, moved, told };
  }

  private follows(index: number, position: string): boolean {
    if (this.events === 0) {
      this.index = index;
      this.firstPosition = position;
    } else if (index !== this.index + this.events || !isAbove(position, this.lastPosition))
      return false;
    this.lastPosition = position;
    this.events++;
    return true;
  }

  private continues(stream: string, revision: number): boolean {
    const stretch = this.stretches.get(stream);
    if (stretch === undefined) {
      parseStreamName(stream);
      this.stretches.set(stream, { first: revision, last: revision });
      return true;
    }
    if (revision !== stretch.last + 1) return false;
    stretch.last = revision;
    return true;
  }

  /** Names stand in canonical order in what was hashed, so the type comes last; whatever else stands there is understood by nobody. */
  private understood(told: ToldEvent): boolean {
    const { content, stream } = told;
    const type = content.slice(content.lastIndexOf('"type":"') + 8, -2);
    const category = categoryOf(parsed(stream));
    if (category === RUN || ONCE_ONLY_TYPES.has(type)) this.told.push(told);
    if (!content.includes(RARE_IN_ENTRY) || !content.includes(ENTRY)) return true;
    const { data } = JSON.parse(content) as { readonly data: JsonObject };
    const entry = data['entry'];
    if (entry === undefined) return true;
    assertBalanced(entry);
    return this.booked(tenantOf(parsed(stream)), entry);
  }

  /** What came to a partner is what became of it after each event, so it is in each event by itself. */
  private booked(tenant: string, entry: BalancedEntry): boolean {
    const uneven = new Map<string, bigint>();
    const touched = new Set<{ sum: bigint; least: bigint }>();
    for (const { account, owner, credited, isBounded, part } of sidesOf(tenant, entry)) {
      if (part === 'unknown') return false;
      if (part !== undefined) uneven.set(owner, (uneven.get(owner) ?? 0n) + credited);
      if (!isBounded) continue;
      const key = `${account} of ${owner}`;
      let moved = this.moved.get(key);
      if (moved === undefined) this.moved.set(key, (moved = { sum: 0n, least: 0n }));
      moved.sum += credited;
      touched.add(moved);
    }
    for (const moved of touched) if (moved.sum < moved.least) moved.least = moved.sum;
    for (const sum of uneven.values()) if (sum !== 0n) return false;
    return true;
  }
}

/** Its name was looked at when it was first met. */
const parsed = (stream: string) => stream as ReturnType<typeof parseStreamName>;

/** Of two counts as they are written, without making numbers of them. */
export const isAbove = (one: string, other: string): boolean =>
  one.length === other.length ? one > other : one.length > other.length;

import { CodedError } from '@tributary/kernel';
import { type Checkpoint, openCheckpoint, parseCheckpoint, parseNote } from '@tributary/proofs';
import type { Digest, Verifier } from '@tributary/proofs';
import type { Finding } from './finding';

const PROVES = {
  L0: 'the checkpoint is signed by the key of the log',
  L1: 'every event is as it was written, in its place, and the books add up after each',
  L2: 'the log begins with what the auditor had kept',
  L3: 'all events together have the root that was signed',
  L4: 'every posting and every release follows from the facts of its stream, computed again by its engine',
  L5: 'the read models are what the log gives',
  L6: 'what was settled or repaid is what the bank statements show, item by item and in sum',
  pack: 'every file is as it was packed, and follows from the events',
} as const;

/** `intact`: looked, and it is. `open`: something that it needs was not there. */
export interface Level {
  readonly level: keyof typeof PROVES;
  readonly proves: string;
  readonly outcome: 'broken' | 'intact' | 'open';
  readonly detail: string;
}

/** What was seen of a log, by whoever looked at it. */
export interface Looked {
  readonly events: number;
  readonly streams: number;
  readonly head: bigint;
  /** Events by category. */
  readonly bySize: readonly (readonly [string, number])[];
  readonly findings: readonly Finding[];
  /** By size of the log. */
  readonly roots: ReadonlyMap<number, Digest>;
}

export interface Given {
  /** The checkpoint that was published last, as it was published. */
  readonly checkpoint: string | undefined;
  /** One that the auditor has kept from an earlier time. */
  readonly since: string | undefined;
  readonly key: Verifier | undefined;
}

export const NOT_SIGNED =
  'no checkpoint was given (--checkpoint), and there is none beside these events';

export const levelOf = (
  level: Level['level'],
  outcome: Level['outcome'],
  detail: string,
): Level => ({
  level,
  proves: PROVES[level],
  outcome,
  detail,
});

export function signatureLevel({ checkpoint, key }: Given): Level {
  if (checkpoint === undefined) return levelOf('L0', 'open', NOT_SIGNED);
  if (key === undefined) return levelOf('L0', 'open', 'the key of the log was not given (--key)');
  try {
    const { origin, size } = openCheckpoint(checkpoint, key);
    return levelOf('L0', 'intact', `${origin} at ${size} events`);
  } catch (error) {
    return levelOf('L0', 'broken', messageOf(error));
  }
}

export const eventsLevel = ({ findings, events }: Looked): Level =>
  foundLevel('L1', findings, `${events} events`);

/** Broken where anything was found. */
export function foundLevel(
  level: Level['level'],
  findings: readonly Finding[],
  looked: string,
): Level {
  const [first] = findings;
  return first === undefined
    ? levelOf(level, 'intact', looked)
    : levelOf(
        level,
        'broken',
        `${findings.length} findings, the first at position ${first.position}`,
      );
}

export function sinceLevel(verifier: Looked, { since, key }: Given): Level {
  if (since === undefined)
    return levelOf('L2', 'open', 'no earlier checkpoint was given (--since)');
  try {
    return rootLevel('L2', verifier, key ? openCheckpoint(since, key) : unsigned(since));
  } catch (error) {
    return levelOf('L2', 'broken', messageOf(error));
  }
}

export function rebuildLevel(verifier: Looked, { checkpoint }: Given): Level {
  if (checkpoint === undefined) return levelOf('L3', 'open', NOT_SIGNED);
  try {
    return rootLevel('L3', verifier, unsigned(checkpoint));
  } catch (error) {
    return levelOf('L3', 'broken', messageOf(error));
  }
}

function rootLevel(
  level: 'L2' | 'L3',
  { roots, events }: Looked,
  { size, root }: Pick<Checkpoint, 'root' | 'size'>,
): Level {
  const found = roots.get(size);
  if (found === undefined) {
    return levelOf(level, 'broken', `${size} events were signed, ${events} are there`);
  }
  return found.equals(root)
    ? levelOf(level, 'intact', `root ${root.toString('base64')} of ${size} events`)
    : levelOf(level, 'broken', `the first ${size} events have another root than was signed`);
}

/** Sizes whose roots the levels need. What cannot be read is told by its level. */
export function sizesOf({ checkpoint, since }: Given): readonly number[] {
  return [checkpoint, since].flatMap((note) => {
    try {
      return note === undefined ? [] : [unsigned(note).size];
    } catch (error) {
      if (error instanceof CodedError) return [];
      throw error;
    }
  });
}

const unsigned = (note: string): Checkpoint => parseCheckpoint(parseNote(note).text);

function messageOf(error: unknown): string {
  if (error instanceof CodedError) return error.message;
  throw error;
}

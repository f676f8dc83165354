import { openCheckpoint } from './checkpoint';
import { type Verifier, refused } from './note';
import type { Digest } from './tree';
import { provesInclusion } from './verify';

/** That one entry stands in the log, in a file that needs nothing else to be checked (C2SP tlog-proof). */
export interface ProofFile {
  readonly index: number;
  readonly path: readonly Digest[];
  /** The signed checkpoint as it was published. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';

export const formatProof = ({ index, path, checkpoint }: ProofFile): string =>
  [HEADER, `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', checkpoint].join(
    '\n',
  );

export function parseProof(text: string): ProofFile {
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (header !== HEADER) throw refused('proof', `it begins with ${HEADER}`);
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined) throw refused('proof', 'its index is missing');
  return { index: Number(index), path: lines.map(digest), checkpoint: text.slice(end + 2) };
}

/** Throws unless the log has signed a tree in which this leaf stands where the proof says. */
export function verifyProof(text: string, leaf: Digest, log: Verifier): { readonly size: number } {
  const { index, path, checkpoint } = parseProof(text);
  const { size, root } = openCheckpoint(checkpoint, log);
  if (!provesInclusion({ index, size, leaf, root }, path)) {
    throw refused('proof', 'it does not lead from the entry to the root');
  }
  return { size };
}

export function digest(line: string): Digest {
  const bytes = Buffer.from(line, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== line) {
    throw refused('hash', 'it is base64 of 32 bytes');
  }
  return bytes;
}

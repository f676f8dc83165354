import { type Checkpoint, cosign, openCheckpoint } from './checkpoint';
import { type Signer, type Verifier, formatSignature, refused } from './note';
import { digest } from './proof-file';
import type { Digest } from './tree';
import { provesConsistency } from './verify';

/** What a log sends to a witness: from where the witness last stood to here, with the proof (C2SP tlog-witness). */
export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Digest[];
  readonly checkpoint: string;
}

const MOST_PROOF_LINES = 63;

export const formatAddCheckpoint = ({ old, proof, checkpoint }: AddCheckpoint): string =>
  `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`;

export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  if (old === undefined || lines.length > MOST_PROOF_LINES) {
    throw refused('request', 'it begins with old <size> and at most 63 hashes');
  }
  return { old: Number(old), proof: lines.map(digest), checkpoint: body.slice(end + 2) };
}

/** The last checkpoint of a log that this witness has seen, which it must keep before it answers. */
export type Seen = Pick<Checkpoint, 'root' | 'size'>;

export type WitnessAnswer =
  | { readonly status: 200; readonly body: string; readonly seen: Seen }
  | { readonly status: 400 | 403 | 404 | 409 | 422; readonly body: string };

/** Pure: who keeps what was seen, and tells the time, is the program around it. */
export function witnessAnswer(
  request: AddCheckpoint,
  { log, seen, signer, atSeconds }: Watching,
): WitnessAnswer {
  if (!log) return { status: 404, body: 'This witness does not know the log.\n' };
  let checkpoint: ReturnType<typeof openCheckpoint>;
  try {
    checkpoint = openCheckpoint(request.checkpoint, log);
  } catch (error) {
    return { status: 403, body: `${(error as Error).message}\n` };
  }
  const { size, root, note } = checkpoint;
  if (request.old > size) return { status: 400, body: 'The old size is the larger one.\n' };
  // Another root at the size that was seen is a conflict as well, and no proof can lead out of it (C2SP tlog-witness).
  const isRival = seen?.size === size && !seen.root.equals(root);
  if (request.old !== (seen?.size ?? 0) || isRival)
    return { status: 409, body: `${seen?.size ?? 0}\n` };
  // Every log goes on from an empty one, and no proof is needed for it.
  if (seen && seen.size > 0 && !provesConsistency(seen, { size, root }, request.proof)) {
    return { status: 422, body: 'The proof does not lead from what was seen before to this.\n' };
  }
  const signature = cosign(note.text, atSeconds, signer);
  return { status: 200, body: formatSignature(signature), seen: { size, root } };
}

export interface Watching {
  readonly log: Verifier | undefined;
  readonly seen: Seen | undefined;
  readonly signer: Signer;
  readonly atSeconds: number;
}

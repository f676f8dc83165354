import { CodedError } from '@tributary/kernel';
import {
  type Verifier,
  cosignedAt,
  formatAddCheckpoint,
  formatSignature,
  parseNote,
  parseSignature,
} from '@tributary/proofs';

import { fetched } from '../server';
import type { OwnCheckpoint } from './own-checkpoint';

export type Asked =
  | {
      readonly cosigned: string;
      readonly size: number;
      readonly atSeconds: number;
    }
  /** It saw another history, and says no. */
  | { readonly refused: string; readonly status: number };

/**
 * Shows a witness our last checkpoint with the way from where it last stood. What it answers counts only once its signature has
 * been checked with the key that we know it by.
 */
export async function askWitness(
  address: string,
  witness: Verifier,
  own: OwnCheckpoint,
  stoodAt: number,
): Promise<Asked> {
  let old = Math.min(stoodAt, own.size);
  let answer = await sent(address, own, old);
  const seen = answer.status === 409 ? sizeIn(answer) : undefined;
  if (seen !== undefined && seen !== old) {
    if (seen > own.size) {
      const message = `The witness has seen ${seen} events of this log; its last checkpoint here has ${own.size}.`;
      return { refused: message, status: 409 };
    }
    old = seen;
    answer = await sent(address, own, old);
  }
  // It stands where we say, and still does not agree: what it has seen there is another log.
  if (answer.status === 409 && sizeIn(answer) === old) {
    const message = `The witness has seen another root of the first ${old} events of this log.`;
    return { refused: message, status: 409 };
  }
  if (answer.status !== 200) return refused(answer);
  const signature = parseSignature(answer.body.split('\n')[0] ?? '');
  const cosigned = own.note + formatSignature(signature);
  const atSeconds = cosignedAt(parseNote(cosigned), witness);
  if (atSeconds === undefined) {
    const message = `The answer is signed by ${signature.name}, not by ${witness.name}.`;
    throw new CodedError('witness_unknown', message, { name: signature.name });
  }
  return { cosigned, size: own.size, atSeconds };
}

function sizeIn({ body }: Answer): number | undefined {
  const size = Number(body.trim());
  return Number.isSafeInteger(size) ? size : undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function sent(address: string, own: OwnCheckpoint, old: number): Promise<Answer> {
  const proof = old === 0 ? [] : await own.proofFrom(old);
  const body = formatAddCheckpoint({ old, proof, checkpoint: own.note });
  const url = `${address.replace(/\/+$/, '')}/add-checkpoint`;
  const response = await fetched(url, { method: 'POST', body });
  return { status: response.status, body: await response.text() };
}

/** Only these say something about the log; the rest is about the witness, or about how it was asked. */
const OF_THE_LOG = [409, 422];

function refused({ status, body }: Answer): Asked {
  if (OF_THE_LOG.includes(status)) return { refused: body.trim(), status };
  const message = `The witness answered ${status}: ${body.trim()}`;
  throw new CodedError('witness_refused', message, { status });
}

import { CodedError } from '@tributary/kernel';
import { type Digest, consistencyProof, nodesOf } from '@tributary/proofs';
import type { Client } from 'pg';

import { askServer, type ServerOfLog } from '../server';

/** The last checkpoint of our log, and the way to it from what somebody saw before. */
export interface OwnCheckpoint {
  readonly size: number;
  readonly note: string;
  proofFrom(size: number): Promise<readonly Digest[]>;
}

interface Status {
  readonly checkpoint: { readonly size: number; readonly note: string } | null;
}

export async function ofServer(server: ServerOfLog): Promise<OwnCheckpoint> {
  const { checkpoint } = await askServer<Status>(server, '/v1/log');
  if (checkpoint === null) throw notSigned();
  const { size, note } = checkpoint;
  return {
    size,
    note,
    async proofFrom(from) {
      const path = `/v1/log/proofs/consistency?from=${from}&to=${size}`;
      const { proof } = await askServer<{ readonly proof: readonly string[] }>(server, path);
      return proof.map((hash) => Buffer.from(hash, 'base64'));
    },
  };
}

/** From the tables of the ledger. */
export async function ofDatabase(client: Client, schema: string): Promise<OwnCheckpoint> {
  const table = (name: string) => `${client.escapeIdentifier(schema)}.${name}`;
  const { rows } = await client.query<{ size: string; note: string }>(
    `select size, note from ${table('checkpoint')} order by size desc limit 1`,
  );
  const [row] = rows;
  if (row === undefined) throw notSigned();
  const size = Number(row.size);
  const nodes = nodesOf(size, async ({ level, index }) => {
    const tile = await client.query<{ hashes: Buffer }>(
      `select hashes from ${table('tile')} where level = $1 and index = $2`,
      [level, index],
    );
    return tile.rows[0]?.hashes ?? Buffer.alloc(0);
  });
  return { size, note: row.note, proofFrom: (from) => consistencyProof(from, size, nodes) };
}

const notSigned = (): CodedError =>
  new CodedError(
    'not_signed',
    'No checkpoint has been signed: the log is empty, or LOG_SIGNER_DIRECTORY is not set.',
  );

import { withClient } from '@tributary/postgres';
import type { Digest } from '@tributary/proofs';
import type { Client } from 'pg';

import { forAMoment } from '../log-source';

const DIGEST_BYTES = 32;
const TILE_WIDTH = 256;

/** What the ledger has sealed, from its own tables: which leaf stands where, and the last checkpoint. */
export interface Sealed {
  readonly checkpoint: string | undefined;
  leaf(index: number): Digest | undefined;
}

export const NOTHING_SEALED: Sealed = { checkpoint: undefined, leaf: () => undefined };

/** Two megabytes for every 65,000 events; read whole, because every leaf of it is asked for. */
export const sealedIn = (url: string, schema: string): Promise<Sealed> =>
  withClient(forAMoment(url), (client) => readSealed(client, schema));

async function readSealed(client: Client, schema: string): Promise<Sealed> {
  const tile = `${client.escapeIdentifier(schema)}.tile`;
  const { rows: there } = await client.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [tile],
  );
  if (!there[0]?.there) return NOTHING_SEALED;
  const { rows } = await client.query<{ index: string; hashes: Buffer }>(
    `select index, hashes from ${tile} where level = 0`,
  );
  const tiles = new Map(rows.map(({ index, hashes }) => [Number(index), hashes]));
  const checkpoint = await client.query<{ note: string }>(
    `select note from ${client.escapeIdentifier(schema)}.checkpoint order by size desc limit 1`,
  );
  return {
    checkpoint: checkpoint.rows[0]?.note,
    leaf(index) {
      const start = (index % TILE_WIDTH) * DIGEST_BYTES;
      const hash = tiles.get(Math.floor(index / TILE_WIDTH))?.subarray(start, start + DIGEST_BYTES);
      return hash?.length === DIGEST_BYTES ? hash : undefined;
    },
  };
}

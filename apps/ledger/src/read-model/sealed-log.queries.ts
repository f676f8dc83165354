import { Injectable } from '@nestjs/common';
import { type StreamName, leafText } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import {
  TILE_WIDTH,
  type Tile,
  bundleOf,
  consistencyProof,
  formatProof,
  inclusionProof,
  nodesOf,
} from '@tributary/proofs';
import { SealTable } from '../sealing/seal-table';

export interface PublishedCheckpoint {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly signedAt: string;
}

interface CheckpointRow {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

interface LeafRow {
  readonly index: string;
  readonly position: string;
}

const CHECKPOINT = 'select size, root, note, signed_at from checkpoint';

/** The log as it is sealed: what can be proven of it, and to which checkpoint. */
@Injectable()
export class SealedLog {
  private readonly table: SealTable;

  constructor(private readonly runtime: ServiceRuntime) {
    this.table = new SealTable(runtime.database);
  }

  async sealed(): Promise<{ readonly size: number; readonly position: string }> {
    const { rows } = await this.runtime.database.pool.query<{ size: string; position: string }>(
      'select size, position from tree',
    );
    return { size: Number(rows[0]?.size ?? 0), position: rows[0]?.position ?? '0' };
  }

  /** The last one, or the first that covers so many leaves. */
  async checkpoint(covering?: number): Promise<PublishedCheckpoint | undefined> {
    const { rows } = await this.runtime.database.pool.query<CheckpointRow>(
      covering === undefined
        ? `${CHECKPOINT} order by size desc limit 1`
        : `${CHECKPOINT} where size >= $1 order by size limit 1`,
      covering === undefined ? [] : [covering],
    );
    const [row] = rows;
    return (
      row && {
        size: Number(row.size),
        root: row.root.toString('base64'),
        note: row.note,
        signedAt: row.signed_at.toISOString(),
      }
    );
  }

  async leafOf(stream: StreamName, revision: bigint): Promise<number | undefined> {
    const { rows } = await this.runtime.database.pool.query<LeafRow>(
      'select index, position from leaf where stream = $1 and revision = $2',
      [stream, String(revision)],
    );
    return rows[0] && Number(rows[0].index);
  }

  /** As a file that needs only the key of the log to be checked. */
  async proof(index: number, { size, note }: PublishedCheckpoint): Promise<string> {
    const path = await inclusionProof(index, size, this.nodes(size));
    return formatProof({ index, path, checkpoint: note });
  }

  async consistency(from: number, to: number): Promise<readonly string[]> {
    const proof = await consistencyProof(from, to, this.nodes(to));
    return proof.map((hash) => hash.toString('base64'));
  }

  tile(tile: Tile): Promise<Buffer> {
    return this.table.tile(tile);
  }

  /** The leaves of a tile as they were hashed, read from the log again; and whose streams they are. */
  async entries(
    index: number,
    width: number,
  ): Promise<{ readonly bundle: Buffer; readonly tenants: ReadonlySet<string> }> {
    const { rows } = await this.runtime.database.pool.query<LeafRow>(
      'select index, position from leaf where index = $1',
      [index * TILE_WIDTH],
    );
    const entries: Buffer[] = [];
    const tenants = new Set<string>();
    const after = BigInt(rows[0]?.position ?? 0) - 1n;
    for await (const { events } of this.runtime.log.readAll(after)) {
      for (const event of events) {
        if (entries.length === width) break;
        tenants.add(event.tenant);
        entries.push(Buffer.from(leafText(event)));
      }
      if (entries.length === width) break;
    }
    return { bundle: bundleOf(entries), tenants };
  }

  private nodes(size: number) {
    return nodesOf(size, (tile) => this.table.tile(tile));
  }
}

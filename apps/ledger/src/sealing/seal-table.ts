import type { Statement } from '@tributary/feeds';
import { invariant } from '@tributary/kernel';
import type { Tile } from '@tributary/proofs';
import type { Database } from '@tributary/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Grown, GrowingTree, type StoredTile } from './growing-tree';
import type { SignedCheckpoint } from './signer';

/** Derived from the log, like every other table; the same events give the same rows. Only `checkpoint` says when. */
export class CreateSeal1790000008000 implements MigrationInterface {
  readonly name = 'CreateSeal1790000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table leaf (index bigint primary key, position bigint not null unique, stream text not null, revision bigint not null);
      create index on leaf (stream, revision);
      create table tile (level int, index bigint, hashes bytea not null, primary key (level, index));
      alter table tile alter column hashes set storage external;
      create table tree (one boolean primary key default true check (one), size bigint not null, position bigint not null, peaks bytea not null);
      create table checkpoint (size bigint primary key, root bytea not null, note text not null, signed_at timestamptz not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table leaf, tile, tree, checkpoint');
  }
}

const DIGEST_BYTES = 32;

interface TreeRow {
  readonly size: string;
  readonly position: string;
  readonly peaks: Buffer;
}

interface TileRow {
  readonly level: number;
  readonly index: string;
  readonly hashes: Buffer;
}

const EDGE = `select level, index, hashes from tile where octet_length(hashes) < ${256 * DIGEST_BYTES}
  and (level, index) in (select level, max(index) from tile group by level)`;

/** Where the tree is kept, in the database of the ledger. */
export class SealTable {
  constructor(private readonly database: Database) {}

  /** As it was left; an empty one before the first event. */
  async load(): Promise<{ readonly tree: GrowingTree; readonly position: bigint }> {
    const { pool } = this.database;
    const { rows } = await pool.query<TreeRow>('select size, position, peaks from tree');
    const [row] = rows;
    if (!row) return { tree: new GrowingTree(0, [], []), position: 0n };
    const edge = await pool.query<TileRow>(EDGE);
    const peaks = Array.from({ length: row.peaks.length / DIGEST_BYTES }, (_, i) =>
      row.peaks.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES),
    );
    const tree = new GrowingTree(Number(row.size), peaks, edge.rows.map(tileOf));
    return { tree, position: BigInt(row.position) };
  }

  /** The rows of what has grown, to be written together with the checkpoint of whoever seals. */
  writes(
    tree: GrowingTree,
    { leaves, tiles }: Grown,
    position: bigint,
  ): (statement: Statement, guard: string) => void {
    return (statement, guard) => {
      statement.with(
        'leaves',
        `insert into leaf (index, position, stream, revision)
         select * from unnest(${statement.bindArray(
           'bigint',
           leaves.map(({ index }) => index),
         )}, ${statement.bindArray(
           'bigint',
           leaves.map((leaf) => leaf.position),
         )}, ${statement.bindArray(
           'text',
           leaves.map(({ stream }) => stream),
         )}, ${statement.bindArray(
           'bigint',
           leaves.map(({ revision }) => revision),
         )}) where ${guard}`,
      );
      statement.with(
        'tiles',
        `insert into tile as t (level, index, hashes)
         select * from unnest(${statement.bindArray(
           'int',
           tiles.map(({ level }) => level),
         )}, ${statement.bindArray(
           'bigint',
           tiles.map(({ index }) => index),
         )}, ${statement.bind(tiles.map(({ hashes }) => hashes))}::bytea[]) where ${guard}
         on conflict (level, index) do update set hashes = excluded.hashes`,
      );
      statement.with(
        'sealed',
        `insert into tree (size, position, peaks)
         select ${statement.bind(String(tree.size))}::bigint, ${statement.bind(String(position))}::bigint, ${statement.bind(Buffer.concat(tree.peaks))}::bytea
         where ${guard}
         on conflict (one) do update set size = excluded.size, position = excluded.position, peaks = excluded.peaks`,
      );
    };
  }

  async keep({ size, root, note, signedAt }: SignedCheckpoint): Promise<void> {
    await this.database.pool.query(
      'insert into checkpoint (size, root, note, signed_at) values ($1, $2, $3, $4) on conflict do nothing',
      [size, root, note, signedAt],
    );
  }

  /** The hashes of a tile, as many as a tree of that size has. */
  async tile({ level, index, width }: Tile): Promise<Buffer> {
    const { rows } = await this.database.pool.query<{ hashes: Buffer }>(
      'select hashes from tile where level = $1 and index = $2',
      [level, index],
    );
    const hashes = rows[0]?.hashes;
    invariant(hashes && hashes.length >= width * DIGEST_BYTES, 'the tile has been sealed');
    return hashes.subarray(0, width * DIGEST_BYTES);
  }
}

const tileOf = ({ level, index, hashes }: TileRow): StoredTile => ({
  level,
  index: Number(index),
  hashes,
});

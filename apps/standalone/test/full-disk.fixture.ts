import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { EmbeddedPostgres } from '@tributary/postgres';
import { Client } from 'pg';

const run = promisify(execFile);

/** Where the events of one database lie, to be filled and emptied. */
export interface SmallDisk {
  /** Whether it is a disk, or a server that says that it is full. */
  readonly kind: 'disk' | 'trigger';
  fill(): Promise<void>;
  empty(): Promise<void>;
  /** Before the server is removed; it needs the disk no more. */
  remove(): Promise<void>;
}

const TABLE_AND_INDEXES = `
  select c.oid::regclass as name, c.relkind as kind from pg_class c
  where c.oid = 'log.event'::regclass
     or c.oid in (select indexrelid from pg_index where indrelid = 'log.event'::regclass)`;

const SAYS_FULL = `
  create function log.says_full() returns trigger language plpgsql as $$
  begin
    raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
  end $$;
  create trigger says_full before insert on log.event for each statement execute function log.says_full();
  alter table log.event disable trigger says_full;`;

/** A file system of a few megabytes where this user may mount one; elsewhere the server is made to say the same. */
export async function smallDisk(server: EmbeddedPostgres, url: string): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-test-disk-'));
  const [mounted] = await Promise.allSettled([mount(server, folder)]);
  const execute = (statement: string) => onDatabase(url, (client) => client.query(statement));
  if (mounted.status === 'rejected') {
    await rmdir(folder);
    await execute(SAYS_FULL);
    return {
      kind: 'trigger',
      fill: async () => void (await execute('alter table log.event enable trigger says_full')),
      empty: async () => void (await execute('alter table log.event disable trigger says_full')),
      remove: () => Promise.resolve(),
    };
  }
  await moveEvents(url, folder);
  const ballast = join(folder, 'ballast');
  return {
    kind: 'disk',
    async fill() {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(ballast, Buffer.alloc(bavail * bsize));
    },
    empty: () => rm(ballast),
    async remove() {
      await run('umount', ['-l', folder]);
      await rmdir(folder);
    },
  };
}

async function mount(server: EmbeddedPostgres, folder: string): Promise<void> {
  const { uid } = await stat(join(dirname(server.logFile), 'cluster'));
  await chmod(folder, 0o755);
  await run('mount', ['-t', 'tmpfs', '-o', `size=8m,mode=700,uid=${uid}`, 'tmpfs', folder]);
}

async function moveEvents(url: string, folder: string): Promise<void> {
  await onDatabase(url, async (client) => {
    await client.query(`create tablespace small location '${folder}'`);
    const { rows } = await client.query<{ name: string; kind: string }>(TABLE_AND_INDEXES);
    for (const { name, kind } of rows)
      await client.query(`alter ${kind === 'i' ? 'index' : 'table'} ${name} set tablespace small`);
  });
}

async function onDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

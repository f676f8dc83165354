import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { type EventLog, archiveOf, openArchive } from '@tributary/event-log';
import { CodedError, type Recorded } from '@tributary/kernel';
import { type Verifier, openCheckpoint, tilePath } from '@tributary/proofs';

import { linesOf, writeLines } from '../files';
import { tenantUnknown } from '../log-source';
import { derivedFiles } from './derived-files';
import { MANIFEST, hashOf, manifestText } from './manifest';
import type { SealedLog } from './sealed-log';
import { tilesFor } from './sealed-tree';

export interface Wanted {
  readonly tenant: string;
  readonly period: string;
  readonly out: string;
  /** Of the checkpoint that everything rests on. */
  readonly note: string;
  readonly key: Verifier;
  readonly verifierKey: string;
}

export interface Packed {
  readonly size: number;
  readonly events: number;
  readonly files: number;
}

const EVENTS = 'events.ndjson';

/** Written beside the place where it shall lie and moved there at the end, so that a pack that lies there is whole. */
export async function writePack(
  log: Pick<EventLog, 'readAll'>,
  sealed: Pick<SealedLog, 'positionOf' | 'tile'>,
  { tenant, period, out, note, key, verifierKey }: Wanted,
): Promise<Packed> {
  await assertFree(out);
  const { origin, size, root } = openCheckpoint(note, key);
  const draft = `${out}.part`;
  await mkdir(draft, { recursive: true });
  const hashes: Record<string, string> = {};
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), content);
    hashes[path] = hashOf(content);
  };
  await write('checkpoint', note);
  await write('log.vkey', `${verifierKey}\n`);
  const through = await sealed.positionOf(size - 1);
  await writeLines(join(draft, EVENTS), archiveOf(log, { tenant, through }));
  hashes[EVENTS] = await hashOfFile(join(draft, EVENTS));

  const leaves: number[] = [];
  for await (const { index } of (await openArchive(linesOf(join(draft, EVENTS)))).events)
    leaves.push(index);
  if (leaves.length === 0) {
    await rm(draft, { recursive: true });
    throw tenantUnknown(tenant);
  }
  const events = () => eventsOf(join(draft, EVENTS));
  const { files } = await derivedFiles(events, period);
  for (const [path, text] of files) await write(path, text);
  for (const tile of tilesFor(leaves, size)) await write(tilePath(tile), await sealed.tile(tile));
  const facts = { tenant, period, origin, size, root: root.toString('base64') };
  const manifest = manifestText({ ...facts, events: leaves.length, files: hashes });
  await writeFile(join(draft, MANIFEST), manifest);
  await rename(draft, out);
  return { size, events: leaves.length, files: Object.keys(hashes).length + 1 };
}

/** The events of an archive, from its beginning each time. */
export async function* eventsOf(file: string): AsyncGenerator<Recorded, void, undefined> {
  for await (const { event } of (await openArchive(linesOf(file))).events) yield event;
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

async function assertFree(out: string): Promise<void> {
  for (const folder of [out, `${out}.part`]) {
    const there = await readdir(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    if (there.length === 0) continue;
    const message = `${folder} is not empty. Name a folder that is not there yet, or remove it.`;
    throw new CodedError('folder_not_empty', message, { folder });
  }
}

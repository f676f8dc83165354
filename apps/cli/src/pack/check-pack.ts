import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { openArchive } from '@tributary/event-log';
import { CodedError, type Recorded } from '@tributary/kernel';
import { type Checkpoint, type Digest, openCheckpoint, verifierOf } from '@tributary/proofs';

import { linesOf } from '../files';
import { type Derived, type Files, derivedFiles } from './derived-files';
import { MANIFEST, type Manifest, hashOf, readManifest } from './manifest';
import { checkTiles } from './sealed-tree';

/** A pack as it lies there: what does not fit is named by its file, and nothing of it is believed. */
export interface OpenedPack {
  readonly manifest: Manifest;
  readonly checkpoint: string;
  /** The key that lies in the pack: whoever made the pack chose it. */
  readonly ownKey: string;
  readonly wrong: readonly string[];
  /** What a whole pack of this month would show besides. */
  readonly missing: readonly string[];
  readonly tiles: { readonly wrong: readonly string[]; leaf(index: number): Digest | undefined };
  events(): AsyncIterable<{ readonly index: number; readonly event: Recorded }>;
}

const EVENTS = 'events.ndjson';

/** Without them there is nothing that anything could be held against. */
const ALWAYS_THERE = ['checkpoint', 'log.vkey', EVENTS];

export async function openPack(folder: string): Promise<OpenedPack> {
  // A name that was mistyped is no pack that somebody has emptied.
  if (!existsSync(folder))
    throw new CodedError('file_unreadable', `There is no folder ${folder}.`, { folder });
  const manifest = readManifest(textIn(folder, MANIFEST));
  const wrong = filesWrongIn(folder, manifest);
  try {
    return await readPack(folder, manifest, wrong);
  } catch (error) {
    // Whatever it is that cannot be read, the files that were changed are named first.
    if (!(error instanceof CodedError) || wrong.length === 0) throw error;
    const { message, facts } = error;
    throw new CodedError('pack_broken', `${wrong.join('; ')}: ${message}`, facts, { cause: error });
  }
}

async function readPack(folder: string, manifest: Manifest, wrong: string[]): Promise<OpenedPack> {
  const checkpoint = textIn(folder, 'checkpoint');
  const ownKey = textIn(folder, 'log.vkey').trim();
  const signed = signedIn(checkpoint, ownKey);
  if (!isOf(manifest, signed))
    wrong.push(`${MANIFEST}: origin, size or root is not that of the checkpoint`);
  const leaves: number[] = [];
  const events = () => eventsIn(folder, manifest.tenant);
  for await (const { index } of events()) leaves.push(index);
  if (leaves.length === 0)
    wrong.push(`${EVENTS} holds no event of ${manifest.tenant}: nothing is proved by it`);
  // The highest stands last: in an archive they only rise.
  const last = leaves.at(-1);
  if (last !== undefined && last >= signed.size)
    wrong.push(`${EVENTS}: leaf ${last} is not among the ${signed.size} that were signed`);
  if (leaves.length !== manifest.events)
    wrong.push(`${MANIFEST}: ${manifest.events} events, ${leaves.length} are there`);
  const tiles = await checkTiles(signed, leaves, (path) =>
    path in manifest.files ? bytesIn(folder, path) : undefined,
  );
  const { files, certified } = await derivedIn(folder, manifest);
  wrong.push(...derivedWrongIn(files, manifest), ...certified.wrong());
  const missing = certified.uncertified(manifest.period);
  return { manifest, checkpoint, ownKey, wrong, missing, tiles, events };
}

/** Every file has the hash that the manifest says, and there is no other file. */
function filesWrongIn(folder: string, { files }: Manifest): string[] {
  const wrong: string[] = [];
  const there = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => path.split(sep).join('/')),
  );
  for (const [path, hash] of Object.entries(files)) {
    // A path that leads out of the pack is no file of it.
    const bytes = there.delete(path) ? bytesIn(folder, path) : undefined;
    if (bytes === undefined) wrong.push(`${path} is missing`);
    else if (hashOf(bytes) !== hash)
      wrong.push(`${path} is not as ${MANIFEST} says that it was packed`);
  }
  for (const path of ALWAYS_THERE) if (!(path in files)) wrong.push(`${path} is missing`);
  there.delete(MANIFEST);
  for (const path of there) wrong.push(`${path} does not belong to the pack`);
  return wrong;
}

function derivedIn(folder: string, { period }: Manifest): Promise<Derived> {
  const events = async function* () {
    for await (const { event } of eventsIn(folder)) yield event;
  };
  return derivedFiles(events, period);
}

/** Plans, engines, certificates and books follow from the events; they are made again and compared byte for byte. */
function derivedWrongIn(derived: Files, { files }: Manifest): string[] {
  const wrong: string[] = [];
  for (const [path, text] of derived) {
    if (!(path in files)) wrong.push(`${path} is missing`);
    else if (hashOf(text) !== files[path]) wrong.push(`${path} does not follow from the events`);
  }
  const isDerived = /^(?:plans|books)\/|^engines\.json$/;
  for (const path of Object.keys(files))
    if (isDerived.test(path) && !derived.has(path))
      wrong.push(`${path} does not follow from the events`);
  return wrong;
}

async function* eventsIn(folder: string, tenant?: string) {
  const { header, events } = await openArchive(linesOf(join(folder, EVENTS)));
  if (tenant !== undefined && header.tenant !== tenant)
    throw new CodedError('pack_broken', `${EVENTS} is not of tenant ${tenant}.`);
  for await (const archived of events) {
    if (archived.event.tenant !== header.tenant)
      throw new CodedError('pack_broken', `Leaf ${archived.index} is of another tenant.`);
    yield archived;
  }
}

/** By the key in the pack; whether that is the key of the log is for the reader to say. */
function signedIn(checkpoint: string, ownKey: string): Checkpoint {
  const { origin, size, root } = openCheckpoint(checkpoint, verifierOf(ownKey));
  return { origin, size, root };
}

const isOf = ({ origin, size, root }: Manifest, signed: Checkpoint): boolean =>
  origin === signed.origin && size === signed.size && root === signed.root.toString('base64');

function bytesIn(folder: string, path: string): Buffer | undefined {
  const file = join(folder, path);
  if (relative(folder, file).startsWith('..')) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function textIn(folder: string, path: string): string {
  const bytes = bytesIn(folder, path);
  if (bytes) return bytes.toString('utf8');
  throw new CodedError('pack_broken', `${path} is missing in ${folder}.`, { path });
}

import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { ARCHIVE, type Batch, archiveLine } from '@tributary/event-log';
import { type Recorded, canonicalJson, leafText } from '@tributary/kernel';
import {
  Frontier,
  checkpointText,
  formatNote,
  leafHashOf,
  signNote,
  signerOf,
  verifierKeyOf,
  verifierOf,
} from '@tributary/proofs';

import { derivedFiles } from './derived-files';
import { type Manifest, hashOf, manifestText } from './manifest';
import { writePack } from './write-pack';

const signer = signerOf('tributary.test/log', Buffer.alloc(32, 7));

/** The key that signs every small pack. */
export const KEY = verifierKeyOf(signer);

const EVENTS = 'events.ndjson';
const DIGEST_BYTES = 32;

interface OfPack {
  readonly tenant: string;
  readonly period: string;
}

/** An event with the place that its leaf has in the tree. */
export type Sealed = readonly [index: number, event: Recorded];

/** Of a log without a database, small enough for one tile. */
export async function writeSmallPack(
  out: string,
  events: readonly Recorded[],
  ofPack: OfPack,
): Promise<void> {
  const leaves = events.map((event) => leafHashOf(leafText(event)));
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.push(leaf);
  const checkpoint = { origin: signer.name, size: leaves.length, root: frontier.root() };
  const sealed = {
    positionOf: (leaf: number) => Promise.resolve((events[leaf] as Recorded).position),
    tile: ({ width }: { readonly width: number }) =>
      Promise.resolve(Buffer.concat(leaves).subarray(0, width * DIGEST_BYTES)),
  };
  async function* readAll(): AsyncGenerator<Batch> {
    yield { events, through: BigInt(events.length), caughtUp: true };
  }
  await writePack({ readAll }, sealed, {
    ...{ ...ofPack, out, key: verifierOf(KEY), verifierKey: KEY },
    note: formatNote(signNote(checkpointText(checkpoint), signer)),
  });
}

/** As somebody would who knows how a pack is made: everything else in it fits these events, and the manifest fits all of it. */
export async function forgeEvents(
  pack: string,
  given: readonly Sealed[],
  { tenant, period }: OfPack,
): Promise<void> {
  const lines = [`${JSON.stringify({ archive: ARCHIVE, tenant })}\n`];
  for (const [index, event] of given)
    lines.push(`${archiveLine({ index, event }, canonicalJson(event.data))}\n`);
  const sha256 = hashOf(lines.join(''));
  lines.push(`${JSON.stringify({ events: given.length, size: given.length, sha256 })}\n`);
  await writeFile(join(pack, EVENTS), lines.join(''));
  for (const path of ['plans', 'books', 'engines.json'])
    await rm(join(pack, path), { recursive: true, force: true });
  const { files } = await derivedFiles(() => eventsOf(given), period);
  for (const [path, text] of files) {
    await mkdir(dirname(join(pack, path)), { recursive: true });
    await writeFile(join(pack, path), text);
  }
  await refit(pack, { events: given.length });
}

/** The manifest names what is there, and nothing else. */
export async function refit(pack: string, facts: Partial<Manifest> = {}): Promise<void> {
  const file = join(pack, 'manifest.json');
  const { pack: _pack, ...manifest } = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  const files: Record<string, string> = {};
  for (const path of await readdir(pack, { recursive: true }))
    if (path !== 'manifest.json' && (await stat(join(pack, path))).isFile())
      files[path] = hashOf(await readFile(join(pack, path)));
  await writeFile(file, manifestText({ ...manifest, ...facts, files }));
}

async function* eventsOf(given: readonly Sealed[]): AsyncGenerator<Recorded> {
  for (const [, event] of given) yield event;
}

import { CodedError, canonicalJson, sha256Hex } from '@tributary/kernel';

/** What a pack says of itself: of which month, from which checkpoint, and the hash of every file in it. */
export interface Manifest {
  readonly pack: 'tributary-pack@1';
  readonly tenant: string;
  readonly period: string;
  readonly origin: string;
  /** Of the tree that was signed; the events in the pack are those of the tenant in it. */
  readonly size: number;
  readonly root: string;
  readonly events: number;
  readonly files: Readonly<Record<string, string>>;
}

export const MANIFEST = 'manifest.json';
const PACK: Manifest['pack'] = 'tributary-pack@1';

export const manifestText = (manifest: Omit<Manifest, 'pack'>): string =>
  `${canonicalJson({ pack: PACK, ...manifest })}\n`;

export const hashOf = (bytes: string | Uint8Array): string => sha256Hex(bytes);

/** There is one way to write it, so that each of its bytes means something. */
export function readManifest(text: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (error) {
    throw new CodedError('pack_broken', `${MANIFEST} is no JSON.`, {}, { cause: error });
  }
  if (manifest.pack !== PACK || typeof manifest.files !== 'object' || manifest.files === null)
    throw new CodedError('pack_broken', `${MANIFEST} is not that of a ${PACK}.`);
  const { pack: _pack, ...rest } = manifest;
  if (manifestText(rest) !== text)
    throw new CodedError('pack_broken', `${MANIFEST} is not in canonical form.`);
  return manifest;
}

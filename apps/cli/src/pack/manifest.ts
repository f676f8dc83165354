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
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** A manifest that leaves one of them out would leave a check out. */
const FIELDS: Readonly<Record<keyof Manifest, (value: unknown) => boolean>> = {
  pack: (value) => value === PACK,
  tenant: isText,
  period: (value) => isText(value) && MONTH.test(value),
  origin: isText,
  size: isCount,
  root: isText,
  events: isCount,
  files: (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isText),
};

export const manifestText = (manifest: Omit<Manifest, 'pack'>): string =>
  `${canonicalJson({ pack: PACK, ...manifest })}\n`;

export const hashOf = (bytes: string | Uint8Array): string => sha256Hex(bytes);

/** There is one way to write it, so that each of its bytes means something. */
export function readManifest(text: string): Manifest {
  let manifest: Manifest | null;
  try {
    manifest = JSON.parse(text) as Manifest | null;
  } catch (error) {
    throw new CodedError('pack_broken', `${MANIFEST} is no JSON.`, {}, { cause: error });
  }
  if (manifest?.pack !== PACK)
    throw new CodedError('pack_broken', `${MANIFEST} is not that of a ${PACK}.`);
  for (const [name, isSo] of Object.entries(FIELDS))
    if (!isSo(manifest[name as keyof Manifest]))
      throw new CodedError('pack_broken', `${MANIFEST}: ${name} is missing, or is none.`, { name });
  const { pack: _pack, ...rest } = manifest;
  if (manifestText(rest) !== text)
    throw new CodedError('pack_broken', `${MANIFEST} is not in canonical form.`);
  return manifest;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

import { CodedError, type Json } from '@tributary/kernel';
import { IV_BYTES, TAG_BYTES, decrypt, encrypt } from './aes-gcm';
import type { SubjectKey } from './key-store';
import { lengthPrefixed } from './length-prefixed';

/** Where a value stands. Sealed for one place, it opens at no other. */
export interface Place {
  readonly tenant: string;
  readonly stream: string;
  /** Of the event. */
  readonly type: string;
  /** JSON pointer or name, as long as it is always the same. */
  readonly field: string;
}

/** A value as it may be stored and sent. Equal values of a tenant have equal `hmac`s. */
export type Sealed = {
  readonly sealed: string;
  readonly hmac: string;
};

const SEALED = /^v1\.([0-9a-f]{32})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;
const HMAC = /^[0-9a-f]{32}$/;

export interface ToSeal {
  readonly key: SubjectKey;
  /** Random, and drawn for this value alone. */
  readonly iv: Uint8Array;
  readonly place: Place;
  readonly text: string;
  readonly hmac: string;
}

export function sealText({ key, iv, place, text, hmac }: ToSeal): Sealed {
  const bytes = encrypt(key.key, iv, boundTo(place, key.id, hmac), Buffer.from(text));
  const parts = ['v1', key.id, Buffer.from(iv).toString('base64url'), bytes.toString('base64url')];
  return { sealed: parts.join('.'), hmac };
}

export function openText(key: SubjectKey, place: Place, sealed: Sealed): string {
  const { keyId, iv, bytes } = partsOf(sealed);
  const plain =
    keyId === key.id ? decrypt(key.key, iv, boundTo(place, keyId, sealed.hmac), bytes) : undefined;
  if (!plain) throw broken('it was changed, or sealed for another place');
  return plain.toString();
}

export const keyIdOf = (sealed: Sealed): string => partsOf(sealed).keyId;

export function isSealed(value: Json | undefined): value is Sealed {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { sealed, hmac, ...rest } = value as { readonly [key: string]: Json };
  return (
    typeof sealed === 'string' &&
    typeof hmac === 'string' &&
    Object.keys(rest).length === 0 &&
    SEALED.test(sealed) &&
    HMAC.test(hmac)
  );
}

function partsOf({ sealed, hmac }: Sealed) {
  const [, keyId = '', ivText = '', text = ''] = SEALED.exec(sealed) ?? [];
  const iv = Buffer.from(ivText, 'base64url');
  const bytes = Buffer.from(text, 'base64url');
  // A last digit may hold bits that nothing reads: what is not written as we write it was changed.
  if (
    !HMAC.test(hmac) ||
    iv.length !== IV_BYTES ||
    bytes.length < TAG_BYTES ||
    bytes.toString('base64url') !== text
  )
    throw broken('it does not have the form of a sealed value');
  return { keyId, iv, bytes };
}

const boundTo = ({ tenant, stream, type, field }: Place, keyId: string, hmac: string): string =>
  lengthPrefixed('tributary sealed v1', tenant, stream, type, field, keyId, hmac);

const broken = (reason: string): CodedError =>
  new CodedError('seal_broken', `A sealed value does not open: ${reason}.`, { reason });

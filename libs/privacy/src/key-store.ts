import type { KeyObject } from 'node:crypto';
import { CodedError, invariant } from '@tributary/kernel';
import type { TenantSecrets } from './secrets';

/** Seals what is known of one subject for one purpose. */
export interface SubjectKey {
  /** 32 hexadecimal digits; stands in what is sealed. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The subject's keys were destroyed, and it never gets others. */
export const ERASED = 'erased';
export type Erased = typeof ERASED;

export interface KeyName {
  /** A pseudonym or another id of ours; never a reference as it came. */
  readonly subject: string;
  readonly purpose: string;
}

/** Keys that can be destroyed. What a destroyed key has sealed, nobody opens again. */
export abstract class KeyStore {
  abstract secretsOf(tenant: string): Promise<TenantSecrets>;

  /** In the order of the names; a key is made where there was none. */
  abstract keysFor(
    tenant: string,
    names: readonly KeyName[],
  ): Promise<readonly (SubjectKey | Erased)[]>;

  /** By its id, as it stands in what was sealed. */
  abstract keyOf(tenant: string, id: string): Promise<SubjectKey | Erased | undefined>;

  /** Destroys all keys of a subject for ever. A repeat changes nothing. */
  abstract destroy(tenant: string, subject: string): Promise<void>;

  async keyFor(tenant: string, subject: string, purpose: string): Promise<SubjectKey | Erased> {
    const [key] = await this.keysFor(tenant, [{ subject, purpose }]);
    invariant(key, 'one name, one answer');
    return key;
  }
}

const ID = /^[a-z0-9]{1,32}$/;
const PURPOSE = /^[a-z][a-z0-9_]{0,31}$/;

export function checkTenant(tenant: string): void {
  if (!ID.test(tenant)) throw new CodedError('invalid_tenant', 'Not a tenant.', { tenant });
}

export function checkSubject(subject: string): void {
  // It may be a reference that somebody forgot to exchange, so it is not repeated.
  if (!ID.test(subject))
    throw new CodedError('invalid_subject', 'Not the id of a subject (a-z, 0-9, at most 32).');
}

export function checkKeyName({ subject, purpose }: KeyName): void {
  checkSubject(subject);
  if (!PURPOSE.test(purpose))
    throw new CodedError('invalid_purpose', `Not a purpose: "${purpose}".`, { purpose });
}

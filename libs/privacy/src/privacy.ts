import { randomBytes } from 'node:crypto';
import { CodedError, type Json, canonicalJson } from '@tributary/kernel';
import { IV_BYTES } from './aes-gcm';
import type { IdentifierVault, Reference } from './identifier-vault';
import { ERASED, type Erased, type KeyName, type KeyStore, type SubjectKey } from './key-store';
import { type Place, type Sealed, keyIdOf, openText, sealText } from './seal';
import type { TenantSecrets } from './secrets';

/** A place within the tenant. */
export type PlaceOfTenant = Omit<Place, 'tenant'>;

/** 128 bits, as everywhere else where contents are compared. */
const HMAC_LENGTH = 32;

/** The door for services: everything that is done to personal data, by tenant. */
export class Privacy {
  constructor(
    readonly keys: KeyStore,
    readonly vault: IdentifierVault,
  ) {}

  /** Cheap once the tenant is known; may be asked for every request. */
  async of(tenant: string): Promise<PersonalData> {
    return new PersonalData(tenant, await this.keys.secretsOf(tenant), this.keys, this.vault);
  }
}

/** The personal data of one tenant. */
export class PersonalData {
  constructor(
    readonly tenant: string,
    private readonly secrets: TenantSecrets,
    private readonly keys: KeyStore,
    private readonly vault: IdentifierVault,
  ) {}

  /** 32 hexadecimal digits that only this tenant's key gives: for fingerprints, in place of a hash that can be guessed. */
  readonly hmacHex = (text: string): string => this.secrets.content.hex(text).slice(0, HMAC_LENGTH);

  async exchange(references: readonly Reference[]): Promise<readonly string[]> {
    return await this.vault.exchange(this.tenant, references);
  }

  async find(reference: Reference): Promise<string | undefined> {
    return await this.vault.find(this.tenant, reference);
  }

  async forget(pseudonyms: readonly string[]): Promise<void> {
    await this.vault.forget(this.tenant, pseudonyms);
  }

  async keyFor(subject: string, purpose: string): Promise<SubjectKey | Erased> {
    return await this.keys.keyFor(this.tenant, subject, purpose);
  }

  /** In the order of the names, in one go. */
  async keysFor(names: readonly KeyName[]): Promise<readonly (SubjectKey | Erased)[]> {
    return await this.keys.keysFor(this.tenant, names);
  }

  async destroy(subject: string): Promise<void> {
    await this.keys.destroy(this.tenant, subject);
  }

  /** Each call draws another IV, so it is called once per append, before the first attempt. */
  seal(key: SubjectKey, place: PlaceOfTenant, value: Json): Sealed {
    const text = canonicalJson(value);
    return sealText({
      key,
      iv: randomBytes(IV_BYTES),
      place: { ...place, tenant: this.tenant },
      text,
      hmac: this.hmacHex(text),
    });
  }

  /** Rejects with `erased` when the key was destroyed, `key_unknown` when it was never here, `seal_broken` at any other place. */
  async open(sealed: Sealed, place: PlaceOfTenant): Promise<Json> {
    const keyId = keyIdOf(sealed);
    const key = await this.keys.keyOf(this.tenant, keyId);
    if (key === undefined)
      throw new CodedError('key_unknown', 'A value was sealed with a key that is not here.', {
        keyId,
      });
    return this.openWith(key, sealed, place);
  }

  /** For whoever opens many and has asked for all their keys at once, see `keysFor`. Throws as `open` rejects. */
  openWith(key: SubjectKey | Erased, sealed: Sealed, place: PlaceOfTenant): Json {
    if (key === ERASED) {
      const keyId = keyIdOf(sealed);
      throw new CodedError('erased', 'The subject of this value was erased.', { keyId });
    }
    return JSON.parse(openText(key, { ...place, tenant: this.tenant }, sealed)) as Json;
  }
}

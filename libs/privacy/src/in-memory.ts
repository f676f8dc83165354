import { randomUUID } from 'node:crypto';
import { withoutDashes } from '@tributary/kernel';
import {
  IdentifierVault,
  type Reference,
  checkPseudonym,
  checkReference,
} from './identifier-vault';
import {
  ERASED,
  type Erased,
  type KeyName,
  KeyStore,
  type SubjectKey,
  checkKeyName,
  checkSubject,
  checkTenant,
} from './key-store';
import { lengthPrefixed } from './length-prefixed';
import { Privacy } from './privacy';
import { type TenantSecrets, drawKey, tenantSecretsOf } from './secrets';

export class InMemoryIdentifierVault extends IdentifierVault {
  private readonly pseudonyms = new Map<string, string>();

  async exchange(tenant: string, references: readonly Reference[]): Promise<readonly string[]> {
    return references.map((reference) => {
      const key = keyOf(tenant, reference);
      const pseudonym = this.pseudonyms.get(key) ?? withoutDashes(randomUUID());
      this.pseudonyms.set(key, pseudonym);
      return pseudonym;
    });
  }

  async find(tenant: string, reference: Reference): Promise<string | undefined> {
    return this.pseudonyms.get(keyOf(tenant, reference));
  }

  async forget(tenant: string, pseudonyms: readonly string[]): Promise<void> {
    pseudonyms.forEach(checkPseudonym);
    const gone = new Set(pseudonyms);
    for (const [key, pseudonym] of this.pseudonyms)
      if (gone.has(pseudonym) && key.startsWith(lengthPrefixed(tenant)))
        this.pseudonyms.delete(key);
  }
}

function keyOf(tenant: string, reference: Reference): string {
  checkReference(reference);
  return lengthPrefixed(tenant, reference.kind, reference.value);
}

export class InMemoryKeyStore extends KeyStore {
  private readonly secrets = new Map<string, TenantSecrets>();
  private readonly keys = new Map<string, SubjectKey>();
  private readonly owners = new Map<string, string>();
  private readonly erased = new Set<string>();

  async secretsOf(tenant: string): Promise<TenantSecrets> {
    checkTenant(tenant);
    const secrets = this.secrets.get(tenant) ?? tenantSecretsOf(drawKey());
    this.secrets.set(tenant, secrets);
    return secrets;
  }

  async keysFor(
    tenant: string,
    names: readonly KeyName[],
  ): Promise<readonly (SubjectKey | Erased)[]> {
    names.forEach(checkKeyName);
    return names.map((name) => this.one(tenant, name));
  }

  async keyOf(tenant: string, id: string): Promise<SubjectKey | Erased | undefined> {
    const owner = this.owners.get(lengthPrefixed(tenant, id));
    if (owner === undefined) return undefined;
    const found = [...this.keys.values()].find((key) => key.id === id);
    return this.erased.has(owner) ? ERASED : found;
  }

  async destroy(tenant: string, subject: string): Promise<void> {
    checkSubject(subject);
    const owner = lengthPrefixed(tenant, subject);
    this.erased.add(owner);
    for (const name of this.keys.keys()) if (name.startsWith(owner)) this.keys.delete(name);
  }

  private one(tenant: string, { subject, purpose }: KeyName): SubjectKey | Erased {
    const owner = lengthPrefixed(tenant, subject);
    if (this.erased.has(owner)) return ERASED;
    const name = lengthPrefixed(tenant, subject, purpose);
    const key = this.keys.get(name) ?? { id: withoutDashes(randomUUID()), key: drawKey() };
    this.keys.set(name, key);
    this.owners.set(lengthPrefixed(tenant, key.id), owner);
    return key;
  }
}

export const inMemoryPrivacy = (): Privacy =>
  new Privacy(new InMemoryKeyStore(), new InMemoryIdentifierVault());

import { Database } from '@tributary/postgres';
import { PostgresIdentifierVault } from './postgres/identifier-vault';
import { PostgresKeyStore } from './postgres/key-store';
import { Privacy1700000000400 } from './postgres/migration';
import { Tenants } from './postgres/tenants';
import { Privacy } from './privacy';
import { MasterKey } from './secrets';

export interface PrivacyOptions {
  readonly url: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly onConnectionLost?: (error: Error) => void;
  readonly now?: () => number;
  readonly poolSize?: number;
}

export interface OpenPrivacy {
  readonly privacy: Privacy;
  /** Rejects with `unavailable` unless vault and keys answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Vault and keys where they lie, with their tables made if they are missing. Rejects with `wrong_master_key`. */
export async function openPrivacy({
  url,
  masterKey,
  onConnectionLost,
  now = Date.now,
  poolSize = 4,
}: PrivacyOptions): Promise<OpenPrivacy> {
  const database = await Database.open({
    url,
    schema: 'privacy',
    migrations: [Privacy1700000000400],
    poolSize,
    ...(onConnectionLost && { onConnectionLost }),
  });
  try {
    const tenants = new Tenants(database, new MasterKey(masterKey), now);
    await tenants.check();
    const keys = new PostgresKeyStore(database, tenants);
    const vault = new PostgresIdentifierVault(database, tenants);
    return {
      privacy: new Privacy(keys, vault),
      ping: () => database.ping(),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

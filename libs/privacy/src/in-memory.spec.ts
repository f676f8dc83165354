import { identifierVaultContract } from './contract/identifier-vault-contract.fixture';
import { keyStoreContract } from './contract/key-store-contract.fixture';
import { InMemoryIdentifierVault, InMemoryKeyStore } from './in-memory';

describe('exchanging references in memory', () => {
  const vault = new InMemoryIdentifierVault();
  identifierVaultContract(() => vault);
});

describe('keeping keys in memory', () => {
  const keys = new InMemoryKeyStore();
  keyStoreContract(() => keys);
});

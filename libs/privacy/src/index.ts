export { IdentifierVault, type Reference } from './identifier-vault';
export { ERASED, type Erased, type KeyName, KeyStore, type SubjectKey } from './key-store';
export * from './open-privacy';
export * from './privacy';
export { type Place, type Sealed, isSealed, keyIdOf } from './seal';

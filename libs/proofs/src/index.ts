export * from './checkpoint';
export {
  COSIGNATURE,
  ED25519,
  type Note,
  type Signature,
  type Signer,
  type Verifier,
  formatNote,
  formatSignature,
  parseNote,
  parseSignature,
  signerOf,
  signNote,
  verifierKeyOf,
  verifierOf,
} from './note';
export * from './proof-file';
export * from './tiles';
export {
  Cover,
  type Digest,
  EMPTY_ROOT,
  Frontier,
  type NodeReader,
  type Subtree,
  consistencyProof,
  inclusionProof,
  leafHashOf,
  nodeHashOf,
  rootOf,
} from './tree';
export * from './verify';
export * from './witness';

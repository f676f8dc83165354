import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@tributary/kernel';
import {
  COSIGNATURE,
  Frontier,
  checkpointText,
  consistencyProof,
  cosign,
  cosignedAt,
  formatNote,
  formatSignature,
  inclusionProof,
  leafHashOf,
  openCheckpoint,
  parseNote,
  provesConsistency,
  provesInclusion,
  rootOf,
  signNote,
  signerOf,
  verifierKeyOf,
  verifierOf,
} from './index';
import { nodesInMemory } from './tree.fixture';

interface Inclusion {
  readonly name: string;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string | null;
  readonly leafHash: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
interface Consistency {
  readonly name: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string | null;
  readonly root2: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const vectors = <T>(file: string): T[] =>
  JSON.parse(readFileSync(join(__dirname, '..', 'vectors', file), 'utf8')) as T[];
const bytes = (text: string | null): Buffer => Buffer.from(text ?? '', 'base64');

describe('the public vectors', () => {
  it.each(vectors<Inclusion>('inclusion.json'))('inclusion $name', (vector) => {
    const { leafIdx: index, treeSize: size, proof, wantErr } = vector;
    const [leaf, root] = [bytes(vector.leafHash), bytes(vector.root)];
    expect(provesInclusion({ index, size, leaf, root }, (proof ?? []).map(bytes))).toBe(!wantErr);
  });

  it.each(vectors<Consistency>('consistency.json'))('consistency $name', (vector) => {
    const earlier = { size: vector.size1, root: bytes(vector.root1) };
    const later = { size: vector.size2, root: bytes(vector.root2) };
    const proof = (vector.proof ?? []).map(bytes);
    expect(provesConsistency(earlier, later, proof)).toBe(!vector.wantErr);
  });
});

/** Made and accepted by Go's own packages once; what is printed here must never change. */
describe('the golden log', () => {
  const log = signerOf('ledger.example/t1', Buffer.alloc(32, 1));
  const witness = signerOf('witness.example/w1', Buffer.alloc(32, 2), COSIGNATURE);
  const entries = Array.from({ length: 7 }, (_, i) =>
    Buffer.from(canonicalJson({ amount: String(i * 100), id: String(i) })),
  );
  const { frontier, node } = nodesInMemory(entries);
  const hashes = (proof: readonly Buffer[]) => proof.map((hash) => hash.toString('base64'));

  it('has these keys', () => {
    expect(verifierKeyOf(log)).toBe(
      'ledger.example/t1+91973e4c+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c',
    );
    expect(verifierKeyOf(witness)).toBe(
      'witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU',
    );
  });

  it('has these roots', async () => {
    expect(leafHashOf(entries[0] as Buffer).toString('hex')).toBe(
      'e853a471cbac82a4894f46e4ebe5e16bf3226f552a5e4de1ee2f7e181c0fdd23',
    );
    const roots = await Promise.all([0, 1, 2, 3, 7].map((size) => rootOf(size, node)));
    expect(hashes(roots)).toEqual([
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      '6FOkccusgqSJT0bk6+Xha/Mib1UqXk3h7i9+GBwP3SM=',
      'f+WMfzCTbvvOjHiVXsuTQXHzdQO+TFr+IXEQYEg5OY8=',
      '52Gk6nZ954GpYjR3T9TYfLVbZGIAtWy6sx4CIgyIAUw=',
      '30XPyIznF07k9qx+7V6ugp7fEsV2/Bo9lXnH/1TSaWU=',
    ]);
    expect(frontier.root().equals(roots[4] as Buffer)).toBe(true);
  });

  it('has these proofs', async () => {
    expect(hashes(await inclusionProof(5, 7, node))).toEqual([
      'LcmRnTWgw700KiswPp49ylh3UfC6PbgKQf+487lvvtk=',
      'WbIlMK8OTzcfInwX2f5wd2RFZx2Sege+/Wy70UaAHpA=',
      'oab4sVNU5y4NYstsRn168dUhs04y/yVfW5jrIkPVpk0=',
    ]);
    expect(hashes(await consistencyProof(3, 7, node))).toEqual([
      'H9xzANQoNebBlI8N8Qf7k+Ey51tBhBruEkfZlkZXyXE=',
      'UYWxWOVp8PuLU40nPL0iV2URM0oSbB6GwsJuDdc6e8Y=',
      'f+WMfzCTbvvOjHiVXsuTQXHzdQO+TFr+IXEQYEg5OY8=',
      '91qdTO8k3xWY0KUtJbDVI5ZM8qsRfgwN1g5aY3HV86A=',
    ]);
  });

  it('has this checkpoint, signed and witnessed', () => {
    const text = checkpointText({ origin: log.name, size: 7, root: frontier.root() });
    const note = formatNote(signNote(text, log));
    const seen = note + formatSignature(cosign(text, 1_700_000_000, witness));
    expect(seen).toBe(`ledger.example/t1
7
30XPyIznF07k9qx+7V6ugp7fEsV2/Bo9lXnH/1TSaWU=

— ledger.example/t1 kZc+TI2sCYgAgHRI9OU9RTqV//k/09OjW9+hCpifZzJ6eDmhqAg0tvMH9xklbm0v4/au1/6pn2o/n43FZ3iudNx4kAQ=
— witness.example/w1 3xwKNQAAAABlU/EA8nlC4kzzkTFpykd2YcrAIccAQ5VCcwRyXOAGc6SeW7R9KZjkqPGw1RVkbDPCo+SOEirQ8CXU+03I+tF6UaRzBQ==
`);
    const opened = openCheckpoint(seen, verifierOf(verifierKeyOf(log)));
    expect(opened).toMatchObject({ origin: 'ledger.example/t1', size: 7 });
    expect(cosignedAt(parseNote(seen), verifierOf(verifierKeyOf(witness)))).toBe(1_700_000_000);
  });

  it('goes on from what was kept of it', () => {
    const resumed = new Frontier(frontier.size, frontier.hashes);
    const more = nodesInMemory([...entries, Buffer.from('next')]).frontier;
    resumed.push(leafHashOf(Buffer.from('next')));
    expect(resumed.root().equals(more.root())).toBe(true);
  });
});

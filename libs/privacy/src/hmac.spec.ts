import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { HmacKey } from './hmac';

describe('HMAC-SHA-256 under one key', () => {
  // https://www.rfc-editor.org/rfc/rfc4231, 4.2 and 4.3.
  it.each([
    [
      '0b'.repeat(20),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      Buffer.from('Jefe').toString('hex'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
  ])('is the vector of RFC 4231 for key %s', (key, text, expected) => {
    expect(new HmacKey(Buffer.from(key, 'hex')).hex(text)).toBe(expected);
  });

  it('is what the platform says, for keys and texts of any length and script, whichever key came before', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    const text = fc.string({ unit: 'binary', maxLength: 3_000 });
    fc.assert(
      fc.property(bytes, bytes, fc.array(text, { maxLength: 4 }), (one, other, texts) => {
        const [oneKey, otherKey] = [new HmacKey(one), new HmacKey(other)];
        for (const each of texts) {
          expect(oneKey.hex(each)).toBe(platform(one, each));
          expect(otherKey.hex(each)).toBe(platform(other, each));
        }
      }),
    );
  });

  it('takes no key that would have to be hashed first', () => {
    expect(() => new HmacKey(Buffer.alloc(65))).toThrow('hashed first');
  });

  it('shows nothing of its key when it is printed', () => {
    const key = new HmacKey(Buffer.from('a key that nobody may read in logs'));
    expect([JSON.stringify(key), inspect(key)]).toEqual(['{}', 'HmacKey {}']);
  });
});

const platform = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');

const VECTORS = resolve(__dirname, '../../../../shared/data/wycheproof/hmac_sha256_test.json');

interface Group {
  readonly tests: readonly (Record<'key' | 'msg' | 'tag', string> & {
    readonly tcId: number;
    readonly comment: string;
    readonly result: 'valid' | 'invalid';
  })[];
}

if (existsSync(VECTORS)) {
  const { testGroups } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { testGroups: Group[] };
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  // Ours takes text, and keys of a block at most.
  const tests = testGroups
    .flatMap((group) => group.tests)
    .filter(({ key, msg }) => isUtf8(bytes(msg)) && bytes(key).length <= 64);

  describe('the public vectors of Wycheproof', () => {
    it('are of our kind in sufficient number', () => expect(tests.length).toBeGreaterThan(100));

    it.each(tests)('$tcId $comment is $result', ({ key, msg, tag, result }) => {
      const ours = new HmacKey(bytes(key)).hex(bytes(msg).toString()).slice(0, tag.length);
      expect(ours === tag).toBe(result === 'valid');
    });
  });
} else {
  it.skip('the public vectors of Wycheproof (skipped: ../shared/data/wycheproof is not on this machine)', () =>
    undefined);
}

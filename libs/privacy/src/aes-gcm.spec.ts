import { createSecretKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decrypt, encrypt } from './aes-gcm';

const KEY = createSecretKey(Buffer.alloc(32, 1));
const IV = Buffer.alloc(12, 2);

describe('encrypting with AES-256-GCM', () => {
  it('gives back what it was given, the empty text too', () => {
    for (const text of ['', 'x', 'ünï-漢字-😀'.repeat(100)]) {
      const sealed = encrypt(KEY, IV, 'bound', Buffer.from(text));
      expect(decrypt(KEY, IV, 'bound', sealed)?.toString()).toBe(text);
    }
  });

  it('gives nothing where any bit is not as it was', () => {
    const sealed = encrypt(KEY, IV, 'bound', Buffer.from('x'));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(decrypt(KEY, IV, 'bound', changed)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(decrypt(KEY, IV, 'bound', sealed.subarray(0, length))).toBeUndefined();
    expect(decrypt(KEY, IV, 'bounds', sealed)).toBeUndefined();
    expect(decrypt(KEY, Buffer.alloc(12, 3), 'bound', sealed)).toBeUndefined();
    expect(decrypt(createSecretKey(Buffer.alloc(32, 4)), IV, 'bound', sealed)).toBeUndefined();
  });

  it('takes no IV but one of 96 bits', () => {
    expect(() => encrypt(KEY, Buffer.alloc(16), '', Buffer.from('x'))).toThrow('96 bits');
    expect(decrypt(KEY, Buffer.alloc(16), '', Buffer.alloc(32))).toBeUndefined();
  });
});

const VECTORS = resolve(__dirname, '../../../../shared/data/wycheproof/aes_gcm_test.json');

interface Group {
  readonly keySize: number;
  readonly ivSize: number;
  readonly tagSize: number;
  readonly tests: readonly (Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string> & {
    readonly tcId: number;
    readonly comment: string;
    readonly result: 'valid' | 'invalid';
  })[];
}

if (existsSync(VECTORS)) {
  const { testGroups } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { testGroups: Group[] };
  const tests = testGroups
    .filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128)
    .flatMap((group) => group.tests);
  const hex = (text: string) => Buffer.from(text, 'hex');

  describe('the public vectors of Wycheproof', () => {
    it('are of our kind in sufficient number', () => expect(tests.length).toBeGreaterThan(30));

    it.each(tests)('$tcId $comment is $result', ({ key, iv, aad, msg, ct, tag, result }) => {
      const sealed = Buffer.concat([hex(ct), hex(tag)]);
      const secret = createSecretKey(hex(key));
      const opened = decrypt(secret, hex(iv), hex(aad), sealed);
      expect(opened?.toString('hex')).toBe(result === 'valid' ? msg : undefined);
      if (result === 'valid') expect(encrypt(secret, hex(iv), hex(aad), hex(msg))).toEqual(sealed);
    });
  });
} else {
  it.skip('the public vectors of Wycheproof (skipped: ../shared/data/wycheproof is not on this machine)', () =>
    undefined);
}

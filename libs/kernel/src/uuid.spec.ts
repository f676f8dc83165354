import fc from 'fast-check';
import { TRIBUTARY_NAMESPACE, isUuid, uuidV5, uuidV5Of, uuidV7, withoutDashes } from './uuid';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const URL = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

describe('deriving an id from a name', () => {
  it.each([
    // The example of RFC 9562, appendix A.4, and others made with the uuid module of Python.
    [DNS, 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    [DNS, 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    [URL, 'https://example.com/é/€/\u{1f602}', 'b6ee40e2-687a-5bf6-93d3-001f5d9d0aa7'],
    [DNS, '', '4ebd0208-8328-5d69-8c44-ec50939c0967'],
  ])('%s and %p give %s', (namespace, name, id) => {
    expect(uuidV5Of(namespace, name)).toBe(id);
  });

  it('is the same for ever: what is recognised by it was stored', () => {
    expect(uuidV5()).toBe('a48d9b39-ca20-5bf3-9e19-caef5f8aa000');
    expect(uuidV5('acme', 'sale', 'é1')).toBe('657433a2-bc29-5f86-bf2b-edf9086dbd3b');
    // Made with the uuid module of Python.
    expect(uuidV5('acme', 'sale', '1')).toBe('121b6642-8d5b-5e48-94a3-1dc58da5c19a');
    expect(uuidV5('x'.repeat(2000))).toBe('fdd34cd8-5cfe-5c2b-8667-f514aeac5aac');
  });

  it('is made of its parts, each with its length in bytes, of whatever letters they are', () => {
    const part = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.string({ maxLength: 900 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const name = parts.map((each) => `${Buffer.byteLength(each)}:${each}`).join('|');
        expect(uuidV5(...parts)).toBe(uuidV5Of(TRIBUTARY_NAMESPACE, name));
      }),
    );
  });

  it('never mistakes one list of parts for another', () => {
    const parts = fc.array(
      fc.oneof(fc.constantFrom('', '|', '1:', ':', '1:a|', 'a'), fc.string()),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(uuidV5(...a) === uuidV5(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(uuidV5('a|1:b')).not.toBe(uuidV5('a', 'b'));
  });

  it('refuses names that would share their bytes, and namespaces that are none', () => {
    const invalid = expect.objectContaining({ code: 'invalid_uuid' });
    expect(() => uuidV5('\ud800')).toThrow(invalid);
    expect(() => uuidV5Of(DNS.toUpperCase(), 'a')).toThrow(invalid);
  });
});

describe('drawing an id', () => {
  it('says version, variant and millisecond in the places of RFC 9562', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (ms) => {
        const id = uuidV7(ms);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(parseInt(withoutDashes(id).slice(0, 12), 16)).toBe(ms);
      }),
    );
    // The timestamp of the example in RFC 9562, appendix A.6.
    expect(uuidV7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
  });

  it('is ordered by millisecond and never drawn twice', () => {
    const ids = Array.from({ length: 5000 }, (_, i) => uuidV7(1_700_000_000_000 + i));
    expect([...ids].sort()).toEqual(ids);
    const atOnce = Array.from({ length: 5000 }, () => uuidV7(1_700_000_000_000));
    expect(new Set(atOnce).size).toBe(5000);
  });
});

describe('telling an id from another text', () => {
  it.each(['', DNS.toUpperCase(), DNS.slice(1), `${DNS}\n`, withoutDashes(DNS), `{${DNS}}`])(
    '%p is none',
    (text) => {
      expect(isUuid(text)).toBe(false);
    },
  );

  it('is one in lower case with its dashes', () => {
    expect([DNS, uuidV5('a'), uuidV7(0)].every(isUuid)).toBe(true);
  });
});

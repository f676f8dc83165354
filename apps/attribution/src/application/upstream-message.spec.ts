import { keptOf, readMessage } from './upstream-message';

const SHOP = 'https://shop.example/production';
const LISTED = ['https://shop.example/*', 'urn:crm'];

const message = (value: unknown, headers?: Record<string, string>) => ({
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  ...(headers && { headers }),
});

describe('reading a message of an upstream topic', () => {
  it.each([
    ['says nothing of its mode', undefined],
    ['is structured', { 'content-type': 'application/cloudevents+json; charset=UTF-8' }],
    ['repeats attributes', { 'content-type': 'application/cloudevents+json', ce_id: '1' }],
    ['is JSON', { 'content-type': 'application/json' }],
  ])('takes one that %s', (_, headers) => {
    expect(readMessage(message({ id: '1' }, headers), undefined)).toEqual({ value: { id: '1' } });
  });

  it.each([
    [
      'in binary mode',
      message({}, { ce_id: '1', 'content-type': 'application/json' }),
      'binary_mode',
    ],
    [
      'as a batch',
      message([], { 'content-type': 'application/cloudevents-batch+json' }),
      'unsupported_media_type',
    ],
    ['that is empty', message(''), 'message_empty'],
    ['that is a tombstone', { value: null }, 'message_empty'],
    ['that is too large', message(' '.repeat(128 * 1024 + 1)), 'message_too_large'],
    ['that is no text', { value: Buffer.from([0x22, 0xff, 0x22]) }, 'malformed_json'],
    ['that is half', message('{"specversion":'), 'malformed_json'],
    ['with a key twice', message('{"id":1,"id":2}'), 'duplicate_key'],
  ])('refuses one %s', (_, given, code) => {
    expect(readMessage(given, undefined)).toMatchObject({ refused: { code } });
  });

  it.each([
    [{ source: SHOP }, []],
    [{ source: 'urn:crm' }, []],
    [{ source: 7 }, []],
    [{ source: 'urn:crm2' }, ['/source']],
    [{ source: 'https://shop.example.evil/x' }, ['/source']],
    [
      { source: SHOP, type: 'tributary.fact.retracted.v1', data: { source: 'urn:x' } },
      ['/data/source'],
    ],
    [{ source: SHOP, type: 'tributary.invoice.paid.v1', data: { source: 'urn:x' } }, []],
    [{ source: SHOP, data: { supersedes: { source: 'urn:x' } } }, ['/data/supersedes/source']],
  ])('lets a topic speak for its own sources: %j', (event, pointers) => {
    const read = readMessage(message(event), LISTED);
    const found = 'refused' in read ? read.refused.errors?.map(({ pointer }) => pointer) : [];
    expect(found).toEqual(pointers);
  });

  it('keeps the identity and the places of mistakes, and nothing that a sender may have made up', () => {
    const error = (pointer: string, code = 'wrong_type') => ({ pointer, code, detail: 'secret' });
    expect(
      keptOf({ source: SHOP, id: 'p-1', subject: 'Ana' }, [
        error('/data/lines/0/net'),
        error('/data/ana@example.com/x'),
        error('/data/AnaSilva', 'unknown_field'),
      ]),
    ).toEqual({
      source: SHOP,
      id: 'p-1',
      errors: [
        { pointer: '/data/lines/0/net', code: 'wrong_type' },
        { pointer: '/data/*/x', code: 'wrong_type' },
        { pointer: '/data/*', code: 'unknown_field' },
      ],
    });
    expect(keptOf({ source: 'é', id: 'a\n' })).toEqual({});
  });
});

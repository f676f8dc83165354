import { fromMessage, rawText, toMessage } from './cloud-event';
import { published } from './kafka.fixture';

const event = {
  ...published(7, 3n, 1n),
  position: 9_007_199_254_740_993n,
  previous: 1n,
  causationId: '0190a5a0-0000-7000-8000-000000000000',
  traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
const { key, value, headers, partition } = toMessage('attribution', event, 6);

describe('writing a published event as a CloudEvent', () => {
  it('keeps every field, also integers beyond what JSON numbers hold', () => {
    expect(read(value)).toEqual(event);
    const first = { ...event, previous: null, causationId: null, traceParent: null };
    expect(read(toMessage('attribution', first, 6).value)).toEqual(first);
  });

  it('is the structured mode of CloudEvents 1.0 with lower-case attributes', () => {
    expect(JSON.parse(value)).toEqual({
      specversion: '1.0',
      id: event.id,
      source: '/tributary/attribution',
      type: 'attribution.line-credited.v1',
      subject: 'line-acme.s7',
      time: event.occurredAt,
      datacontenttype: 'application/json',
      tenant: 'acme',
      position: '9007199254740993',
      revision: '3',
      previous: '1',
      recordedtime: event.recordedAt,
      correlationid: 'sale 7',
      causationid: event.causationId,
      traceparent: event.traceParent,
      data: event.data,
    });
    expect(Object.keys(JSON.parse(value) as object).join('')).toMatch(/^[a-z0-9]+$/);
  });

  it('has the stream as its key and headers for whoever routes it', () => {
    expect({ key, headers, partition }).toEqual({
      key: 'line-acme.s7',
      partition: 1,
      headers: {
        'content-type': 'application/cloudevents+json; charset=UTF-8',
        tenant: 'acme',
        position: '9007199254740993',
        revision: '3',
      },
    });
  });
});

describe('reading a message', () => {
  it('overlooks attributes that somebody on the way has added', () => {
    expect(read(changed({ sampledrate: 1 }))).toEqual(event);
  });

  it.each([
    ['specversion', { specversion: '0.3' }],
    ['source', { source: '/tributary/payouts' }],
    ['datacontenttype', { datacontenttype: 'text/plain' }],
    ['type', { type: 'payouts.settled.v1' }],
    ['type', { type: 'attribution.LineCredited' }],
    ['subject', { subject: 'Line-acme.s7' }],
    ['key', { subject: 'line-acme.s8' }],
    ['tenant', { tenant: 'other' }],
    ['revision', { revision: 3 }],
    ['revision', { revision: '-1' }],
    ['previous', { previous: '3' }],
    ['previous', { previous: '' }],
    ['id', { id: 'ABC' }],
    ['position', { position: '007' }],
    ['time', { time: '2026-03-01T00:00:00+01:00' }],
    ['recordedtime', { recordedtime: 'yesterday' }],
    ['correlationid', { correlationid: undefined }],
    ['correlationid', { correlationid: 'a\u0000b' }],
    ['correlationid', { correlationid: 'x'.repeat(601) }],
    ['causationid', { causationid: 'me' }],
    ['traceparent', { traceparent: '\ud800' }],
    ['data', { data: 'text' }],
    ['data', { data: { amount: 0.1 } }],
    ['data', { data: { note: 'a\u0000b' } }],
    ['data', { data: undefined }],
  ])('refuses a wrong %s: %j', (attribute, change) => {
    expect(() => read(changed(change))).toThrow(
      expect.objectContaining({
        code: 'unreadable_message',
        facts: expect.objectContaining({ attribute }) as unknown,
      }),
    );
  });

  it.each([
    ['a tombstone', null],
    ['half a document', Buffer.from('{"id":')],
    ['a list', Buffer.from('[]')],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses %s', (_, bytes) => {
    expect(() =>
      fromMessage('attribution', { offset: 0n, key: Buffer.from(key), value: bytes }),
    ).toThrow(expect.objectContaining({ code: 'unreadable_message' }));
  });

  it('shows what it could not read in a form that every database takes', () => {
    expect(rawText(Buffer.from('{"é'))).toBe('{"é');
    expect(rawText(Buffer.from([0xff]))).toBe('base64:/w==');
    expect(rawText(Buffer.from('a\u0000'))).toBe('base64:YQA=');
    expect(rawText(null)).toBe('');
  });
});

const read = (text: string) =>
  fromMessage('attribution', { offset: 0n, key: Buffer.from(key), value: Buffer.from(text) });

const changed = (change: object): string =>
  JSON.stringify({ ...(JSON.parse(value) as object), ...change });

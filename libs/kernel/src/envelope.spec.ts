import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CodedError, hasCode } from './coded-error';
import {
  type Cause,
  type DomainEvent,
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  type PreparedEvent,
  type Recorded,
  assertAppendable,
  contentHashOf,
  contentText,
  leafText,
  prepare,
} from './envelope';
import { sha256Hex } from './hash';
import { instant } from './instant';
import type { JsonObject } from './json';

const ID = '018f3e2a-9b4c-7d5e-8f60-718293a4b5c6';
const cause: Cause = {
  commandId: '6b1f0c5e-7a3d-5e4b-9c2a-1d0e8f7a6b5c',
  fingerprint: 'f',
  actor: 'user:zoe',
  causationId: null,
  correlationId: 'order-1',
  traceParent: null,
};
const event = (data: unknown, more: Partial<DomainEvent> = {}): DomainEvent => ({
  type: 'NoteTaken',
  data: data as JsonObject,
  occurredAt: instant('2026-03-17T14:00:00-03:00'),
  ...more,
});
const ready = (data: unknown, more?: Partial<DomainEvent>): PreparedEvent =>
  prepare(event(data, more), cause, 0, ID);

type ContentCase = { name: string; event: PreparedEvent; text: string; sha256: string };
type LeafCase = { name: string; leaf: Recorded; text: string; sha256: string };
const golden = <T>(file: string): T[] => {
  const text = readFileSync(join(__dirname, 'golden', file), 'utf8');
  return (JSON.parse(text) as { cases: T[] }).cases;
};

// Made by another program in another language. Every proof rests on these bytes: a case that fails is a defect of the code,
// and none of them may ever be changed to make it pass.
describe('the golden bytes', () => {
  it.each(golden<ContentCase>('content.json').map((each) => [each.name, each] as const))(
    'of the content of %s',
    (_name, { event: stored, text, sha256 }) => {
      const { type, data, occurredAt, schemaVersion, commandIndex, ...rest } = stored;
      const prepared = prepare(
        { type, data, occurredAt, schemaVersion },
        { ...cause, ...rest },
        commandIndex,
        ID,
      );
      expect(contentText(stored, prepared.dataText)).toBe(text);
      expect(prepared.contentHash).toBe(sha256);
      expect(prepared.bytes).toBe(Buffer.byteLength(text));
      expect(contentHashOf(stored)).toBe(sha256);
    },
  );

  it.each(golden<LeafCase>('leaf.json').map((each) => [each.name, each] as const))(
    'of the leaf of %s',
    (_name, { leaf, text, sha256 }) => {
      const recorded = { ...leaf, revision: BigInt(leaf.revision) };
      expect(leafText(recorded)).toBe(text);
      expect(sha256Hex(leafText(recorded))).toBe(sha256);
    },
  );
});

describe('preparing an event', () => {
  it('keeps what was decided, with the bytes of its data', () => {
    expect(ready({ b: 1, a: 'é' })).toMatchObject({
      ...cause,
      id: ID,
      type: 'NoteTaken',
      schemaVersion: 1,
      commandIndex: 0,
      dataText: '{"a":"é","b":1}',
      occurredAt: '2026-03-17T17:00:00.000Z',
    });
  });

  it('hashes what is stored: the same after a way through a store that reorders keys', () => {
    const data = fc.dictionary(
      fc.string(),
      fc.oneof(fc.maxSafeInteger(), fc.boolean(), fc.string()),
    );
    fc.assert(
      fc.property(data, (each) => {
        fc.pre(!JSON.stringify(each).includes('\\u0000'));
        const prepared = ready(each);
        const back = Object.fromEntries(
          Object.entries(JSON.parse(prepared.dataText) as JsonObject).reverse(),
        );
        expect(contentHashOf({ ...prepared, data: back })).toBe(prepared.contentHash);
      }),
    );
  });

  it('is another content when anything in it differs, and the same when only its transport does', () => {
    const { contentHash } = ready({ a: 1 });
    const hashes = [
      ready({ a: 2 }),
      ready({ a: 1 }, { type: 'NoteLost' }),
      ready({ a: 1 }, { schemaVersion: 2 }),
      ready({ a: 1 }, { occurredAt: instant('2026-03-17T14:00:01-03:00') }),
      prepare(event({ a: 1 }), { ...cause, actor: 'user:max' }, 0, ID),
      prepare(event({ a: 1 }), { ...cause, causationId: ID }, 0, ID),
      prepare(event({ a: 1 }), { ...cause, commandId: ID }, 0, ID),
      prepare(event({ a: 1 }), cause, 1, ID),
    ].map((each) => each.contentHash);
    expect(new Set([contentHash, ...hashes]).size).toBe(9);
    const elsewhere = { ...cause, fingerprint: 'g', correlationId: 'x', traceParent: 'y' };
    expect(prepare(event({ a: 1 }), elsewhere, 0, cause.commandId).contentHash).toBe(contentHash);
  });

  it.each<[string, unknown]>([
    ['undefined', { a: undefined }],
    ['a fraction', { a: 0.5 }],
    ['an unsafe integer', { a: 2 ** 53 }],
    ['a bigint', { a: 1n }],
    ['a Date', { a: new Date(0) }],
    ['a Map', { a: new Map() }],
    ['a hole in a list', { a: new Array(1) }],
    ['NUL', { a: '\u0000' }],
    ['a lone surrogate', { a: '\ud800' }],
    ['an instance of a class', new CodedError('a', 'b')],
  ])('refuses data with %s', (_what, data) => {
    expect(() => ready(data)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
  });

  it.each<[string, () => PreparedEvent, string]>([
    ['data that is null', () => ready(null), 'data'],
    ['data that is a list', () => ready([]), 'data'],
    ['data that is a text', () => ready('entry'), 'data'],
    ['a type in lower case', () => ready({}, { type: 'noteTaken' }), 'type'],
    ['a type that would end the text', () => ready({}, { type: 'A","x":"' }), 'type'],
    ['a schema version of zero', () => ready({}, { schemaVersion: 0 }), 'schemaVersion'],
    [
      'a time with an offset',
      () => ready({}, { occurredAt: '2026-03-17T14:00:00-03:00' as never }),
      'occurredAt',
    ],
    [
      'a day that does not exist',
      () => ready({}, { occurredAt: '2026-02-30T00:00:00.000Z' as never }),
      'occurredAt',
    ],
    ['a negative index', () => prepare(event({}), cause, -1, ID), 'commandIndex'],
    ['an id in upper case', () => prepare(event({}), cause, 0, ID.toUpperCase()), 'id'],
    [
      'a command id that is none',
      () => prepare(event({}), { ...cause, commandId: '"' }, 0, ID),
      'commandId',
    ],
    [
      'a cause that is none',
      () => prepare(event({}), { ...cause, causationId: '' }, 0, ID),
      'causationId',
    ],
  ])('refuses %s', (_what, attempt, field) => {
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'invalid_event', facts: expect.objectContaining({ field }) }),
    );
  });

  it('refuses an entry that does not balance', () => {
    const leg = {
      account: 'Assets:Cash',
      amount: '1',
      asset: 'BRL/2',
      dimensions: { entity: 'e', programme: 'p' },
    };
    const [debit, credit] = [
      { ...leg, side: 'debit' },
      { ...leg, side: 'credit' },
    ];
    expect(ready({ entry: { legs: [debit, credit] } }).type).toBe('NoteTaken');
    for (const entry of [{ legs: [debit, debit] }, null, 'none']) {
      expect(() => ready({ entry })).toThrow(expect.objectContaining({ code: 'unbalanced_entry' }));
    }
  });

  it('takes an event of exactly the limit, in bytes and not in characters, and not one more', () => {
    const frame = ready({ a: '' }).bytes;
    expect(ready({ a: 'x'.repeat(MAX_EVENT_BYTES - frame) }).bytes).toBe(MAX_EVENT_BYTES);
    for (const tooMuch of [
      'x'.repeat(MAX_EVENT_BYTES - frame + 1),
      '€'.repeat(MAX_EVENT_BYTES / 2),
    ]) {
      expect(() => ready({ a: tooMuch })).toThrow(
        expect.objectContaining({
          code: 'event_too_large',
          facts: expect.objectContaining({ limit: MAX_EVENT_BYTES }),
        }),
      );
    }
  });
});

describe('measuring an append', () => {
  it('refuses one without events', () => {
    expect(() => assertAppendable([])).toThrow(expect.objectContaining({ code: 'empty_append' }));
  });

  it('takes as many bytes as the limit, and not one more', () => {
    const large = ready({ a: 'x'.repeat(50_000) });
    const count = Math.floor(MAX_APPEND_BYTES / large.bytes);
    const rest = MAX_APPEND_BYTES - count * large.bytes;
    const filler = ready({ a: 'x'.repeat(rest - ready({ a: '' }).bytes) });
    const full = [...Array.from({ length: count }, () => large), filler];
    expect(() => assertAppendable(full)).not.toThrow();
    expect(() => assertAppendable([...full, ready({})])).toThrow(
      expect.objectContaining({ code: 'append_too_large' }),
    );
  });
});

describe('recognising an error', () => {
  it('goes by its code, never by its text', () => {
    const error = new CodedError(
      'unavailable',
      'Gone.',
      { what: 'log' },
      { cause: new Error('socket') },
    );
    expect(hasCode(error, 'other', 'unavailable')).toBe(true);
    expect(hasCode(error, 'other')).toBe(false);
    expect(hasCode(new Error('unavailable'), 'unavailable')).toBe(false);
    expect(error.cause).toEqual(new Error('socket'));
  });
});

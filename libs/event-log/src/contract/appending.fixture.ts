import {
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  canonicalJson,
  contentHashOf,
  instant,
  msOf,
  tenantOf,
} from '@tributary/kernel';
import type { Expected, JsonObject } from '@tributary/kernel';
import {
  everythingOf,
  facts,
  idsOfEvents,
  refusalOf,
  said,
  someId,
  someStream,
} from './facts.fixture';
import type { Suite } from './harness.fixture';

const AWKWARD: JsonObject = {
  empty: '',
  quotes: 'a "b" \\ c \\u0041 \\n',
  control: '\u0001\b\t\n\f\r\u001e\u001f\u007f',
  scripts: 'ação Ελλάς 漢字 \u2028 \u{1f4b6}',
  sql: `'; drop table event; -- {NULL,"x"} \\N \\. $1`,
  numbers: [0, -1, 9007199254740991, -9007199254740991],
  nested: { b: [[], {}, [null, true, false]], a: { '': 'empty key', é: 1, '10': 2, '9': 3 } },
  amount: '92233720368547758070',
};

export function appending(suite: () => Suite): void {
  describe('appending to a stream', () => {
    it('starts a stream at revision 0 and continues it', async () => {
      const { log } = suite();
      const stream = someStream();
      const first = await log.append(stream, 'none', facts(1));
      const second = await log.append(stream, 0n, facts(3));

      expect(first).toMatchObject({ revision: 0n, replayed: false });
      expect(second).toMatchObject({ revision: 3n, replayed: false });
      expect(second.position).toBeGreaterThan(first.position);
      const revisions = (await everythingOf(log.read(stream))).map(({ revision }) => revision);
      expect(revisions).toEqual([0n, 1n, 2n, 3n]);
    });

    const wrong: [string, number, Expected, Expected][] = [
      ['a new stream that exists', 2, 'none', 1n],
      ['a revision that was passed', 3, 0n, 2n],
      ['a revision that was not reached', 2, 5n, 1n],
      ['a revision of a stream that does not exist', 0, 0n, 'none'],
      ['a revision beyond any stream', 1, 2n ** 80n, 0n],
    ];
    it.each(wrong)(
      'refuses to expect %s, and says what is there',
      async (_, length, expected, actual) => {
        const { log, other } = suite();
        const stream = someStream();
        if (length > 0) await log.append(stream, 'none', facts(length));

        for (const view of [log, other]) {
          const refusal = await refusalOf(view.append(stream, expected, facts(1)));
          expect(refusal).toMatchObject({
            code: 'revision_conflict',
            facts: { stream, expected, actual },
          });
        }
        expect(await everythingOf(log.read(stream))).toHaveLength(length);
      },
    );

    it('gives back exactly what was appended', async () => {
      const { log, other } = suite();
      const stream = someStream();
      const cause = {
        fingerprint: `sha256:"quoted", {x}, \\N and NULL`,
        actor: 'partner:Åse {a,b} "NULL" \\',
        causationId: someId(),
        correlationId: 'NULL',
        traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      const sent = [...said([AWKWARD, {}], { cause, schemaVersion: 7, type: 'A1' }), ...facts(1)];
      const { position } = await log.append(stream, 'none', sent);

      const found = await everythingOf(other.read(stream));
      expect(found).toHaveLength(3);
      for (const [i, event] of found.entries()) {
        const { dataText, bytes: _, data, ...envelope } = sent[i] as (typeof sent)[number];
        expect(event).toMatchObject({
          ...envelope,
          stream,
          revision: BigInt(i),
          tenant: tenantOf(stream),
        });
        expect(event.data).toEqual(data);
        expect(canonicalJson(event.data)).toBe(dataText);
        expect(contentHashOf(event)).toBe(envelope.contentHash);
      }
      expect(found[2]?.position).toBe(position);
      const keys = Object.keys(found[0] as object).sort();
      expect(keys).toEqual([
        'actor',
        'causationId',
        'commandId',
        'commandIndex',
        'contentHash',
        'correlationId',
        'data',
        'fingerprint',
        'id',
        'occurredAt',
        'position',
        'recordedAt',
        'revision',
        'schemaVersion',
        'stream',
        'tenant',
        'traceParent',
        'type',
      ]);
    });

    it.each(['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
      'keeps the moment %s',
      async (text) => {
        const { log } = suite();
        const stream = someStream();
        const [event] = facts(1);
        const occurredAt = instant(text);
        await log.append(stream, 'none', [{ ...(event as NonNullable<typeof event>), occurredAt }]);
        expect((await everythingOf(log.read(stream)))[0]?.occurredAt).toBe(occurredAt);
      },
    );

    it('draws one moment of recording per append', async () => {
      const { log } = suite();
      const stream = someStream();
      await log.append(stream, 'none', facts(3));
      const moments = new Set(
        (await everythingOf(log.read(stream))).map(({ recordedAt }) => recordedAt),
      );
      expect(moments.size).toBe(1);
      const [moment] = moments;
      expect(instant(moment as string)).toBe(moment);
      expect(Number.isSafeInteger(msOf(moment as NonNullable<typeof moment>))).toBe(true);
    });

    it('stores all events of an append, next to each other, or none', async () => {
      const { log, harness } = suite();
      const stream = someStream();
      const sent = facts(100);
      await log.append(stream, 'none', sent);
      await refusalOf(log.append(stream, 'none', facts(100)));

      const found = await everythingOf(log.read(stream));
      expect(idsOfEvents(found)).toEqual(idsOfEvents(sent));
      const middle = await everythingOf(log.read(stream, 10n, 89n));
      expect(idsOfEvents(middle)).toEqual(idsOfEvents(sent.slice(10, 90)));
      for (const [i, event] of found.slice(1).entries()) {
        const before = found[i] as (typeof found)[number];
        expect(event.position).toBeGreaterThan(before.position);
        if (harness.dense) expect(event.position).toBe(before.position + 1n);
      }
    });

    it('reads a stream from a revision, to a revision, and nothing where nothing is', async () => {
      const { log } = suite();
      const stream = someStream();
      const sent = facts(5);
      await log.append(stream, 'none', sent);
      const revisions = async (from: bigint, through: bigint) =>
        (await everythingOf(log.read(stream, from, through))).map(({ revision }) => revision);

      expect(await revisions(1n, 3n)).toEqual([1n, 2n, 3n]);
      expect(await revisions(2n, 2n)).toEqual([2n]);
      expect(await revisions(3n, 9n)).toEqual([3n, 4n]);
      expect(await revisions(3n, 2n)).toEqual([]);

      expect(idsOfEvents(await everythingOf(log.read(stream, 3n)))).toEqual(
        idsOfEvents(sent.slice(3)),
      );
      expect(await everythingOf(log.read(stream, 5n))).toEqual([]);
      expect(await everythingOf(log.read(someStream()))).toEqual([]);
    });
  });

  describe('keeping within the limits', () => {
    it('takes the largest event and the largest append', async () => {
      const { log } = suite();
      const stream = someStream();
      const overhead = said([{ text: '' }])[0]?.bytes ?? 0;
      const largest = said([{ text: 'x'.repeat(MAX_EVENT_BYTES - overhead) }]);
      expect(largest[0]?.bytes).toBe(MAX_EVENT_BYTES);
      await log.append(stream, 'none', largest);

      const many = said(
        Array.from({ length: 16 }, () => ({
          text: 'é'.repeat((MAX_APPEND_BYTES / 16 - overhead) / 2 - 1),
        })),
      );
      await log.append(stream, 0n, many);
      expect(await everythingOf(log.read(stream))).toHaveLength(17);
    });

    it('refuses an append that is empty or too large, before it reaches the store', async () => {
      const { log } = suite();
      const stream = someStream();
      const tooLarge = said(Array.from({ length: 10 }, () => ({ text: 'x'.repeat(55_000) })));
      expect(await refusalOf(log.append(stream, 'none', []))).toMatchObject({
        code: 'empty_append',
      });
      expect(await refusalOf(log.append(stream, 'none', tooLarge))).toMatchObject({
        code: 'append_too_large',
      });
      expect(await everythingOf(log.read(stream))).toEqual([]);
    });

    const refused: [string, JsonObject, string][] = [
      ['an event that is too large', { text: 'x'.repeat(MAX_EVENT_BYTES) }, 'event_too_large'],
      ['a NUL', { text: 'a\u0000b' }, 'invalid_json'],
      ['text that is not valid Unicode', { text: 'a\ud800b' }, 'invalid_json'],
      ['an integer that JSON cannot carry', { n: 2 ** 53 }, 'invalid_json'],
    ];
    it.each(refused)('refuses %s without harm to its neighbours', async (_, data, code) => {
      const { log } = suite();
      const neighbours = Array.from({ length: 6 }, () => someStream());
      const appends = neighbours.map(async (stream, i) => {
        const bad = async () => log.append(someStream(), 'none', said([data]));
        if (i === 3) expect(await refusalOf(bad())).toMatchObject({ code });
        return log.append(stream, 'none', facts(1));
      });
      for (const { revision } of await Promise.all(appends)) expect(revision).toBe(0n);
    });

    const envelopes: [string, object][] = [
      ['a NUL in the fingerprint', { fingerprint: 'a\u0000' }],
      ['a record separator in the correlation id', { correlationId: 'a\u001eb' }],
      ['a lone surrogate in the trace parent', { traceParent: '\udc00' }],
      ['an empty actor', { actor: '' }],
      ['a command id that is no UUID', { commandId: 'none' }],
      ['a causation id in capitals', { causationId: someId().toUpperCase() }],
      ['an endless correlation id', { correlationId: 'x'.repeat(513) }],
    ];
    it.each(envelopes)('refuses %s without harm to its neighbours', async (_, flaw) => {
      const { log } = suite();
      const good = [someStream(), someStream()];
      const bad = facts(1).map((event) => ({ ...event, ...flaw }));
      const before = log.append(good[0] as (typeof good)[number], 'none', facts(1));
      const refusal = refusalOf(log.append(someStream(), 'none', bad));
      const after = log.append(good[1] as (typeof good)[number], 'none', facts(1));
      expect(await refusal).toMatchObject({ code: 'invalid_event' });
      expect((await Promise.all([before, after])).map(({ revision }) => revision)).toEqual([
        0n,
        0n,
      ]);
    });
  });
}

import { instant } from '@tributary/kernel';
import { happened, projectionSpec } from '../testing';
import { FieldReader } from './fields';
import { Fold } from './fold';
import { keyedTable } from './keyed-table';
import { projection } from './projection';

const partnerBalance = projection({
  name: 'partner_balance',
  version: 1,
  events: {
    Accrued: { partner: 'text', 'amount.minor': 'bigint', $occurredAt: 'instant' },
    Renamed: { partner: 'text', name: 'text?', tags: 'json?', active: 'boolean', rank: 'int' },
    Forgotten: { partner: 'text' },
  },
  tables: {
    partner_balance: keyedTable({
      key: { partner: 'text' },
      adds: ['held_minor'],
      sets: { name: 'text?', tags: 'json?', active: 'boolean', rank: 'int' },
      keeps: { first_at: 'instant' },
    }),
  },
  rows(event) {
    const { partner } = event;
    switch (event.$type) {
      case 'Accrued':
        return {
          partner_balance: [
            { partner, held_minor: event['amount.minor'], first_at: event.$occurredAt },
          ],
        };
      case 'Renamed': {
        const { name, tags, active, rank } = event;
        return { partner_balance: [{ partner, name, tags, active, rank }] };
      }
      case 'Forgotten':
        return { partner_balance: [{ partner, $remove: true }] };
    }
  },
});

const { given } = projectionSpec(partnerBalance);

describe('declaring a projection', () => {
  it('adds what adds up, keeps the first and takes the latest', () =>
    given(
      accrued('p1', '300', '2026-01-02T00:00:00Z'),
      renamed('p1', 'Old'),
      accrued('p1', '-100', '2026-01-01T00:00:00Z'),
      renamed('p1', 'New'),
    ).then('partner_balance', [
      {
        partner: 'p1',
        held_minor: 200n,
        name: 'New',
        tags: ['a', { b: 1 }],
        active: true,
        rank: 7,
        first_at: instant('2026-01-02T00:00:00Z'),
      },
    ]));

  it('forgets a removed row, and what comes after begins anew', () =>
    given(
      accrued('p1', '300'),
      { type: 'Forgotten', data: { partner: 'p1' } },
      accrued('p1', '1'),
    ).then('partner_balance', [
      expect.objectContaining({ partner: 'p1', held_minor: 1n, name: null }) as object,
    ]));

  it('refuses an event that lacks a declared field, by its name', () =>
    given({ type: 'Accrued', data: { partner: 'p1' } }).thenFails('field_missing'));

  it.each([
    ['a fraction', { minor: 1.5 }],
    ['a word', { minor: 'much' }],
    ['nothing', { minor: '' }],
  ])('refuses %s where an amount is declared', (_, amount) =>
    given({ type: 'Accrued', data: { partner: 'p1', amount } }).thenFails('field_unreadable'),
  );

  it('ignores an event that was not declared', () =>
    given({ type: 'Unrelated', data: {} }).then('partner_balance', []));

  it('is not declared with a name that is no identifier', () => {
    expect(() =>
      projection({ name: 'drop table', version: 1, events: {}, tables: {}, rows: () => ({}) }),
    ).toThrow(expect.objectContaining({ code: 'invalid_projection' }));
  });
});

describe('reading declared fields', () => {
  const reader = new FieldReader({
    T: {
      'a.b': 'text?',
      'list.1': 'text?',
      'list.length': 'text?',
      o: 'json?',
      n: 'int?',
      $stream: 'text',
    },
  });

  it.each([
    [
      { a: { b: 'x' }, list: ['p', 'q'], o: { k: [1] }, n: 5 },
      ['x', 'q', null, '{"k":[1]}', '5', 'subject-acme.1'],
    ],
    [{ a: 'flat', list: {}, o: null }, [null, null, null, null, null, 'subject-acme.1']],
    [{ a: { b: { c: 1 } }, n: '-3' }, ['{"c":1}', null, null, null, '-3', 'subject-acme.1']],
  ])('gives from a whole event what SQL extracts from it', (data, values) => {
    const [event] = happened({ type: 'T', data });
    expect(reader.pick(event!)).toEqual(reader.fromRow('T', 1n, values));
  });
});

describe('folding rows', () => {
  it('refuses a second row under a key that is written once', () => {
    const fold = new Fold(keyedTable({ key: { id: 'text' }, writtenOnce: true }));
    fold.add({ id: 'a' });
    expect(() => fold.add({ id: 'a' })).toThrow(
      expect.objectContaining({ code: 'row_written_twice' }),
    );
  });

  it('keeps nothing of a row that is removed, and begins anew behind it', () => {
    const table = keyedTable({ key: { id: 'text' }, adds: ['n'], keeps: { first: 'text' } });
    const fold = new Fold(table);
    fold.add({ id: 'a', n: 5n, first: 'x', $remove: true });
    expect([...fold.rows()]).toEqual([{ mode: 'remove', values: ['a', undefined, undefined] }]);
    fold.add({ id: 'a', n: 2n });
    expect([...fold.rows()]).toEqual([{ mode: 'replace', values: ['a', 2n, undefined] }]);
  });

  it('takes what is stated as nothing for not stated', () => {
    const fold = new Fold(keyedTable({ key: { id: 'text' }, sets: { name: 'text' } }));
    fold.add({ id: 'a', name: 'x' });
    fold.add({ id: 'a', name: undefined });
    expect([...fold.rows()]).toEqual([{ mode: 'merge', values: ['a', 'x'] }]);
  });

  it('does not mistake keys that only look alike when joined', () => {
    const fold = new Fold(keyedTable({ key: { a: 'text', b: 'text' }, adds: ['n'] }));
    fold.add({ a: 'x', b: 'yz', n: 1n });
    fold.add({ a: 'xy', b: 'z', n: 1n });
    expect(fold.size).toBe(2);
  });
});

function accrued(partner: string, minor: string, occurredAt = '2026-01-01T00:00:00Z') {
  return { type: 'Accrued', data: { partner, amount: { minor } }, occurredAt };
}

function renamed(partner: string, name: string) {
  return { type: 'Renamed', data: { partner, name, tags: ['a', { b: 1 }], active: true, rank: 7 } };
}

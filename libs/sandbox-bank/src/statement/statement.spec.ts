import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { validateXML } from 'xmllint-wasm';

import { advance } from '../advance';
import { enter } from '../entry';
import { bank, bankPaying, pix, ted } from '../remittance.fixture';
import { balanceOf, type BankState } from '../state';
import { statement } from './statement';

const SCHEMA = readFileSync(join(__dirname, '../../schemas/camt.053.001.08.xsd'), 'utf8');
const LAST = '2026-04-24';
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const camt = (state: BankState, from = '2026-04-15', until = LAST) =>
  text(statement(state, from, until, 'camt053'));
const all = (xml: string, element: string) =>
  [...xml.matchAll(new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 'g'))].map(
    ([, inside]) => inside,
  );

/** One of everything a statement can show. */
const eventful = (more: object = {}): BankState => {
  const rules = [
    { when: { item: 'BACK' }, then: { kind: 'returned', afterDays: 2, reason: 'AC03' } },
    { when: { item: 'TWICE' }, then: { kind: 'duplicated', correctedAfterDays: 3 } },
  ];
  const fees = { perPaymentMinor: '150', perFileMinor: '0' };
  const asked = [pix('ONE', { name: "D'AVILA & FILHOS" }), pix('BACK'), pix('TWICE')];
  const paid = bankPaying({ rules, fees, ...more }, asked);
  return advance(
    enter(paid, { side: 'credit', amountMinor: '500', text: 'DEPOSITO' }),
    '2026-04-25',
  );
};

describe('writing camt.053', () => {
  it.each<[string, BankState]>([
    ['line by line', eventful()],
    ['with a batch and its parts', eventful({ booking: 'batch' })],
    ['with a batch as one sum', eventful({ booking: 'batch_without_parts', references: 'none' })],
    ['without references', eventful({ references: 'bank' })],
    ['of an account on which nothing happened', advance(bank(), '2026-04-25')],
  ])('is valid under the schema of ISO 20022 %s', async (_, state) => {
    const { errors } = await validateXML({
      xml: { fileName: 'statement.xml', contents: camt(state) },
      schema: { fileName: 'camt.xsd', contents: SCHEMA },
    });
    expect(errors).toEqual([]);
  });

  it('opens each day with what the day before closed with, up to the balance', () => {
    const state = eventful();
    const balances = all(camt(state), 'Bal').map((one = '') => all(one, 'Amt')[0]);
    expect(balances).toHaveLength(20);
    expect(balances[0]).toBe('10000.00');
    for (let day = 1; day < 10; day++) expect(balances[2 * day]).toBe(balances[2 * day - 1]);
    expect(balances.at(-1)).toBe((Number(balanceOf(state)) / 100).toFixed(2));
  });

  it('names a payment by our number, the bank’s and the country’s', () => {
    const [first = ''] = all(camt(eventful()), 'Refs');
    expect([all(first, 'InstrId'), all(first, 'AcctSvcrRef'), all(first, 'EndToEndId')]).toEqual([
      ['ONE'],
      ['000000000001'],
      ['E60701190202604151200' + '00000000001'],
    ]);
    const plain = camt(advance(bankPaying({}, [ted('TEDONE')]), '2026-04-25'));
    expect(all(plain, 'EndToEndId')).toEqual(['TEDONE']);
  });

  it('gives a return its reason and a name of its own', () => {
    const xml = camt(eventful());
    expect(all(xml, 'RtrInf')).toEqual(['<Rsn><Cd>AC03</Cd></Rsn>']);
    expect(xml).toContain('<EndToEndId>D60701190202604171200');
  });

  it('keeps quiet where the scenario says so', () => {
    expect(camt(eventful({ references: 'bank' }))).not.toContain('ONE');
    const none = camt(eventful({ references: 'none' }));
    expect(all(none, 'Refs')).toEqual([]);
    expect(all(none, 'AcctSvcrRef')).toEqual([]);
  });

  it('leaves out a missing day, and its money with it', () => {
    const xml = camt(eventful({ missingDays: ['2026-04-17'] }));
    expect(all(xml, 'ElctrncSeqNb').slice(0, 4)).toEqual(['1', '2', '4', '5']);
    expect(all(xml, 'RtrInf')).toEqual([]);
  });

  it('has the same bytes for the same days, whatever came after', () => {
    const state = eventful();
    expect(camt(advance(state, '2026-06-01'))).toBe(camt(state));
  });

  it('has no statement of a day that is not over', () => {
    expect(() => camt(eventful(), '2026-04-15', '2026-04-25')).toThrow('is not over yet');
    expect(() => camt(eventful(), '2026-04-14')).toThrow('There are statements from 2026-04-15');
  });
});

describe('writing OFX', () => {
  const ofx = (state: BankState) => text(statement(state, '2026-04-15', LAST, 'ofx'));
  const leaves = (content: string, name: string) =>
    [...content.matchAll(new RegExp(`<${name}>(.*)\r\n`, 'g'))].map(([, value]) => value);

  it('carries amounts that lead to the closing balance', () => {
    const state = eventful();
    const moved = leaves(ofx(state), 'TRNAMT').reduce(
      (sum, amount) => sum + Math.round(Number(amount) * 100),
      0,
    );
    expect(1_000_000 + moved).toBe(Number(balanceOf(state)));
    expect(leaves(ofx(state), 'BALAMT')).toEqual([(Number(balanceOf(state)) / 100).toFixed(2)]);
  });

  it('gives every line an identity of its own', () => {
    const ids = leaves(ofx(eventful()), 'FITID');
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('escapes what a name may hold', () => {
    expect(leaves(ofx(eventful()), 'MEMO')[0]).toBe("SISPAG PIX ONE D'AVILA &amp; FILHOS");
  });
});

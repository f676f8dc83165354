import { noonOf, openBank, SandboxBank, scenarioOf } from '@tributary/sandbox-bank';
import fc from 'fast-check';

import { cnab240 } from '../src/rails/cnab240/rail';
import { itau341 } from '../src/rails/cnab240/itau-341';
import {
  atTheSameBank,
  byLetters,
  byMail,
  byTed,
  company,
  fileOf,
  itemsTo,
  itself,
  paid,
  pixDestinations,
  tedDestinations,
  withSavings,
} from '../src/rails/payments.fixture';
import { atOnce } from '../src/turns';
import type { PaymentFile } from '../src/rails/rail';

const rail = cnab240(itau341);
const DAY = '2026-04-15';

/** The bank of the company; its reader was written without ours, from what is published of the layout. */
const bankOf = (scenario: object = {}): SandboxBank =>
  new SandboxBank(
    openBank({
      account: {
        bank: company.account.bank,
        branch: company.account.branch,
        number: company.account.number,
        digit: company.account.digit,
        holder: 'DISTRIBUIDORA TRIBUTARY',
        document: company.cnpj,
      },
      openingMinor: '100000000',
      on: DAY,
      scenario: scenarioOf(scenario),
    }),
  );

const handedIn = (bank: SandboxBank, file: PaymentFile) =>
  bank.receive(atOnce(rail.write(file)), noonOf(DAY));

/** What our reader makes of everything the bank says next. */
const answersOf = (bank: SandboxBank) =>
  bank.returnFiles().map(({ bytes }) => atOnce(rail.readReturn(bytes)));

describe('a bank of its own mind reads what we write', () => {
  it.each([
    ['pix', [byMail, byLetters]],
    ['ted', [byTed, atTheSameBank, withSavings, itself]],
  ] as const)('and finds nothing to refuse in a file of %s', (kind, payees) => {
    const bank = bankOf();
    const items = payees.map((payee, i) => paid(`ITEM0000000000${i}`, 12_345n, payee));
    expect(handedIn(bank, fileOf(kind, ...items))).toEqual({
      outcome: 'taken',
      sequence: 7,
      payments: items.length,
      totalMinor: String(12_345 * items.length),
    });
    const [scheduled, made] = answersOf(bank);
    expect(scheduled?.items.map(({ answer }) => answer)).toEqual(items.map(() => 'accepted'));
    expect(made).toMatchObject({ sequence: 7, fileRefused: [], warnings: [] });
    // The bank answers lot by lot.
    const told = made?.items.toSorted((a, b) => (a.item < b.item ? -1 : 1));
    expect(
      told?.map(({ item, answer, amountMinor, on }) => [item, answer, amountMinor, on]),
    ).toEqual(items.map(({ item }) => [item, 'claimed_paid', 12_345n, DAY]));
  });

  it.each([
    ['pix', pixDestinations],
    ['ted', tedDestinations],
  ] as const)('whatever can be written of %s', (kind, destinations) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(itemsTo(destinations), {
          minLength: 1,
          maxLength: 4,
          selector: ({ item }) => item,
        }),
        (asked) => {
          const items = asked.filter((item) => rail.faultsOf(item, company).length === 0);
          fc.pre(items.length > 0);
          const bank = bankOf();
          expect(handedIn(bank, fileOf(kind, ...items))).toMatchObject({ outcome: 'taken' });
          const read = new Map(bank.state.payments.map((payment) => [payment.item, payment]));
          for (const { item, amountMinor, payee } of items) {
            expect(read.get(item)?.amountMinor).toBe(String(amountMinor));
            expect(read.get(item)?.payee.document).toBe(payee.document.number);
            if (payee.destination.kind === 'pix')
              expect(read.get(item)?.payee.destination).toMatchObject({
                key: payee.destination.key,
              });
          }
        },
      ),
      { numRuns: 100, seed: 6 },
    );
  });

  it('and what it says of trouble is understood', () => {
    const bank = bankOf({
      rules: [
        { when: { item: 'REJECTED' }, then: { kind: 'rejected', codes: ['AN'] } },
        { when: { item: 'RETURNED' }, then: { kind: 'returned', afterDays: 1 } },
        { when: { item: 'STRANGE' }, then: { kind: 'unknown', code: 'QQ' } },
      ],
    });
    const items = ['REJECTED', 'RETURNED', 'STRANGE'].map((item) => paid(item, 100n, byTed));
    handedIn(bank, fileOf('ted', ...items));
    bank.advance('2026-04-17');
    const said = answersOf(bank).flatMap(({ items: all }) =>
      all.map(({ item, answer }) => [item, answer]),
    );
    expect(said).toEqual([
      ['REJECTED', 'rejected'],
      ['RETURNED', 'accepted'],
      ['STRANGE', 'unknown'],
      ['RETURNED', 'claimed_paid'],
      ['RETURNED', 'returned'],
    ]);
  });

  it('and that it refused a file whole is understood, whatever it was for', () => {
    const good = atOnce(rail.write(fileOf('ted', paid('ONE', 100n, byTed))));
    const spoilt = Buffer.from(good).toString('latin1').replace('000001000006', '000001000007');
    for (const bytes of [Buffer.from(spoilt, 'latin1'), good.slice(0, -30)]) {
      const bank = bankOf({ refusedSequences: [7] });
      expect(bank.receive(bytes, noonOf(DAY)).outcome).toBe('refused');
      expect(answersOf(bank)).toMatchObject([
        { sequence: 7, fileRefused: expect.arrayContaining(['HM']) as string[] },
      ]);
    }
  });
});

import { specFor } from '@tributary/kernel/testing';
import {
  INSTRUCTED,
  RESERVED,
  RETURNED,
  RULES,
  SETTLED,
  Told,
  answered,
  comesBack,
  instruct,
  payee,
  recovered,
  release,
  remitted,
  reserve,
  unreturn,
  voided,
} from './account.fixture';
import type { AccountCommand } from './commands';
import { account } from './decide';

const after = (...commands: readonly AccountCommand[]) =>
  specFor(account).given(...Told.after(...commands).events);
const BACK = comesBack('r', 24_625);

/** What is owed to the authority and what is asked back of it, in the entries of the account. */
const balances = (...commands: readonly AccountCommand[]) => {
  const told = Told.after(...commands);
  return [told.balance('Liabilities:Tax:Withholding'), told.balance('Assets:TaxRecoverable')];
};

describe('what the tax authority has of an item', () => {
  it('is noted once for each remittance, with no entry while the payment stands', () => {
    const told = Told.after(...SETTLED, remitted('r', 300));
    expect(told.of('ItemTaxRemitted')[0]?.data).toMatchObject({
      ...{ rule: 'irrf', tax: 'IRRF', rateBp: 150, amount: '300', month: '2026-04' },
    });
    expect(told.of('ItemTaxRemitted')[0]?.data).not.toHaveProperty('entry');
    after(...SETTLED, remitted('r', 300))
      .when(remitted('r', 300))
      .thenNothing();
    expect(balances(...SETTLED, remitted('r', 300))).toEqual([-375n, 0n]);
  });

  it('is counted by whatever name the rule has', () => {
    const [rule] = RULES.rules;
    const rules = { ...RULES, rules: rule === undefined ? [] : [{ ...rule, rule: 'constructor' }] };
    const sent = [payee(), release('a', 25_000), reserve('r', { rules }), instruct('r')];
    const note = { ...remitted('r', 300), rule: 'constructor' };
    expect(balances(...sent, note, answered('r', 'rejected'))).toEqual([-300n, 300n]);
  });

  it('is asked back as far as it has it when the payment comes back, and the rest is owed no longer', () => {
    expect(balances(...SETTLED, remitted('r', 300), BACK)).toEqual([-300n, 300n]);
    expect(
      Told.after(...SETTLED, remitted('r', 300), BACK).of('PayoutReturned')[0]?.data,
    ).toMatchObject({ isTaxRemitted: false, taxRemitted: [{ rule: 'irrf', amount: '300' }] });
  });

  it.each<[string, readonly AccountCommand[]]>([
    ['returned', [...SETTLED, BACK]],
    ['rejected', [...INSTRUCTED, answered('r', 'rejected')]],
    ['in a file that was refused whole', [...INSTRUCTED, voided]],
  ])('comes to the same where it was %s before the account heard of it', (_what, history) => {
    const back = history.slice(-1);
    const before = history.slice(0, -1);
    const early = balances(...before, remitted('r', 375), ...back);
    expect(early).toEqual([-375n, 375n]);
    expect(balances(...history, remitted('r', 375))).toEqual(early);
    expect(Told.after(...history, remitted('r', 375)).of('ItemTaxRemitted')[0]?.data.entry).toEqual(
      {
        legs: [
          expect.objectContaining({ account: 'Assets:TaxRecoverable', side: 'debit' }),
          expect.objectContaining({ account: 'Liabilities:Tax:Withholding', side: 'credit' }),
        ],
      },
    );
  });

  it('counts for the item again when it is sent again, or had not come back after all', () => {
    const sentAgain = [...INSTRUCTED, remitted('r', 375), voided, instruct('r')];
    expect(balances(...sentAgain)).toEqual([-375n, 0n]);
    expect(balances(...SETTLED, remitted('r', 375), BACK, unreturn('back r'))).toEqual([-375n, 0n]);
  });

  it('is owed again where it was kept back of another payment, whichever is heard first', () => {
    const paid = [...SETTLED, remitted('r', 375), BACK];
    // The other side of what was kept back stands with the remittance: it debits one, and credits the other.
    expect(balances(...paid, recovered('r', 375), unreturn('back r'))).toEqual([-750n, 375n]);
    expect(balances(...paid, unreturn('back r'), recovered('r', 375))).toEqual([-750n, 375n]);
  });

  it('is never more than was withheld, nor less than nothing, nor of another rule', () => {
    const other = { ...remitted('r', 1), rule: 'iss' };
    after(...RESERVED)
      .when({ ...remitted('r', 1), item: 'NONE' })
      .thenRejected({ code: 'item_unknown' });
    after(...SETTLED)
      .when(other)
      .thenRejected({ code: 'tax_not_withheld', rule: 'iss' });
    after(...SETTLED)
      .when(remitted('r', 376))
      .thenRejected({ code: 'more_than_withheld', withheld: '375' });
    after(...SETTLED)
      .when(remitted('r', 0))
      .thenRejected({ code: 'invalid_amount' });
    after(...RETURNED)
      .when(recovered('r', 1))
      .thenRejected({ code: 'more_than_remitted', remitted: '0' });
  });
});

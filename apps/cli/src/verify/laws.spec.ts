import type { Recorded } from '@tributary/kernel';

import { Told, entryOf } from './events.fixture';
import { LogVerifier } from './log-verifier';

const PAYABLE = 'Liabilities:Commission:Payable';
const RELEASED = 'Liabilities:Commission:Released';
const IN_TRANSIT = 'Liabilities:InTransit';
const EXPENSE = 'Expenses:Commission';

const findingsIn = (events: readonly Recorded[]) => {
  const verifier = new LogVerifier({ dense: true });
  for (const event of events) verifier.take(event);
  return verifier.findings.map(({ what, position, detail }) => [what, Number(position), detail]);
};

const account = (told: Told, type: string, data: Parameters<Told['add']>[3]) =>
  told.add('account', ['p1', 'main', 'brl'], type, data);

/** 1000 was earned, released, taken, and paid out. */
function paid(): Told {
  const told = new Told();
  const posted = entryOf([[EXPENSE, 1000]], [['Liabilities:Commission:Held', 1000]]);
  told.add('earnings', ['p1', 'plan', '2026q1'], 'CommissionPostedHere', { entry: posted });
  const released = entryOf([['Liabilities:Commission:Held', 1000]], [[RELEASED, 1000]]);
  told.add('earnings', ['p1', 'plan', '2026q1'], 'CommissionReleasedHere', { entry: released });
  account(told, 'ReleaseTaken', {
    release: 'r1',
    entry: entryOf([[RELEASED, 1000]], [[PAYABLE, 1000]]),
  });
  const instructed = entryOf(
    [[PAYABLE, 1000]],
    [
      [IN_TRANSIT, 985],
      ['Liabilities:Tax:Withholding', 15],
    ],
  );
  account(told, 'PayoutInstructed', { item: 'I1', entry: instructed });
  const settled = entryOf([[IN_TRANSIT, 985]], [['Assets:Cash', 985]]);
  return account(told, 'PayoutSettled', { item: 'I1', entry: settled });
}

const WITHHELD = 'Liabilities:Tax:Withholding';
const ON_ITS_WAY = 'Liabilities:Tax:InTransit';
const SHOWN = { entry: entryOf([[ON_ITS_WAY, 15]], [['Assets:Cash', 15]], null) };

/** The house pays 15 to the tax authority, and its bank shows it. */
function remitted(told: Told): Told {
  const entry = entryOf([[WITHHELD, 15]], [[ON_ITS_WAY, 15]], null);
  const said = { remittance: 'T1', amount: '15', offset: '0', entry };
  told.add('remittance', ['main', 'brl', 'irrf'], 'TaxRemitted', said);
  return told.add('rail', ['itau1'], 'LinesBooked', SHOWN);
}

const taxOf = (told: Told, type: string, amount: string): Told =>
  account(told, type, { item: 'I1', remittance: 'T1', amount });

describe('what must hold of the books after every event', () => {
  it('holds from the posting to the bank', () => {
    expect(findingsIn(paid().events)).toEqual([]);
  });

  it('names the release that is booked twice', () => {
    const told = account(paid(), 'ReleaseTaken', { release: 'r1' });
    expect(findingsIn(told.events)).toEqual([
      ['release', 6, 'release r1 was booked before, at position 3'],
    ]);
  });

  it('names the item that is settled twice, unless the first was taken back', () => {
    const told = account(paid(), 'PayoutSettled', { item: 'I1' });
    expect(findingsIn(told.events)).toEqual([
      ['settlement', 6, 'item I1 was settled before, at position 5'],
    ]);
    const again = account(account(paid(), 'SettlementUndone', { item: 'I1' }), 'PayoutSettled', {
      item: 'I1',
    });
    expect(findingsIn(again.events)).toEqual([]);
  });

  it('names the item that comes back and never left', () => {
    const told = account(paid(), 'PayoutReturned', { item: 'I2' });
    expect(findingsIn(told.events)).toEqual([
      ['settlement', 6, 'item I2 came back and was never settled'],
    ]);
  });

  it('holds while tax is remitted, shown by the bank, and asked back', () => {
    const told = remitted(paid());
    taxOf(told, 'ItemTaxRemitted', '15');
    const back = entryOf(
      [
        ['Assets:Cash', 985],
        ['Assets:TaxRecoverable', 15],
      ],
      [[PAYABLE, 1000]],
    );
    account(told, 'PayoutReturned', { item: 'I1', entry: back });
    taxOf(told, 'ItemTaxRecovered', '0');
    expect(findingsIn(told.events)).toEqual([]);
  });

  it('names tax that is remitted twice, or that more items have than was', () => {
    const told = remitted(remitted(paid()));
    expect(findingsIn(told.events)).toEqual([
      ['remittance', 8, 'remittance T1 was booked before, at position 6'],
    ]);
    const shared = remitted(paid());
    taxOf(shared, 'ItemTaxRemitted', '15');
    taxOf(shared, 'ItemTaxRemitted', '1');
    taxOf(shared, 'ItemTaxRecovered', '1');
    expect(findingsIn(shared.events)).toEqual([
      ['remittance', 9, 'remittance T1 is remitted beyond its amount'],
      ['remittance', 10, 'remittance T1 is recovered beyond its amount'],
    ]);
    const unheard = taxOf(paid(), 'ItemTaxRemitted', '15');
    expect(findingsIn(unheard.events)).toEqual([
      ['remittance', 6, 'remittance T1 was never booked'],
    ]);
  });

  it('names a payment to the tax authority that the bank shows and nobody has declared', () => {
    const told = paid();
    told.add('rail', ['itau1'], 'LinesBooked', SHOWN);
    expect(findingsIn(told.events)).toMatchObject([['balance', 6, expect.any(String)]]);
  });

  it('names whose money becomes that of another, though the entry balances', () => {
    const told = paid();
    const mine = entryOf([[EXPENSE, 10]], [], 'p1');
    const yours = entryOf([], [[PAYABLE, 10]], 'p2');
    const legs = [...(mine.legs as object[]), ...(yours.legs as object[])];
    account(told, 'AdjustmentBooked', { entry: { legs: legs as never } });
    const [what, position, detail] = findingsIn(told.events)[0] ?? [];
    expect([what, position]).toEqual(['identity', 6]);
    expect(detail).toBe(
      'partner p1, entity main, BRL/2 (t): what came (1010) is not what became of it (1000): posted 1010, withheld 15, settled less repaid 985',
    );
  });

  it('names an account that no chart has', () => {
    const told = account(paid(), 'AdjustmentBooked', {
      entry: entryOf([[EXPENSE, 10]], [['Liabilities:Slush', 10]]),
    });
    expect(findingsIn(told.events)).toEqual([
      ['identity', 6, "Liabilities:Slush is no account that a partner's money is in"],
    ]);
  });

  it('adds up a run from what its accounts have reserved', () => {
    const item = (partner: string, gross: string) => ({
      partner,
      gross,
      withheld: '0',
      net: gross,
    });
    const run = (told: Told, type: string, data: Parameters<Told['add']>[3]) =>
      told.add('run', ['r1'], type, data);
    const told = run(new Told(), 'AnswersNoted', { items: [item('a', '100'), item('b', '50')] });
    run(told, 'ItemsExcluded', { partners: ['b'] });
    run(told, 'RunLocked', { count: 1, gross: '100', withheld: '0', net: '100' });
    expect(findingsIn(told.events)).toEqual([]);
    run(told, 'RunReleased', { count: 1, gross: '101', withheld: '0', net: '101' });
    expect(findingsIn(told.events)).toEqual([
      ['run', 4, 'gross is told as 101, the items sum to 100'],
    ]);
  });
});

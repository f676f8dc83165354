import { Told, entryOf } from './events.fixture';
import { Reconciliation } from './reconciliation';

type Data = Parameters<Told['add']>[3];
const rail = (told: Told, type: string, data: Data) =>
  told.add('rail', ['itau'], type, { rail: 'itau', ...data });
const account = (told: Told, type: string, data: Data) =>
  told.add('account', ['p1', 'main', 'brl'], type, { rail: 'itau', ...data });

const line = (key: string, side: string, amount: string, bookedOn = '2026-04-01') => ({
  ...{ key, side, amount, bookedOn },
});

/** An account opened with 1000; 300 leave it for an item, 5 for the bank, and 300 come back. */
function month(change: (told: Told) => void = () => undefined): Told {
  const told = new Told();
  const opening = entryOf([['Assets:Cash', 1000]], [['Equity:Opening', 1000]], null);
  rail(told, 'PayingAccountRegistered', { opening: '1000', entry: opening });
  rail(told, 'StatementReceived', statement('s1', '1000', '695', '2026-04-01', 2));
  const lines = [line('l1', 'debit', '300'), line('l2', 'debit', '5')];
  rail(told, 'LinesImported', { statement: 's1', lines, known: [] });
  rail(told, 'StatementImported', { statement: 's1', jump: '0' });
  rail(told, 'LinesMatched', { matches: [matched('l1', 'settled')] });
  const fee = entryOf([['Expenses:PayoutFees', 5]], [['Assets:Cash', 5]], null);
  const booked = { line: 'l2', side: 'debit', amount: '5' };
  rail(told, 'LinesBooked', { kind: 'fee', lines: [booked], entry: fee });
  const left = entryOf([['Liabilities:InTransit', 300]], [['Assets:Cash', 300]]);
  account(told, 'PayoutSettled', { item: 'I1', bankLine: 'l1', net: '300', entry: left });
  change(told);
  rail(told, 'StatementReceived', statement('s2', '695', '995', '2026-04-02', 1));
  const second = [line('l3', 'credit', '300', '2026-04-02')];
  rail(told, 'LinesImported', { statement: 's2', lines: second, known: [] });
  rail(told, 'StatementImported', { statement: 's2', jump: '0' });
  rail(told, 'LinesMatched', { matches: [matched('l3', 'returned')] });
  const back = entryOf([['Assets:Cash', 300]], [['Liabilities:Commission:Payable', 300]]);
  account(told, 'PayoutReturned', { item: 'I1', bankLine: 'l3', amount: '300', entry: back });
  return told;
}

const statement = (key: string, opening: string, closing: string, day: string, count: number) => ({
  statement: key,
  opening,
  closing,
  from: day,
  until: day,
  totals: { count },
});

const matched = (key: string, kind: string, amount = '300') => ({
  line: key,
  kind,
  items: [{ item: 'I1', amount, fee: '0' }],
});

function findingsIn({ events }: Told): readonly (readonly [number, string])[] {
  const reconciliation = new Reconciliation();
  for (const event of events) reconciliation.take(event);
  reconciliation.finish();
  return reconciliation.findings.map(({ position, detail }) => [Number(position), detail]);
}

/** One event of the month, told otherwise. */
const changed = (position: number, change: (data: Data) => Data): Told => {
  const told = month();
  const event = told.events[position - 1];
  if (event === undefined) throw new Error('There is no such event.');
  told.events[position - 1] = { ...event, data: change(event.data) };
  return told;
};

describe('holding payments against the statements of the bank', () => {
  it('finds nothing where each stands on its line', () => {
    expect(findingsIn(month())).toEqual([]);
  });

  it('names a payment that no line of the bank stands for', () => {
    const told = month((so) => {
      const entry = entryOf([['Liabilities:InTransit', 7]], [['Assets:Cash', 7]]);
      account(so, 'PayoutSettled', { item: 'I2', bankLine: 'l9', net: '7', entry });
    });
    expect(findingsIn(told)).toEqual([
      [8, 'item I2 was settled by line l9, which is not matched with it'],
      [13, 'cash of t itau is 988 in the books, and 995 by its lines'],
    ]);
  });

  it('names a payment of another amount than its line was matched with', () => {
    const told = changed(7, (data) => ({ ...data, net: '310' }));
    expect(findingsIn(told)).toEqual([
      [7, 'item I1 was settled with 310, its line was matched with 300'],
    ]);
  });

  it('names a line that stands for more than it shows', () => {
    const told = changed(5, () => ({ rail: 'itau', matches: [matched('l1', 'settled', '310')] }));
    expect(findingsIn(told).map(([, detail]) => detail)).toEqual([
      'item I1 was settled with 300, its line was matched with 310',
      'line l1 shows 300, its payments sum to 310',
      'cash of t itau is 995 in the books, and 985 by its lines',
    ]);
  });

  it('names a statement that does not add up', () => {
    const told = changed(2, (data) => ({ ...data, closing: '700' }));
    expect(findingsIn(told)).toEqual([
      [2, 'the statement opens with 1000, moves -305 and closes with 700'],
    ]);
  });

  it('names a charge that the bank has not shown', () => {
    const told = changed(3, (data) => ({
      ...data,
      lines: [line('l1', 'debit', '300'), line('l2', 'debit', '4')],
    }));
    expect(findingsIn(told).map(([, detail]) => detail)).toEqual([
      'line l2 was booked with -5 and shows -4',
      'the statement opens with 1000, moves -304 and closes with 695',
      'it opens with 695, and what counts before 2026-04-02 makes 696',
    ]);
  });

  describe('of a partner that pays back', () => {
    /** 40 come in, the rail takes the line for it, and the account books it. */
    const repays = ({
      claims = 'R1',
      says = 'l4',
      amount = '40',
      times = 1,
    }: Partial<Record<'amount' | 'claims', string>> & { says?: string | null; times?: number }) => {
      const so = month();
      rail(so, 'StatementReceived', statement('s3', '995', '1035', '2026-04-03', 1));
      rail(so, 'LinesImported', {
        ...{ statement: 's3', known: [] },
        lines: [line('l4', 'credit', '40', '2026-04-03')],
      });
      rail(so, 'StatementImported', { statement: 's3', jump: '0' });
      const repayment = { repayment: claims, partner: 'p1', amount: '40' };
      const match = { line: 'l4', kind: 'repaid', items: [], repayment };
      if (claims !== '') rail(so, 'LinesMatched', { matches: [match] });
      const sum = Number(amount);
      const entry = entryOf([['Assets:Cash', sum]], [['Assets:ClawbackReceivable', sum]]);
      const said = { repayment: 'R1', amount, bankLine: says, entry };
      for (let i = 0; i < times; i += 1) account(so, 'ReceivableRepaid', said);
      return so;
    };

    it('finds nothing where its line was taken for it', () => {
      expect(findingsIn(repays({}))).toEqual([]);
    });

    it.each([
      ['on the word of a person alone', repays({ claims: '' }), 'line l4, which is not matched'],
      ['without a line', repays({ says: null }), 'line unknown, which is not matched'],
      ['by a line of another', repays({ claims: 'R2' }), 'line l4, which is not matched'],
      ['of another amount', repays({ amount: '41' }), 'line l4, which shows 40'],
      ['twice by one line', repays({ times: 2 }), 'line l4, which is not matched'],
    ])('names a repayment %s, and the cash that no line shows', (_, told, why) => {
      const found = findingsIn(told).map(([, detail]) => detail);
      expect(found).toEqual([
        expect.stringContaining(why),
        expect.stringMatching(/^cash of t itau is /),
      ]);
    });
  });

  it('forgets a match that was taken back, and the settlement with it', () => {
    const told = month((so) => {
      const again = entryOf([['Assets:Cash', 300]], [['Liabilities:InTransit', 300]]);
      rail(so, 'LineUnmatched', { ...matched('l1', 'settled') });
      account(so, 'SettlementUndone', { item: 'I1', bankLine: 'l1', entry: again });
      rail(so, 'LinesMatched', { matches: [matched('l1', 'settled')] });
      const left = entryOf([['Liabilities:InTransit', 300]], [['Assets:Cash', 300]]);
      account(so, 'PayoutSettled', { item: 'I1', bankLine: 'l1', net: '300', entry: left });
    });
    expect(findingsIn(told)).toEqual([]);
  });

  it('does not call a match wrong that was taken back a moment before, and says what it could not judge', () => {
    const told = month((so) => rail(so, 'LineUnmatched', { ...matched('l1', 'settled') }));
    const judge = new Reconciliation();
    for (const event of told.events) judge.take(event);
    judge.finish();
    expect([judge.findings, judge.unheard]).toEqual([[], 1]);
  });
});

import {
  DISPUTE,
  RULES,
  Told,
  answered,
  cancel,
  comesBack,
  decision,
  dispute,
  frozen,
  instruct,
  itemIn,
  lineOf,
  noon,
  partnerIs,
  payee,
  release,
  reserve,
  runOf,
  settle,
} from './account.fixture';
import { accountStreamOf } from './terms';

const paid = (run: string, amount: number) => [reserve(run), instruct(run), settle(run, amount)];

/** What a run was told last. */
const answerTo = (told: Told) =>
  told.events.findLast(({ type }) => type === 'PayoutReserved' || type === 'ReservationDeclined')
    ?.data;

describe('E3: a refund after the payout (M117)', () => {
  const refunded = [payee(), release('a', 25_000), ...paid('march', 25_000), release('a', -8_333)];
  const earnedAgain = [release('b', 6_000), reserve('april'), release('c', 42_728)];

  it('is owed, carried forward, and paid off by what is earned next', () => {
    const told = Told.after(...refunded);
    expect(told.state.sums).toMatchObject({ owed: '8333', payable: '0', settled: '25000' });
    told.and(release('b', 6_000), reserve('april'));
    expect(told.state.sums).toMatchObject({ owed: '2333', payable: '0' });
    expect(answerTo(told)).toMatchObject({
      reason: 'nothing_payable',
      detail: 'The partner owes 2333.',
    });
    told.and(release('c', 42_728), ...paid('may', 40_395));
    expect(told.state.sums).toMatchObject({ owed: '0', payable: '0', settled: '65395' });
  });

  it('leaves nothing of a line that is refunded whole', () => {
    const told = Told.after(...refunded, ...earnedAgain, ...paid('may', 40_395));
    told.and(release('a', -16_667));
    const ofLine = told.of('ReleaseTaken').filter(({ data }) => data.line === lineOf('a'));
    expect(ofLine.reduce((sum, { data }) => sum + BigInt(data.amount), 0n)).toBe(0n);
    expect(told.balance('Assets:ClawbackReceivable')).toBe(16_667n);
    expect(told.balance('Liabilities:Commission:Payable')).toBe(0n);
    expect(told.balance('Liabilities:InTransit')).toBe(0n);
    expect(told.balance('Assets:Cash')).toBe(-65_395n);
  });
});

describe('E12: a dispute of the customer', () => {
  it('moves what is payable of the line, and only that, and gives it back when it is won', () => {
    const told = Told.after(release('a', 25_000), release('b', 100), frozen('a', 25_000));
    expect(told.state.sums).toMatchObject({ payable: '100', disputed: '25000' });
    told.and(frozen('a', 0));
    expect(told.state.sums).toMatchObject({ payable: '25100', disputed: '0' });
  });

  it('takes from what is disputed when it is lost', () => {
    const told = Told.after(release('a', 25_000), frozen('a', 25_000), release('a', -25_000));
    expect(told.state.sums).toMatchObject({ payable: '0', disputed: '0', owed: '0' });
    expect(told.and(frozen('a', 0)).state.lines.size).toBe(0);
  });

  it('opened after it was paid, stops nothing else and owes nothing until it is lost', () => {
    const told = Told.after(
      payee(),
      release('a', 25_000),
      ...paid('march', 25_000),
      frozen('a', 25_000),
      release('b', 42_728),
      ...paid('april', 42_728),
    );
    expect(told.state.sums).toMatchObject({ owed: '0', disputed: '0', settled: '67728' });
    told.and(release('a', -25_000), frozen('a', 0), reserve('may'));
    expect(told.state.sums.owed).toBe('25000');
    expect(answerTo(told)).toMatchObject({ reason: 'nothing_payable' });
  });

  it('sets aside what comes back of the line meanwhile', () => {
    const told = Told.after(payee(), release('a', 25_000), reserve('march'), frozen('a', 25_000));
    expect(told.state.sums).toMatchObject({ reserved: '25000', disputed: '0' });
    told.and(cancel('march'));
    expect(told.state.sums).toMatchObject({ reserved: '0', payable: '0', disputed: '25000' });
    expect(told.balance('Liabilities:Commission:Disputed')).toBe(-25_000n);
  });
});

describe('E13: the minimum (M112)', () => {
  const earned = [payee(), release('a', 9_999), reserve('march')];

  it('carries 9,999 forward and says so', () => {
    expect(answerTo(Told.after(...earned))).toEqual({
      partner: 'p1',
      entity: 'main',
      asset: 'BRL/2',
      account: accountStreamOf('acme', { partner: 'p1', entity: 'main', asset: 'BRL/2' }),
      run: runOf('march'),
      reason: 'below_minimum',
      detail: '9999 is less than 10000.',
      payable: '9999',
    });
  });

  it('pays 10,000', () => {
    const told = Told.after(...earned, release('b', 1), reserve('april'));
    expect(answerTo(told)).toMatchObject({ gross: '10000', net: '10000' });
  });

  it('does not count for a partner that has ended', () => {
    const told = Told.after(
      payee(),
      release('a', 9_999),
      partnerIs(['01-01', 'active'], ['04-01', 'ended']),
      ...paid('march', 9_999),
    );
    expect(told.state.sums).toMatchObject({ settled: '9999', payable: '0' });
  });
});

describe('E17: a dispute of the partner (M123)', () => {
  const disputed = [release('a', 25_000), release('b', 100), dispute('a')];

  it('moves just the disputed line', () => {
    expect(Told.after(...disputed).state.sums).toMatchObject({ payable: '100', disputed: '25000' });
  });

  it('is told to commission, and keeps the money where it is until the difference comes', () => {
    const told = Told.after(...disputed, ...decision(['a', 0]));
    expect(told.of('DisputeDecided').map(({ data }) => data)).toEqual([
      {
        partner: 'p1',
        entity: 'main',
        asset: 'BRL/2',
        dispute: DISPUTE,
        lineId: lineOf('a'),
        programme: 'main',
        plan: 'brcommercial',
        window: '2026-03',
        due: '0',
        reason: 'as agreed',
        evidence: [],
        proposedBy: 'ana',
        decidedBy: 'bruno',
        decidedAt: noon('04-04'),
      },
    ]);
    expect(told.state.sums).toMatchObject({ payable: '100', disputed: '25000' });
  });

  it('takes the difference from it, ends, and owes nothing', () => {
    const told = Told.after(...disputed, ...decision(['a', 0]), release('a', -25_000));
    expect(told.state.sums).toMatchObject({ payable: '100', disputed: '0', owed: '0' });
    expect(told.state.disputes).toEqual({});
    expect(told.of('DisputeEnded').at(-1)?.data).toMatchObject({ outcome: 'decided', lines: [] });
  });

  it('gives back what is left of it', () => {
    const partly = Told.after(release('a', 25_000), dispute('a'), ...decision(['a', 20_000]));
    expect(partly.state.sums).toMatchObject({ payable: '0', disputed: '25000' });
    partly.and(release('a', -5_000));
    expect(partly.state.sums).toMatchObject({ payable: '20000', disputed: '0' });
  });

  it('waits for the difference also where the line had been on its way to be paid', () => {
    const way = [payee(), release('a', 25_000), reserve('march'), instruct('march')];
    const told = Told.after(...way, answered('march', 'rejected'), dispute('a'));
    told.and(...decision(['a', 20_000]));
    expect(told.state.sums).toMatchObject({ payable: '0', disputed: '25000' });
    told.and(release('a', -5_000));
    expect(told.state.sums).toMatchObject({ payable: '20000', disputed: '0' });
  });

  it('gives it back at once when it is refused, or when nothing will be taken', () => {
    for (const due of [null, 25_000, 30_000]) {
      const over = Told.after(release('a', 25_000), dispute('a'), ...decision(['a', due]));
      expect(over.state.sums).toMatchObject({ payable: '25000', disputed: '0' });
    }
  });
});

describe('E18: a payment that is returned after a refund (M116)', () => {
  const returned = [
    payee(),
    release('a', 25_000),
    reserve('march'),
    instruct('march'),
    release('a', -8_333),
    settle('march', 25_000),
    comesBack('march', 25_000),
  ];

  it('pays what is owed first', () => {
    const told = Told.after(...returned);
    const back = told.of('PayoutReturned')[0]?.data;
    const side = (each: { side: string; account: string; amount: string }) =>
      `${each.side} ${each.account} ${each.amount}`;
    expect(back?.entry.legs.map(side)).toEqual([
      'debit Assets:Cash 25000',
      'credit Assets:ClawbackReceivable 8333',
      'credit Liabilities:Commission:Payable 16667',
    ]);
    expect(told.state.sums).toMatchObject({ owed: '0', payable: '16667', settled: '0' });
  });

  it('is paid again by a new item that names the one that came back', () => {
    const told = Told.after(...returned, reserve('april'));
    expect(answerTo(told)).toMatchObject({ gross: '16667', replaces: [itemIn('march')] });
    told.and(instruct('april'), settle('april', 16_667));
    expect(told.balance('Assets:Cash')).toBe(-16_667n);
  });
});

describe('E20: a run that is partly rejected', () => {
  it('keeps the two others on their way, and what was rejected payable in full', () => {
    const amounts = [100_000, 50_000, 30_000];
    const accounts = amounts.map((amount) =>
      Told.after(
        payee(),
        release('a', amount),
        reserve('march', { rules: RULES }),
        instruct('march'),
      ),
    );
    const sum = (account: string) =>
      accounts.reduce((all, told) => all + told.balance(account), 0n);
    expect(accounts.map((told) => -told.balance('Liabilities:Tax:Withholding'))).toEqual([
      1_500n,
      750n,
      450n,
    ]);
    expect(sum('Liabilities:InTransit')).toBe(-177_300n);

    accounts[1]?.and(answered('march', 'rejected'));
    expect(sum('Liabilities:InTransit')).toBe(-128_050n);
    expect(sum('Liabilities:Tax:Withholding')).toBe(-1_950n);
    expect(accounts[1]?.state.sums).toMatchObject({ payable: '50000', withheld: '0' });

    accounts[0]?.and(settle('march', 98_500));
    accounts[2]?.and(settle('march', 29_550));
    expect(sum('Assets:Cash')).toBe(-128_050n);
    expect(sum('Liabilities:InTransit')).toBe(0n);
  });
});

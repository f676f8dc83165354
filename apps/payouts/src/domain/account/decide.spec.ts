import { specFor } from '@tributary/kernel/testing';
import {
  ADJUSTMENT,
  INSTRUCTED,
  OWING,
  RESERVED,
  RETURNED,
  SETTLED,
  person,
  unreturn,
  unsettle,
  voided,
  DISPUTE,
  RAIL,
  RULES,
  STREAM,
  Told,
  adjustment,
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
  remitted,
  repayment,
  reserve,
  runOf,
  settle,
  writeOff,
} from './account.fixture';
import type { AccountCommand } from './commands';
import { account } from './decide';
import type { PayeeTerms } from './terms';

const spec = specFor(account);
const after = (...commands: readonly AccountCommand[]) =>
  spec.given(...Told.after(...commands).events);

const dims = (programme: string, more: Record<string, string> = {}) => ({
  entity: 'main',
  programme,
  partner: 'p1',
  ...more,
});
const leg = (side: 'credit' | 'debit', name: string, amount: string, dimensions = dims('-')) => ({
  account: name,
  side,
  amount,
  asset: 'BRL/2',
  dimensions,
});
const inBank = dims('-', { bank: RAIL });

const named = { partner: 'p1', entity: 'main', asset: 'BRL/2' } as const;
const ofItem = {
  run: runOf('r'),
  item: itemIn('r'),
  gross: '25000',
  withheld: '375',
  taxes: [{ rule: 'irrf', tax: 'IRRF', base: '25000', rateBp: 150, amount: '375' }],
  net: '24625',
};

describe('taking a release', () => {
  it('opens the account and makes it payable, with the plan on the side of commission', () => {
    const command = release('a', 25_000);
    const { release: id, line, key, programme, plan, window, amount, at } = command;
    spec
      .given()
      .when(command)
      .then(
        { type: 'AccountOpened', data: named, occurredAt: at },
        {
          type: 'ReleaseTaken',
          occurredAt: at,
          data: {
            ...named,
            release: id,
            ...{ line, key, programme, plan, window, amount },
            lines: [{ line, programme, payable: '25000' }],
            owed: '0',
            entry: {
              legs: [
                leg('debit', 'Liabilities:Commission:Released', '25000', dims('main', { plan })),
                leg('credit', 'Liabilities:Commission:Payable', '25000', dims('main')),
              ],
            },
          },
        },
      );
  });

  it('takes back from what is disputed of the line, then from what is payable, its own first, and the rest is owed', () => {
    const told = Told.after(release('old', 10), release('a', 100), frozen('a', 30));
    told.and(release('a', -200));
    const taken = told.of('ReleaseTaken').at(-1)?.data;
    expect(taken?.lines).toEqual([
      { line: lineOf('a'), programme: 'main', disputed: '-30', payable: '-70' },
      { line: lineOf('old'), programme: 'main', payable: '-10' },
    ]);
    expect(taken?.owed).toBe('90');
  });

  it('takes from the largest of the other lines, and of equal ones from the oldest', () => {
    const told = Told.after(
      release('a', 9, { at: noon('03-01') }),
      release('b', 10, { at: noon('03-03') }),
      release('c', 10, { at: noon('03-02') }),
      release('gone', -15),
    );
    expect(told.of('ReleaseTaken').at(-1)?.data.lines).toEqual([
      { line: lineOf('c'), programme: 'main', payable: '-10' },
      { line: lineOf('b'), programme: 'main', payable: '-5' },
    ]);
  });
});

describe('reserving for a run', () => {
  it('freezes lines, gross, what is withheld, and where it goes', () => {
    after(payee(), release('a', 25_000))
      .when(reserve('r', { rules: RULES }))
      .then({
        type: 'PayoutReserved',
        occurredAt: noon('04-15'),
        data: {
          ...named,
          account: STREAM,
          run: runOf('r'),
          item: itemIn('r'),
          lines: [{ line: lineOf('a'), programme: 'main', amount: '25000' }],
          gross: '25000',
          withheld: ofItem.taxes,
          net: '24625',
          method: payee().payee.method as NonNullable<PayeeTerms['method']>,
          isFirst: true,
          replaces: [],
          lineCount: 1,
        },
      });
  });

  it('is no first payment once something was paid to these details', () => {
    const told = Told.after(...SETTLED, release('b', 10_000), reserve('s'));
    expect(told.of('PayoutReserved').at(-1)?.data.isFirst).toBe(false);
  });

  it.each<[string, readonly AccountCommand[], object]>([
    ['nothing is payable', [payee()], { reason: 'nothing_payable', detail: 'Nothing is payable.' }],
    [
      'everything is disputed',
      [payee(), release('a', 20_000), frozen('a', 20_000)],
      { reason: 'nothing_payable', detail: '20000 is disputed.' },
    ],
    [
      'all of it belongs to lines that are being paid',
      [...INSTRUCTED, release('a', 20_000)],
      {
        reason: 'nothing_payable',
        detail: 'What is payable belongs to lines of a payment on its way.',
      },
    ],
    [
      'another run has reserved it',
      [...RESERVED, release('b', 20_000)],
      { reason: 'reserved_elsewhere', payable: '20000' },
    ],
    [
      'the partner is suspended',
      [payee(), release('a', 20_000), partnerIs(['04-01', 'suspended'])],
      { reason: 'suspended' },
    ],
    ['nobody has said where to pay', [release('a', 20_000)], { reason: 'bank_details' }],
    [
      'the bank details are about to change',
      [payee({ changePending: true }), release('a', 20_000)],
      { reason: 'bank_details' },
    ],
    [
      'documents are missing',
      [
        payee({
          missing: [
            { hold: 'tax', what: 'declaration' },
            { hold: 'kyc', what: 'registration' },
            { hold: 'kyc', what: 'owners' },
          ],
        }),
        release('a', 20_000),
      ],
      { reason: 'kyc', detail: 'owners, registration' },
    ],
    [
      'nobody knows how it is taxed',
      [payee({ tax: null }), release('a', 20_000)],
      { reason: 'tax', detail: 'tax_profile' },
    ],
  ])('is declined when %s', (_why, before, declined) => {
    const told = Told.after(...before, reserve('s', { rules: RULES }));
    expect(told.of('ReservationDeclined').at(-1)?.data).toMatchObject(declined);
    expect(told.of('PayoutReserved')).toHaveLength(before.includes(RESERVED[2] as never) ? 1 : 0);
  });

  it('is answered once', () => {
    after(...RESERVED)
      .when(reserve('r', { rules: RULES }))
      .thenNothing();
    after(...RESERVED, cancel('r'))
      .when(reserve('r', { rules: RULES }))
      .thenNothing();
  });

  it('leaves a partner who will be suspended only later as it is', () => {
    const told = Told.after(payee(), release('a', 20_000), partnerIs(['12-01', 'suspended']));
    expect(told.and(reserve('r')).of('PayoutReserved')).toHaveLength(1);
  });
});

describe('cancelling a reservation', () => {
  it('makes it payable again without an entry', () => {
    after(...RESERVED)
      .when(cancel('r'))
      .then({
        type: 'ReservationCancelled',
        occurredAt: noon('04-15'),
        data: {
          ...named,
          ...ofItem,
          reason: 'run_cancelled',
          lines: [{ line: lineOf('a'), programme: 'main', payable: '25000' }],
          owed: '0',
        },
      });
  });

  it('pays what has become owed meanwhile', () => {
    const told = Told.after(...RESERVED, release('a', -1_000), cancel('r'));
    expect(told.of('ReservationCancelled')[0]?.data.entry?.legs).toEqual([
      leg('debit', 'Liabilities:Commission:Payable', '1000', dims('main')),
      leg('credit', 'Assets:ClawbackReceivable', '1000'),
    ]);
    expect(told.state.sums).toMatchObject({ owed: '0', payable: '24000', reserved: '0' });
  });

  it('has nothing to do where nothing is reserved', () => {
    after(payee()).when(cancel('r')).thenNothing();
  });
});

describe('paying an item', () => {
  it('books what is on its way and what is withheld when it is instructed', () => {
    const told = Told.after(...INSTRUCTED);
    expect(told.of('PayoutInstructed')[0]?.data).toEqual({
      ...named,
      ...ofItem,
      file: null,
      fingerprint: 'f1',
      entry: {
        legs: [
          leg('debit', 'Liabilities:Commission:Payable', '25000', dims('main')),
          leg('credit', 'Liabilities:InTransit', '24625'),
          leg('credit', 'Liabilities:Tax:Withholding', '375'),
        ],
      },
    });
  });

  it('is settled by the line of a bank, once', () => {
    const command = settle('r', 24_625);
    const { rail, bankLine, bookedOn, bankReference, at } = command;
    after(...INSTRUCTED)
      .when(command)
      .then({
        type: 'PayoutSettled',
        occurredAt: at,
        data: {
          ...named,
          ...ofItem,
          ...{ rail, bankLine, bookedOn, bankReference, fingerprint: 'f1' },
          entry: {
            legs: [
              leg('debit', 'Liabilities:InTransit', '24625'),
              leg('credit', 'Assets:Cash', '24625', inBank),
            ],
          },
        },
      });
    after(...SETTLED)
      .when(command)
      .thenNothing();
    after(...RETURNED)
      .when(command)
      .thenNothing();
  });

  it('is settled also where the bank was silent, or did not know', () => {
    const told = Told.after(...INSTRUCTED, answered('r', 'unknown'), settle('r', 24_625));
    expect(told.state.sums).toMatchObject({ inFlight: '0', settled: '24625' });
    after(...SETTLED)
      .when(answered('r', 'accepted'))
      .thenNothing();
  });

  it('is in transit again when the line turns out to be another one', () => {
    const told = Told.after(...SETTLED, unsettle('paid r'));
    expect(told.state.sums).toMatchObject({ inFlight: '24625', settled: '0' });
    expect(told.balance('Assets:Cash')).toBe(0n);
  });

  it.each<[string, readonly AccountCommand[], readonly AccountCommand[]]>([
    ['was paid', SETTLED, []],
    ['came back', RETURNED, [unreturn('back r')]],
  ])(
    'is payable again when it %s by another one’s line, and was rejected',
    (_how, before, undo) => {
      const told = Told.after(...before, answered('r', 'rejected'));
      expect(told.state.sums).toEqual(Told.after(...before).state.sums);
      after(...before, answered('r', 'rejected'))
        .when(answered('r', 'rejected'))
        .thenNothing();

      told.and(...undo, unsettle('paid r'));
      expect(told.appends.at(-1)?.map(({ type }) => type)).toEqual([
        'SettlementUndone',
        'PayoutRejected',
      ]);
      expect(told.of('PayoutRejected')[0]?.data).toMatchObject({ codes: ['AG'] });
      expect(told.state.sums).toMatchObject({ payable: '25000', inFlight: '0', withheld: '0' });
      expect(told.balance('Liabilities:InTransit')).toBe(0n);
    },
  );

  it('comes back with what was withheld; what the bank has kept is our cost', () => {
    const told = Told.after(...SETTLED, comesBack('r', 24_600, { fee: '25' }));
    expect(told.of('PayoutReturned')[0]?.data.entry.legs).toEqual([
      leg('debit', 'Assets:Cash', '24600', inBank),
      leg('debit', 'Expenses:PayoutFees', '25', inBank),
      leg('debit', 'Liabilities:Tax:Withholding', '375'),
      leg('credit', 'Liabilities:Commission:Payable', '25000', dims('main')),
    ]);
  });

  it('asks the state for tax that it has already', () => {
    const told = Told.after(...SETTLED, remitted('r', 375), comesBack('r', 24_625));
    expect(told.of('PayoutReturned')[0]?.data).toMatchObject({
      isTaxRemitted: true,
      taxRemitted: [{ rule: 'irrf', amount: '375' }],
    });
    expect(told.balance('Assets:TaxRecoverable')).toBe(375n);
    expect(told.balance('Liabilities:Tax:Withholding')).toBe(-375n);
    told.and(unreturn('back r'));
    expect(told.balance('Assets:TaxRecoverable')).toBe(0n);
  });

  it('was not returned after all: what was paid again meanwhile is owed', () => {
    const told = Told.after(...RETURNED, reserve('s'), instruct('s'), unreturn('back r'));
    expect(told.state.sums).toMatchObject({ settled: '24625', inFlight: '25000', owed: '25000' });
  });

  it.each<[string, readonly AccountCommand[], AccountCommand, string]>([
    ['nobody instructed', RESERVED, settle('r', 24_625), 'item_not_instructed'],
    ['is of another amount', INSTRUCTED, settle('r', 24_624), 'amount_differs'],
    ['was paid', SETTLED, { ...settle('r', 24_625), bankLine: 'x' }, 'item_settled'],
    [
      'was rejected',
      [...INSTRUCTED, answered('r', 'rejected')],
      settle('r', 24_625),
      'item_rejected',
    ],
    ['was not paid', INSTRUCTED, comesBack('r', 24_625), 'item_not_settled'],
    ['came back for less', SETTLED, comesBack('r', 24_000), 'amount_differs'],
    ['had come back', RETURNED, comesBack('r', 24_625, { bankLine: 'x' }), 'item_returned'],
  ])('keeps why it does not book a line of the bank: it %s', (_what, before, asked, reason) => {
    const told = Told.after(...before);
    const { state } = told;
    const [declined, ...rest] = told.and(asked).events.slice(-1);
    expect([declined?.type, declined?.data, rest]).toEqual([
      'MatchDeclined',
      expect.objectContaining({ item: itemIn('r'), rail: RAIL, reason }),
      [],
    ]);
    expect(told.state).toEqual(state);
  });

  it.each<[string, readonly AccountCommand[], AccountCommand]>([
    ['a settlement by another line', SETTLED, unsettle('x')],
    ['a settlement that came back, by another line', RETURNED, unsettle('x')],
    ['a settlement that is none', INSTRUCTED, unsettle('paid r')],
    ['a return that is none', SETTLED, unreturn('back r')],
    ['a return by another line', RETURNED, unreturn('x')],
  ])('keeps that there was nothing to take back: %s', (_what, before, asked) => {
    const told = Told.after(...before);
    const { state } = told;
    expect(told.and(asked).events.at(-1)?.type).toBe('MatchNeverBooked');
    expect(told.state).toEqual(state);
  });

  it('is reserved again for another file when its file is refused whole', () => {
    const told = Told.after(...INSTRUCTED, voided);
    expect(told.state.sums).toMatchObject({ reserved: '25000', inFlight: '0', withheld: '0' });
    expect(told.balance('Liabilities:Commission:Payable')).toBe(-25_000n);
    after(...INSTRUCTED, voided)
      .when(voided)
      .thenNothing();
    told.and(instruct('r'), settle('r', 24_625));
    expect(told.balance('Assets:Cash')).toBe(-24_625n);
  });
});

describe('an item that is paid again', () => {
  it('keeps the link also through a reservation that was cancelled', () => {
    const told = Told.after(...RETURNED, reserve('s'), cancel('s'), reserve('t'));
    expect(told.of('PayoutReserved').at(-1)?.data.replaces).toEqual([itemIn('r')]);
  });

  it('names the one that was rejected', () => {
    const told = Told.after(...INSTRUCTED, answered('r', 'rejected'), reserve('s'));
    expect(told.of('PayoutReserved').at(-1)?.data.replaces).toEqual([itemIn('r')]);
  });
});

describe('a debt', () => {
  it('is demanded, and repaid into the bank', () => {
    const told = Told.after(...OWING).and({
      type: 'DemandReceivable',
      ...person('ana'),
      payBy: noon('05-10'),
    });
    expect(told.of('ReceivableDemanded')[0]?.data).toMatchObject({ amount: '500' });
    told.and(repayment(200));
    expect(told.state.sums).toMatchObject({ owed: '300', repaid: '200' });
    expect(told.balance('Assets:Cash')).toBe(200n);
  });

  it('stays repaid by what was recorded when no line of the bank was asked for', () => {
    const { events, state } = Told.after(...OWING, repayment(200));
    const before = events.map((event) =>
      event.type === 'ReceivableRepaid'
        ? { ...event, data: { ...event.data, bankLine: null } }
        : event,
    );
    expect(before.reduce(account.evolve, account.initial)).toEqual(state);
  });

  it.each([
    ['invalid_amount', OWING, repayment(0)],
    ['nothing_owed', [], repayment(1)],
    ['more_than_owed', OWING, repayment(501)],
  ])('keeps why a repayment is not booked: %s', (reason, before, asked) => {
    const told = Told.after(payee(), ...before);
    const { sums } = told.state;
    const [declined, ...rest] = told.and(asked).events.slice(-1);
    expect([declined?.type, declined?.data]).toEqual([
      'RepaymentDeclined',
      expect.objectContaining({ rail: RAIL, bankLine: 'repaid', reason }),
    ]);
    expect(rest).toEqual([]);
    expect(told.state.sums).toEqual(sums);
    expect(told.balance('Assets:Cash')).toBe(0n);
  });

  it('is written off from what was allowed for first', () => {
    const told = Told.after(...OWING)
      .and({
        type: 'AllowForReceivable',
        ...person('ana'),
        allowance: '300',
        reason: 'two years old',
      })
      .and(...writeOff(400));
    expect(told.of('ReceivableWrittenOff')[0]?.data).toMatchObject({ fromAllowance: '300' });
    expect(told.balance('Expenses:BadDebt')).toBe(400n);
    expect(told.balance('Assets:ClawbackReceivable:Allowance')).toBe(0n);
    expect(told.state.sums).toMatchObject({ owed: '100', writtenOff: '400' });
  });

  it('is owed again when the partner comes back, and what is payable pays it', () => {
    const told = Told.after(
      partnerIs(['01-01', 'active'], ['02-01', 'ended']),
      ...OWING,
      ...writeOff(500),
      release('b', 120),
    );
    expect(told.state.sums).toMatchObject({ owed: '0', payable: '120' });
    told.and(partnerIs(['01-01', 'active'], ['02-01', 'ended'], ['06-01', 'active']));
    expect(told.state.sums).toMatchObject({ owed: '380', payable: '0', writtenOff: '0' });
    expect(told.balance('Expenses:BadDebt')).toBe(0n);
  });
});

describe('an adjustment', () => {
  it('is money of a line of its own, and paid as any other', () => {
    const told = Told.after(payee(), ...adjustment(12_000), reserve('r'));
    const [booked] = told.of('AdjustmentBooked');
    expect(booked?.data).toMatchObject({ proposedBy: 'ana', by: 'bruno', amount: '12000' });
    expect(told.of('PayoutReserved')[0]?.data.lines[0]?.line).toBe(booked?.data.line);
    expect(booked?.data.line).toMatch(/^adjustment\.[0-9a-f]{32}$/);
  });

  it('may take, and what is not there is owed', () => {
    const told = Told.after(release('a', 100), ...adjustment(-150));
    expect(told.state.sums).toMatchObject({ payable: '0', owed: '50', adjusted: '-150' });
    expect(told.balance('Expenses:Commission:Adjustments')).toBe(-150n);
  });

  it('is over when it is withdrawn', () => {
    const [proposed, approved] = adjustment(100) as [AccountCommand, AccountCommand];
    after(proposed, {
      type: 'WithdrawProposal',
      ...person('carla'),
      proposal: ADJUSTMENT,
      reason: 'twice',
    })
      .when(approved)
      .thenRejected({ code: 'adjustment_unknown' });
  });
});

describe('a dispute', () => {
  it('ends when its partner withdraws it', () => {
    const told = Told.after(release('a', 100), dispute('a', 'b')).and({
      type: 'EndDispute',
      ...person('p1'),
      dispute: DISPUTE,
      note: 'found it',
    });
    expect(told.state).toMatchObject({ disputes: {}, sums: { payable: '100', disputed: '0' } });
    expect(told.state.lines.size).toBe(1);
  });

  it('leaves what commission has frozen where it is', () => {
    const told = Told.after(release('a', 100), frozen('a', 60), dispute('a'));
    expect(told.state.sums).toMatchObject({ payable: '0', disputed: '100' });
    told.and(...decision(['a', null]));
    expect(told.state.sums).toMatchObject({ payable: '40', disputed: '60' });
  });

  it('pays what has become owed with what it gives back', () => {
    const told = Told.after(
      release('a', 100),
      dispute('a'),
      release('gone', -30),
      ...decision(['a', null]),
    );
    expect(told.state.sums).toMatchObject({ payable: '70', disputed: '0', owed: '0' });
  });

  it('holds what comes to its line later', () => {
    const told = Told.after(dispute('a'), release('a', 100));
    expect(told.state.sums).toMatchObject({ payable: '0', disputed: '100' });
  });
});

describe('what was told before', () => {
  it('is not learned again', () => {
    after(payee({}, 2))
      .when(payee({ method: null }, 1))
      .thenNothing();
    after(partnerIs(['01-01', 'active']))
      .when(partnerIs(['02-01', 'ended']))
      .thenNothing();
    after(frozen('a', 5)).when(frozen('a', 5)).thenNothing();
    spec.given().when(frozen('a', 0)).thenNothing();
  });
});

import { happened as fed, projectionSpec } from '@tributary/feeds/testing';
import {
  RESERVED,
  RETURNED,
  RULES,
  STREAM as ACCOUNT,
  Told,
  answered,
  comesBack,
  instruct,
  release,
  remitted,
  reserve,
  settle,
  unreturn,
  voided,
} from '../domain/account/account.fixture';
import { withholding } from './withholding.projection';

const spec = projectionSpec(withholding);

describe('registering what was kept back', () => {
  it('takes it once for every tax, and gives it back with the item', () => {
    spec
      .given(
        happened('PayoutInstructed', [leg(WITHHOLDING, 'credit', '1650')]),
        happened('PayoutReturned', [leg(WITHHOLDING, 'debit', '1650')]),
      )
      .then('withholding_move', [
        row('PayoutInstructed', 0n, 'irrf', 'IRRF', 1500n),
        row('PayoutInstructed', 0n, 'iss', 'ISS', 150n),
        row('PayoutReturned', 1n, 'irrf', 'IRRF', -1500n),
        row('PayoutReturned', 1n, 'iss', 'ISS', -150n),
      ]);
  });

  it('keeps apart what was remitted already and is claimed back', () => {
    const remitted = leg('Assets:TaxRecoverable', 'debit', '1650');
    const back = leg('Assets:TaxRecoverable', 'credit', '1650');
    spec
      .given(
        happened('PayoutReturned', [remitted], ALL_REMITTED),
        happened('ReturnUndone', [back], ALL_REMITTED),
      )
      .then('withholding_move', [
        row('PayoutReturned', 0n, 'irrf', 'IRRF', -1500n, 1500n),
        row('PayoutReturned', 0n, 'iss', 'ISS', -150n, 150n),
        row('ReturnUndone', 1n, 'irrf', 'IRRF', 1500n, -1500n),
        row('ReturnUndone', 1n, 'iss', 'ISS', 150n, -150n),
      ]);
  });

  it('registers nothing of an item without taxes', () => {
    const { data, ...rest } = happened('PayoutInstructed', []);
    spec.given({ ...rest, data: { ...data, taxes: [] } }).then('withholding_move', []);
  });

  it('fails where taxes and entry do not say the same, so that the account is parked and somebody looks', () => {
    spec
      .given(happened('PayoutInstructed', [leg(WITHHOLDING, 'credit', '1649')]))
      .thenFails('register_differs');
    spec
      .given(happened('PayoutRejected', [leg(WITHHOLDING, 'credit', '1650')]))
      .thenFails('register_differs');
    spec
      .given(happened('PayoutReturned', [leg('Assets:TaxRecoverable', 'debit', '1650')]))
      .thenFails('register_differs');
  });
});

describe('tying the register to the journal of an account', () => {
  const again = [reserve('again', { rules: RULES }), instruct('again')];

  it.each([
    ['instructed', Told.after(...RESERVED, instruct('r')), -375n, 0n],
    ['rejected', Told.after(...RESERVED, instruct('r'), answered('r', 'rejected')), 0n, 0n],
    ['in a file that was refused', Told.after(...RESERVED, instruct('r'), voided), 0n, 0n],
    ['returned', Told.after(...RETURNED), 0n, 0n],
    ['returned, and not after all', Told.after(...RETURNED, unreturn('back r')), -375n, 0n],
    ['returned and paid again', Told.after(...RETURNED, ...again), -375n, 0n],
    [
      'returned when the tax was remitted',
      Told.after(
        ...RESERVED,
        instruct('r'),
        settle('r', 24_625),
        remitted('r', 375),
        comesBack('r', 24_625),
      ),
      -375n,
      375n,
    ],
    [
      'paid beside another one',
      Told.after(...RETURNED, release('b', 33_334), ...again),
      // 1.5 % of 58,334 is 875.01.
      -875n,
      0n,
    ],
  ])('adds up where an item was %s', (_what, told, withheld, recoverable) => {
    const events = told.events.map((event) => ({ ...event, stream: ACCOUNT }));
    const rows = fed(...events).flatMap(
      (event) => (withholding.rowsOf(event)['withholding_move'] ?? []) as readonly Amounts[],
    );
    expect(told.balance(WITHHOLDING)).toBe(withheld);
    expect(told.balance('Assets:TaxRecoverable')).toBe(recoverable);
    expect(-sumOf(rows, 'withheld')).toBe(withheld);
    expect(sumOf(rows, 'recoverable')).toBe(recoverable);
  });
});

interface Amounts {
  readonly withheld: bigint;
  readonly recoverable: bigint;
}

const sumOf = (rows: readonly Amounts[], of: keyof Amounts): bigint =>
  rows.reduce((sum, row) => sum + row[of], 0n);

const WITHHOLDING = 'Liabilities:Tax:Withholding';
const STREAM = 'account-acme.p1.main.brl';
const AT = '2026-04-10T12:00:00.000Z';
const OF = { partner: 'p1', entity: 'main', asset: 'BRL/2', run: 'r1', item: 'ITEM1' };

const leg = (account: string, side: string, amount: string) => ({ account, side, amount });

const ALL_REMITTED = [
  { rule: 'irrf', amount: '1500' },
  { rule: 'iss', amount: '150' },
];

const happened = (type: string, legs: readonly object[], taxRemitted?: readonly object[]) => ({
  type,
  stream: STREAM,
  occurredAt: AT,
  data: {
    ...OF,
    taxes: [
      { rule: 'irrf', tax: 'IRRF', base: '100000', rateBp: 150, amount: '1500' },
      { rule: 'iss', tax: 'ISS', base: '100000', rateBp: 15, amount: '150' },
    ],
    ...(taxRemitted && { taxRemitted }),
    entry: { legs },
  },
});

const row = (
  kind: string,
  revision: bigint,
  rule: string,
  tax: string,
  amount: bigint,
  recoverable?: bigint,
) => ({
  tenant: 'acme',
  stream: STREAM,
  revision,
  rule,
  kind,
  at: AT,
  ...OF,
  position: expect.any(BigInt) as bigint,
  tax,
  rate_bp: rule === 'irrf' ? 150 : 15,
  base: amount > 0n ? 100_000n : -100_000n,
  withheld: recoverable === undefined ? amount : 0n,
  recoverable: recoverable ?? 0n,
  remitted: 0n,
  recovered: 0n,
  remittance: null,
  of_month: null,
});

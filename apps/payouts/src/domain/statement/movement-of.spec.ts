import { resolvePeriod } from '@tributary/kernel';
import {
  RULES,
  Told,
  adjustment,
  answered,
  comesBack,
  dispute,
  frozen,
  instruct,
  itemIn,
  lineOf,
  payee,
  release,
  repayment,
  reserve,
  settle,
  writeOff,
} from '../account/account.fixture';
import { itemsNamedBy, movementOf } from './movement-of';
import { statementOf } from './statement-of';

const MAY = resolvePeriod('UTC', '2026-05');

/** Everything that an account of this kit has ever told, as one statement. */
function statedOf({ events }: Told) {
  const items = new Map(
    events.flatMap(({ type, data }) =>
      type === 'PayoutReserved'
        ? [[data.item, { to: data.method.display, replaces: data.replaces }] as const]
        : [],
    ),
  );
  const movements = events.flatMap(
    (event, revision) => movementOf({ ...event, revision }, items) ?? [],
  );
  return statementOf(movements, {
    asset: 'BRL/2',
    period: MAY,
    through: events.length,
    before: null,
  });
}

const paid = (run: string, amount: number) => [
  reserve(run, { rules: RULES }),
  instruct(run),
  settle(run, amount),
];

describe('stating what an account has told', () => {
  it.each([
    [
      'released, adjusted and paid with tax',
      [payee(), release('a', 100_000), ...adjustment(500), ...paid('r', 98_992)],
    ],
    [
      'taken back after it was paid',
      [payee(), release('a', 100_000), ...paid('r', 98_500), release('a', -8_333)],
    ],
    [
      'frozen, disputed and reserved',
      [
        payee(),
        release('a', 100_000),
        release('b', 40_000),
        release('c', 20_000),
        frozen('a', 100_000),
        dispute('c'),
        reserve('r'),
      ],
    ],
    ['on its way', [payee(), release('a', 100_000), reserve('r', { rules: RULES }), instruct('r')]],
    [
      'rejected by the bank',
      [
        payee(),
        release('a', 100_000),
        reserve('r', { rules: RULES }),
        instruct('r'),
        answered('r', 'rejected'),
      ],
    ],
    [
      'returned with a fee, and sent again',
      [
        payee(),
        release('a', 100_000),
        ...paid('r', 98_500),
        comesBack('r', 98_400, { fee: '100' }),
        reserve('again', { rules: RULES }),
        instruct('again'),
      ],
    ],
    [
      'owed, repaid in part and written off',
      [
        payee(),
        release('a', 100_000),
        ...paid('r', 98_500),
        release('a', -90_000),
        repayment(40_000),
        ...writeOff(50_000),
      ],
    ],
  ])('closes with what stands there: %s', (_, commands) => {
    const told = Told.after(...commands);
    const { closing, totals, standing } = statedOf(told);
    const { payable, reserved, disputed, inFlight, owed } = told.state.sums;
    const open = BigInt(payable) + BigInt(reserved);
    expect(standing).toEqual({
      payable: String(open),
      disputed,
      inTransit: inFlight,
      unclaimed: '0',
      owed,
    });
    expect(BigInt(closing)).toBe(open + BigInt(disputed) + BigInt(inFlight) - BigInt(owed));
    expect(totals.other).toBe('0');
    expect(totals.tax).toBe(String(-BigInt(told.state.sums.withheld)));
  });

  it('says of a payment where it went and under which reference, and of its tax how it was computed', () => {
    const told = Told.after(payee(), release('a', 100_000), ...paid('r', 98_500));
    const item = itemIn('r');
    expect(statedOf(told).lines).toMatchObject([
      { kind: 'earned', amount: '100000', about: { line: lineOf('a'), window: '2026-03' } },
      { kind: 'tax', amount: '-1500', about: { item, tax: 'IRRF', base: '100000', rateBp: 150 } },
      { kind: 'paid', amount: '-98500', about: { item, to: '***1234' } },
    ]);
    expect(itemsNamedBy(told.events)).toEqual([item]);
  });

  it('says which payment takes the place of one that came back', () => {
    const told = Told.after(
      payee(),
      release('a', 100_000),
      ...paid('r', 98_500),
      comesBack('r', 98_500),
      ...paid('again', 98_500),
    );
    expect(statedOf(told).lines.at(-1)).toMatchObject({
      kind: 'returned',
    });
    expect(statedOf(told).lines.filter(({ kind }) => kind === 'paid')).toMatchObject([
      { about: { item: itemIn('r') } },
      { about: { item: itemIn('again'), replaces: itemIn('r') } },
    ]);
  });
});

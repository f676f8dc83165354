import type { CommissionHold } from '@tributary/contracts';
import { instant } from '@tributary/kernel';
import type { PayeeTerms } from '../account/terms';
import { type HoldsKnown, accountHolds, commissionHolds } from './holds';
import { april, march } from './statement.fixture';

const PAYEE: PayeeTerms = {
  method: {
    version: 1,
    kind: 'pix',
    fingerprint: 'f1',
    display: '***1234',
    changedAt: march(1),
    editors: ['a', 'b'],
  },
  changePending: false,
  tax: null,
  missing: [],
};
const FREE: HoldsKnown = {
  payable: 50_000n,
  disputed: 0n,
  payee: PAYEE,
  statuses: null,
  declined: null,
  answerBy: null,
};
const VALID = { from: march(1), until: null };
const COMPLETE = {
  ...PAYEE,
  tax: {
    country: 'BR',
    kind: 'company' as const,
    regime: 'simples',
    regimeHolds: VALID,
    documents: [
      { name: 'nota_fiscal', ...VALID },
      { name: 'residence', ...VALID },
    ],
  },
};
const ALL = { amount: null, until: null };

describe('saying why an account is not paid', () => {
  it('says nothing where nothing is in the way', () =>
    expect(accountHolds(FREE, april(1))).toEqual([]));

  it.each([
    [
      'no bank details yet',
      { payee: null },
      [{ ...ALL, reason: 'bank_details', owner: 'partner' }],
    ],
    [
      'new bank details that nobody has confirmed',
      { payee: { ...PAYEE, changePending: true } },
      [{ ...ALL, reason: 'bank_details', owner: 'finance' }],
    ],
    [
      'a document that is missing, by its name',
      { payee: { ...PAYEE, missing: [{ hold: 'kyc' as const, what: 'articles' }] } },
      [{ ...ALL, reason: 'kyc', owner: 'partner', missing: 'articles' }],
    ],
    [
      'a document that the last run asked for',
      { declined: { reason: 'tax' as const, detail: 'document:nota_fiscal', minimum: null } },
      [{ ...ALL, reason: 'tax', owner: 'partner', missing: 'document:nota_fiscal' }],
    ],
    [
      'less than the minimum',
      {
        payable: 9_999n,
        declined: { reason: 'below_minimum' as const, detail: '', minimum: 10_000n },
      },
      [
        {
          reason: 'below_minimum',
          amount: '9999',
          until: null,
          owner: 'finance',
          minimum: '10000',
        },
      ],
    ],
    [
      'a dispute, until its answer is due',
      { disputed: 100n, answerBy: april(9) },
      [{ reason: 'dispute', amount: '100', until: april(9), owner: 'finance' }],
    ],
    [
      'a suspension that has begun',
      {
        statuses: [
          { at: march(1), status: 'active' as const },
          { at: march(20), status: 'suspended' as const },
          { at: april(20), status: 'active' as const },
        ],
      },
      [{ ...ALL, reason: 'suspended', owner: 'programme' }],
    ],
  ])('%s', (_, more, holds) => {
    expect(accountHolds({ ...FREE, ...more }, april(1))).toEqual(holds);
  });

  it.each([
    ['bank details', 'bank_details', 'No bank details are confirmed.'],
    ['an identity', 'kyc', 'account_of_the_payee'],
    ['a hold of a person', 'tax', 'residence_check'],
    ['a profile', 'tax', 'tax_profile'],
    ['documents', 'tax', 'document:nota_fiscal, document:residence'],
    ['a declaration', 'tax', 'declaration:simples'],
  ] as const)('asks no more for %s that came after the last run', (_, reason, detail) => {
    const declined = { reason, detail, minimum: null };
    expect(accountHolds({ ...FREE, payee: COMPLETE, declined }, april(1))).toEqual([]);
  });

  const noRule = 'withholding_rule:BR:company';
  const nothingLeft = 'Nothing is left after what is withheld.';
  it.each([
    ['what ran out', 'declaration:simples', 'declaration:simples', 'partner'],
    ['what did not come', 'document:nota_fiscal, document:other', 'document:other', 'partner'],
    ['a rule for such a payee, which finance makes', noRule, noRule, 'finance'],
    ['more than taxes take, which is no paper', nothingLeft, nothingLeft, 'finance'],
  ])('goes on asking for %s', (_, detail, missing, owner) => {
    const declined = { reason: 'tax' as const, detail, minimum: null };
    const tax = { ...COMPLETE.tax, regimeHolds: { from: march(1), until: march(31) } };
    const known = { ...FREE, payee: { ...COMPLETE, tax }, declined };
    expect(accountHolds(known, april(1))).toEqual([{ ...ALL, reason: 'tax', owner, missing }]);
  });

  it('forgets the minimum once there is enough', () => {
    const declined = { reason: 'below_minimum' as const, detail: '', minimum: 10_000n };
    expect(accountHolds({ ...FREE, payable: 10_000n, declined }, april(1))).toEqual([]);
  });
});

const hold = (more: Partial<CommissionHold> = {}): CommissionHold => ({
  id: 'h1',
  reason: 'fraud',
  owner: 'risk',
  condition: 'the review ends',
  from: march(1),
  until: null,
  ...more,
});
const part = (amount: bigint, until = april(14), ...holds: readonly CommissionHold[]) => ({
  amount,
  lines: [`line${String(amount)}`],
  until,
  holds,
});

describe('saying what commission has not released', () => {
  it('puts together what ends together, and says what has no end last', () => {
    const parts = [part(5n, april(20), hold()), part(1n), part(2n), part(4n, april(30))];
    expect(commissionHolds(parts, april(1))).toEqual([
      { reason: 'window', owner: 'finance', until: april(14), amount: '3', lines: 2 },
      { reason: 'window', owner: 'finance', until: april(30), amount: '4', lines: 1 },
      { reason: 'fraud', owner: 'risk', until: null, amount: '5', lines: 1 },
    ]);
  });

  it('leaves out a hold that is over or has not begun', () => {
    const over = hold({ until: march(31) });
    const later = hold({ from: april(2) });
    expect(commissionHolds([part(1n, april(14), over, later)], april(1))).toMatchObject([
      { reason: 'window', until: april(14) },
    ]);
  });

  it('counts a line once, of which several parts wait for the same', () => {
    const lines = ['line1'];
    const parts = [part(5n, april(14), hold()), part(2n, april(30), hold())];
    expect(
      commissionHolds(
        parts.map((each) => ({ ...each, lines })),
        april(1),
      ),
    ).toEqual([{ reason: 'fraud', owner: 'risk', until: null, amount: '7', lines: 1 }]);
  });

  const days = Array.from({ length: 60 }, (_, i) =>
    part(
      BigInt(i + 1),
      instant(
        `2026-0${String(5 + Math.floor(i / 28))}-${String((i % 28) + 1).padStart(2, '0')}T00:00:00Z`,
      ),
    ),
  );

  it('adds up what is too much to read, and loses none of it', () => {
    const holds = commissionHolds(days, april(1));
    expect(holds).toHaveLength(25);
    expect(holds.reduce((sum, { amount }) => sum + BigInt(amount ?? 0), 0n)).toBe(1_830n);
    expect(holds.reduce((sum, { lines }) => sum + (lines ?? 0), 0)).toBe(60);
  });

  it('says what else holds something, however much is in its holding period', () => {
    const held = part(100n, april(14), hold());
    expect(commissionHolds([held, ...days], april(1)).slice(24)).toMatchObject([
      { reason: 'window', owner: 'finance', until: '2026-07-04T00:00:00.000Z', lines: 36 },
      { reason: 'fraud', owner: 'risk', until: null, amount: '100', lines: 1 },
    ]);
  });
});

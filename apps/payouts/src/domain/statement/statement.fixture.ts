import {
  type Asset,
  type BalancedEntry,
  type Instant,
  type Leg,
  instant,
  resolvePeriod,
} from '@tributary/kernel';
import type { StatementContent } from './content';
import type { StatementFiguresIssued, StatementHead, StatementHold } from './events';
import type { Movement, MovementAbout } from './movement';
import { type CarriedOn, type StatementFigures, statementOf } from './statement-of';

export const BRL: Asset = 'BRL/2';
export const ZONE = 'America/Sao_Paulo';

export const march = (day: number, hour = 12): Instant =>
  instant(`2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00-03:00`);
export const april = (day: number): Instant =>
  instant(`2026-04-${String(day).padStart(2, '0')}T12:00:00-03:00`);

/** `+` credits, `-` debits. */
export const entry = (...legs: readonly (readonly [account: string, credited: number])[]) =>
  ({
    legs: legs.map(([account, credited]): Leg => ({
      account,
      side: credited > 0 ? 'credit' : 'debit',
      amount: String(Math.abs(credited)),
      asset: BRL,
      dimensions: { entity: 'main', programme: 'main', partner: 'p1' },
    })),
  }) satisfies BalancedEntry;

type Told = Omit<Movement, 'revision'>;
const PAYABLE = 'Liabilities:Commission:Payable';
const OWED = 'Assets:ClawbackReceivable';
const RELEASED = 'Liabilities:Commission:Released';
const TRANSIT = 'Liabilities:InTransit';
const TAX = 'Liabilities:Tax:Withholding';

export const earned = (at: Instant, amount: number, about: MovementAbout = {}): Told => ({
  at,
  kind: 'earned',
  entry: entry([RELEASED, -amount], [PAYABLE, amount]),
  about: {
    line: '8a1f5c0de1b24f6f9c3a7be1d2f30415',
    programme: 'main',
    window: '2026-02',
    ...about,
  },
});
/** More is taken back than is there. */
export const clawedBack = (at: Instant, amount: number, owed: number): Told => ({
  at,
  kind: 'earned',
  entry: entry([RELEASED, amount], [PAYABLE, owed - amount], [OWED, -owed]),
  about: { line: '8a1f5c0de1b24f6f9c3a7be1d2f30415', programme: 'main', window: '2026-02' },
});
/** What is earned first pays what is owed. */
export const setOff = (at: Instant, amount: number): Told => ({
  at,
  kind: 'earned',
  entry: entry([RELEASED, -amount], [OWED, amount]),
  about: { programme: 'main', window: '2026-03' },
});
export const instructed = (at: Instant, net: number, tax: number): Told => ({
  at,
  kind: 'paid',
  entry: entry([PAYABLE, -net - tax], [TRANSIT, net], [TAX, tax]),
  about: { item: '7K2M9QX4T0ABCDE' },
  taxAbout: { item: '7K2M9QX4T0ABCDE', tax: 'IRRF', base: String(net + tax), rateBp: 150 },
});
export const settled = (at: Instant, net: number): Told => ({
  at,
  kind: 'paid',
  entry: entry([TRANSIT, -net], ['Assets:Cash', net]),
  about: {
    item: '7K2M9QX4T0ABCDE',
    to: 'PIX ***.***.***-09',
    bankReference: 'E60701190202603151530A1B2C3D4E5F',
  },
});
export const returned = (at: Instant, net: number, tax: number): Told => ({
  at,
  kind: 'returned',
  entry: entry(['Assets:Cash', -net], [TAX, -tax], [PAYABLE, net + tax]),
  about: {
    item: '7K2M9QX4T0ABCDE',
    reason: 'AC06',
    bankReference: 'D60701190202603181011A1B2C3D4E5F',
  },
  taxAbout: { item: '7K2M9QX4T0ABCDE', tax: 'IRRF', base: String(net + tax), rateBp: 150 },
});
export const adjusted = (at: Instant, amount: number): Told => ({
  at,
  kind: 'adjusted',
  entry: entry(['Expenses:Commission:Adjustments', -amount], [PAYABLE, amount]),
  about: { line: 'adjustment.1', programme: 'main', reason: 'Bonus of the partner day' },
});
export const disputed = (at: Instant, amount: number): Told => ({
  at,
  kind: 'other',
  entry: entry([PAYABLE, -amount], ['Liabilities:Commission:Disputed', amount]),
  about: {},
});

export const inOrder = (...told: readonly Told[]): readonly Movement[] =>
  told.map((movement, i) => ({ ...movement, revision: i + 1 }));

export const HOLDS: readonly StatementHold[] = [
  {
    reason: 'window',
    amount: '512340',
    until: april(14),
    owner: 'finance',
    lines: 14,
  },
  {
    reason: 'tax',
    amount: null,
    until: null,
    owner: 'partner',
    missing: 'simples_declaration',
  },
];

export const headOf = (month = '2026-03', more: Partial<StatementHead> = {}): StatementHead => ({
  statement: `p1.main.brl.${month.replace('-', '')}`,
  partner: 'p1',
  entity: 'main',
  asset: BRL,
  period: resolvePeriod(ZONE, month),
  partnerName: 'Agência Ação & Coração Ltda.',
  entityName: 'Tributary do Brasil S.A.',
  through: 1_000,
  before: null,
  holds: HOLDS,
  issuedAt: april(2),
  renderer: 1,
  ...more,
});

export const carriedOf = (
  head: StatementHead,
  { standing, unread }: StatementFigures,
): CarriedOn => ({
  statement: head.statement,
  until: head.period.until,
  through: head.through,
  unread,
  standing,
});

export function figuresOf(head: StatementHead, told: StatementFigures): StatementFiguresIssued {
  const { opening, totals, closing, standing, lines } = told;
  const carriedOn = carriedOf(head, told);
  return { opening, totals, closing, standing, lineCount: lines.length, carriedOn, documents: [] };
}

/** A month of everything. */
export function contentOfMarch(more: Partial<StatementHead> = {}): StatementContent {
  const standing = { payable: '98700', disputed: '0', inTransit: '0', unclaimed: '0', owed: '0' };
  const before = {
    statement: 'p1.main.brl.202602',
    until: resolvePeriod(ZONE, '2026-02').until,
    through: 0,
    unread: 1,
    standing,
  };
  const head = headOf('2026-03', { before, ...more });
  const movements = inOrder(
    earned(march(3), 2_500_000, { programme: 'brcommercial' }),
    earned(march(9), 117_250),
    adjusted(march(10), 50_000),
    instructed(march(15), 2_724_465, 41_485),
    settled(march(16, 0), 2_724_465),
    returned(march(18, 0), 2_724_465, 41_485),
    disputed(march(20), 117_250),
    {
      ...earned(instant('2026-02-27T12:00:00Z'), -8_333),
      about: {
        line: 'b7d94c1e0f5a4a7c8e6b2d3f1a0c9e58',
        window: '2026-02',
        programme: 'brcommercial',
      },
    },
  );
  const figures = statementOf(movements, {
    asset: BRL,
    period: head.period,
    through: head.through,
    before: head.before,
  });
  return { head, lines: figures.lines, figures: figuresOf(head, figures) };
}

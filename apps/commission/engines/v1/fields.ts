import type { CreditedLine } from './facts';
import { type Situation, countOf, tierOf } from './situation';

export type FieldType =
  | 'boolean'
  | 'decimal'
  | 'instant'
  | 'integer'
  /** Minor units of the sale's asset. */
  | 'money'
  /** Several texts: `eq` and `in` ask whether one of them is named. */
  | 'set'
  | 'text';

export type FieldValue = string | number | boolean | null | readonly string[];

export interface Field {
  readonly type: FieldType;
  readonly read: (situation: Situation) => FieldValue;
}

export const MEASURES = [
  'csat',
  'implementation.completed',
  'implementation.qualified',
  'lead.accepted',
  'training.completed',
] as const;

const field = (type: FieldType, read: Field['read']): Field => ({ type, read });

/** A bonus has no line; then every field of a line is absent. */
const ofLine = (type: FieldType, read: (line: CreditedLine) => FieldValue): Field =>
  field(type, ({ line }) => (line === null ? null : read(line)));

const commercialTier = field('text', (s) => tierOf(s, 'commercial'));

const ROLES_OF_OWNER = field('set', ({ line, owner }) =>
  line === null
    ? null
    : line.parts.filter(({ partner }) => partner === owner).map(({ role }) => role),
);

/** The closed list: nothing else can be asked. Tiers, terms and counts are those of the sale's paidAt. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries({
    'partner.id': field('text', ({ owner }) => owner),
    'partner.type': field('text', ({ partner }) => partner?.kind ?? null),
    'partner.class': field('text', ({ partner }) => partner?.type ?? null),
    'partner.category': field('text', ({ partner }) => partner?.category ?? null),
    'partner.integrationLevel': field('text', ({ partner }) => partner?.integrationLevel ?? null),
    'partner.territories': field('set', ({ partner }) => partner?.territories ?? null),
    'partner.verticals': field('set', ({ partner }) => partner?.verticals ?? null),
    'partner.tier': commercialTier,
    'partner.tier@event': commercialTier,
    'partner.integrationTier': field('text', (s) => tierOf(s, 'integration')),
    'partner.integrationTier@event': field('text', (s) => tierOf(s, 'integration')),
    'agreement.id': field('text', ({ agreement }) => agreement?.id ?? null),
    'agreement.programme': field('text', ({ agreement }) => agreement?.value.programme ?? null),
    'agreement.parent': field('text', ({ agreement }) => agreement?.value.parent ?? null),
    'line.product': ofLine('text', ({ product }) => product),
    'line.productGroup': ofLine('text', ({ productGroup }) => productGroup),
    'line.billing': ofLine('text', ({ billing }) => billing),
    'line.quantity': ofLine('decimal', ({ quantity }) => quantity),
    'line.gross': ofLine('money', ({ gross }) => gross),
    'line.discount': ofLine('money', ({ discount }) => discount),
    'line.tax': ofLine('money', ({ tax }) => tax),
    'line.net': ofLine('money', ({ net }) => net),
    'line.listPrice': ofLine('money', ({ listPrice }) => listPrice),
    'line.meter': ofLine('text', ({ usage }) => usage?.meter ?? null),
    'line.usage': ofLine('decimal', ({ usage }) => usage?.quantity ?? null),
    'line.marketplace': ofLine('text', ({ marketplace }) => marketplace?.name ?? null),
    'line.ordinal': ofLine('integer', ({ ordinal }) => ordinal),
    'line.role': ROLES_OF_OWNER,
    'customer.id': ofLine('text', ({ customer }) => customer.pseudonym),
    'customer.type': ofLine('text', ({ customer }) => customer.type),
    'customer.country': ofLine('text', ({ customer }) => customer.country),
    'customer.segment': ofLine('text', ({ customer }) => customer.segment),
    'customer.firstPaidAt': ofLine('instant', ({ customer }) => customer.firstPaidAt),
    'customer.active': ofLine('boolean', ({ customer }) => customer.active),
    'customer.reactivated': ofLine('boolean', ({ customer }) => customer.reactivated),
    'deal.id': ofLine('text', ({ deal }) => deal?.id ?? null),
    'deal.roles': ofLine('set', ({ deal }) => deal?.roles ?? null),
    'time.paidAt': field('instant', ({ paidAt }) => paidAt),
    ...Object.fromEntries(
      MEASURES.map((name) => [`measure.${name}`, field('integer', (s) => countOf(s, name))]),
    ),
  }),
);

export const TIER_FIELDS: ReadonlySet<string> = new Set(
  [...FIELDS.keys()].filter((name) => name.startsWith('partner.') && /tier/i.test(name)),
);

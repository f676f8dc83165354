import { FIELDS, MEASURES } from '../../../../engines/v1/fields';
import type {
  BonusPay,
  MatrixPay,
  Pay,
  SchedulePay,
  SplitPay,
  Threshold,
} from '../../../../engines/v1/plan';
import {
  BASIS_POINTS,
  type Schema,
  amount,
  closed,
  count,
  either,
  flag,
  given,
  list,
  oneOf,
  optional,
  text,
} from './shapes';

type PayOf<K extends Pay['kind']> = Extract<Pay, { readonly kind: K }>;

export const WINDOWS = ['calendar_month', 'calendar_quarter', 'calendar_year'] as const;
export const windowLength = (description: string): Schema => oneOf(WINDOWS, description);

const kind = (name: Pay['kind'], description: string): Schema => ({ const: name, description });

/** A table can go by what has one value, and that value is a word. */
export const MATRIX_FIELDS: readonly string[] = [...FIELDS]
  .filter(([, { type }]) => type === 'text' || type === 'boolean' || type === 'integer')
  .map(([name]) => name);
const matrixField = oneOf(MATRIX_FIELDS, 'The field that it goes by.');

const rates = (cell: Schema): Schema => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  additionalProperties: cell,
});

const MATRIX = closed<MatrixPay>({
  kind: kind('matrix', 'A rate found in a table.'),
  by: either(
    'array',
    { type: 'array', minItems: 1, maxItems: 2, items: matrixField },
    matrixField,
    { description: 'One field, or two: then the rates of the first are tables of the second.' },
  ),
  bp: {
    ...rates(either('object', rates(BASIS_POINTS), BASIS_POINTS, {})),
    description: 'The rate for each value; `*` stands for every value that is not named.',
    examples: [{ certified: 2000, preferred: 2500, strategic: 3000 }],
  },
});

const sumOf = { const: 'credited.net', description: 'The credited net after refunds.' };

const SCHEDULE = closed<SchedulePay>({
  kind: kind('schedule', 'A rate that follows a running total.'),
  mode: oneOf(
    ['marginal', 'cliff', 'retroactive'],
    'marginal: each slice at the rate of its band. cliff: the sale that crosses is paid whole at the new rate. retroactive: the whole window is.',
  ),
  measure: closed<SchedulePay['measure']>(
    {
      sum: sumOf,
      window: windowLength('Over which the total runs; not longer than the window of the plan.'),
    },
    { description: 'The running total.' },
  ),
  bands: list(
    closed<SchedulePay['bands'][number]>({
      upTo: optional(amount('The end of the band, which belongs to it.')),
      bp: BASIS_POINTS,
    }),
    'Ascending; the last has no `upTo`.',
    50,
  ),
});

const THRESHOLD: Schema = {
  type: 'object',
  description: 'What has to be reached.',
  examples: [{ count: 'lead.accepted', gte: 5 }],
  ...given(
    'count',
    closed<Extract<Threshold, { readonly count: string }>>({
      count: oneOf(MEASURES, 'What is counted.'),
      gte: count('How many, at least.', 1_000_000),
    }),
    closed<Extract<Threshold, { readonly sum: string }>>({
      sum: sumOf,
      gte: { ...amount('How much, at least; not nothing.'), pattern: '^[1-9][0-9]{0,17}$' },
    }),
  ),
};

const bonusOf = (name: 'bonus' | 'milestone', description: string): Schema =>
  closed<BonusPay>({
    kind: kind(name, description),
    amount: amount('What is paid, once.'),
    once: windowLength('Per which it is paid once; not longer than the window of the plan.'),
    when: THRESHOLD,
    approval: optional(flag('Held until a person approves.')),
  });

const ROLES = closed<{ readonly roles: Readonly<Record<string, number>> }>({
  roles: {
    type: 'object',
    minProperties: 1,
    maxProperties: 20,
    additionalProperties: { type: 'integer', minimum: 0, maximum: 10_000 },
    description: 'The share of each role of the deal; 10000 basis points together.',
    examples: [{ sourcing: 6000, closing: 4000 }],
  },
});

type PercentPay = PayOf<'percent'>;
type OverridePay = Extract<PercentPay, { readonly of: string }>;

const PERCENT = given(
  'of',
  closed<OverridePay>({
    kind: kind('percent', 'A share of what a child earned on.'),
    bp: BASIS_POINTS,
    of: oneOf(['basis', 'child_commission'], 'Of the basis, or of the commission of the child.'),
    levels: { const: 1, description: 'The parent alone.' },
  }),
  closed<Exclude<PercentPay, OverridePay>>({
    kind: kind('percent', 'A share of the basis.'),
    bp: BASIS_POINTS,
  }),
);

/** One schema per kind; a kind without one does not compile. */
export const PAY_KINDS: Readonly<Record<Pay['kind'], Schema>> = {
  flat: closed<PayOf<'flat'>>({
    kind: kind('flat', 'A fixed amount.'),
    amount: amount('What is paid.'),
    per: optional(
      oneOf(
        ['line', 'order'],
        'For each line, or once for all lines of a sale that are paid in one window.',
      ),
    ),
  }),
  percent: PERCENT,
  per_unit: closed<PayOf<'per_unit'>>({
    kind: kind('per_unit', 'An amount for each unit sold.'),
    amount: amount('What one unit pays.'),
  }),
  matrix: MATRIX,
  schedule: SCHEDULE,
  bonus: bonusOf('bonus', 'An amount, once per window, when a threshold is reached.'),
  milestone: bonusOf('milestone', 'As a bonus, for something that is reached once.'),
  split: closed<SplitPay>({
    kind: kind('split', 'A share of the whole line, rounded once and then shared.'),
    bp: BASIS_POINTS,
    by: either('object', ROLES, oneOf(['attribution', 'agreement'], 'By whose percentages.'), {
      description: 'By attribution, by the signed agreement, or by roles of the deal.',
    }),
  }),
  usage_share: closed<PayOf<'usage_share'>>({
    kind: kind('usage_share', 'A share of the revenue that a meter measured.'),
    meter: text('The meter, as usage reports name it.'),
    bp: BASIS_POINTS,
  }),
};

/** The kind decides which schema holds, so that only what was meant is complained about. */
export const PAY: Schema = {
  type: 'object',
  description: 'What the rule pays.',
  required: ['kind'],
  properties: {
    kind: oneOf(Object.keys(PAY_KINDS), 'How it pays; the other fields depend on it.'),
  },
  allOf: Object.entries(PAY_KINDS).map(([name, schema]) => ({
    if: { type: 'object', required: ['kind'], properties: { kind: { const: name } } },
    then: schema,
  })),
  examples: [
    { kind: 'percent', bp: 2500 },
    { kind: 'matrix', by: 'partner.tier@event', bp: { certified: 2000, '*': 2500 } },
  ],
};

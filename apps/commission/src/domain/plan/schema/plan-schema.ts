import { PARTNER_KINDS, PARTNER_TYPES } from '@tributary/contracts';
import type {
  AppliesTo,
  Basis,
  Credit,
  Duration,
  Limit,
  PlanVersion,
  Rule,
} from '../../../../engines/v1/plan';
import { MOST_MONTHS_OF_DURATION, type PlanDocument } from '../plan-document';
import { PAY, windowLength } from './pay-schema';
import {
  type Schema,
  amount,
  closed,
  count,
  flag,
  given,
  list,
  oneOf,
  optional,
  text,
  time,
} from './shapes';
import { WHEN, whenDefinitions } from './when-schema';

export const PLAN_SCHEMA_ID = 'plan/1';

const ID: Schema = { type: 'string', pattern: '^[a-z0-9]{1,32}$' };
const NAME: Schema = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,39}$' };

const firstPayments = count('The first payments of each customer.', 36);
const months = count(
  'From the first payment of the customer, so many months on.',
  MOST_MONTHS_OF_DURATION,
);
const WHILE = closed<Extract<Duration, { readonly while: string }>>({
  while: { const: 'customer_active', description: 'As long as the customer stays.' },
  resume: optional(flag('Whether it pays again when the customer comes back.')),
});
const UNTIL = closed<Extract<Duration, { readonly until: string }>>({
  until: time('Sales paid from then on earn nothing.'),
});

const DURATION: Schema = {
  type: 'object',
  description:
    'For how long it pays; left out: always. One of `firstPayments`, `months`, `while`, `until`.',
  examples: [{ months: 12 }, { while: 'customer_active' }],
  ...given(
    'firstPayments',
    closed<Extract<Duration, { readonly firstPayments: number }>>({ firstPayments }),
    given(
      'months',
      closed<Extract<Duration, { readonly months: number }>>({ months }),
      given('until', UNTIL, WHILE),
    ),
  ),
};

const RULE = closed<Rule>({
  id: { ...NAME, description: 'What postings name it by.', examples: ['tier'] },
  group: { ...NAME, description: 'Of a group one rule wins a line.', examples: ['base'] },
  priority: optional({
    type: 'integer',
    minimum: 0,
    maximum: 1_000,
    description: 'The higher wins; then the one that asks for more.',
  }),
  stack: optional(flag('Adds to whatever else wins.')),
  enabled: optional(flag('False: it is kept, and pays nothing.')),
  when: optional({ ...WHEN, description: 'When it pays; left out: always.' }),
  pay: PAY,
  payee: optional(
    oneOf(
      ['partner', 'partner.parent'],
      'Whose earning it is; of the parent it is an override on what the child sells.',
    ),
  ),
  duration: optional(DURATION),
  limit: optional(
    closed<NonNullable<Rule['limit']>>(
      { firstPayments },
      { description: 'As a duration; the short form for rules that pay once.' },
    ),
  ),
  line: optional(
    closed<NonNullable<Rule['line']>>(
      {
        floor: optional(amount('The least that a line earns.')),
        cap: optional(amount('The most that a line earns.')),
      },
      {
        description: 'Bounds of one line. A line without basis earns nothing, whatever the floor.',
      },
    ),
  ),
});

const LIMIT = closed<Limit>({
  id: { ...NAME, description: 'What explanations name it by.' },
  scope: { const: 'partner', description: 'Of what one partner earns.' },
  window: windowLength('In which; not longer than the window of the plan.'),
  max: optional(amount('The most.')),
  min: optional(amount('The least.')),
  rules: optional(list(NAME, 'Of which rules; left out: of all.')),
});

const BASIS = closed<Basis>(
  {
    use: { const: 'lines.net', description: 'The credited net of the lines, after discounts.' },
    excludeTax: { const: true, description: 'Tax is never commissioned.' },
    deductMarketplaceFee: optional(flag('Whether the fee of a marketplace comes off first.')),
    excludeProducts: optional(list(text('A product or product group.'), 'Earn nothing.')),
  },
  { description: 'What rates are taken of.' },
);

const LATER = {
  type: 'null',
  description: 'Not available yet: leave it out.',
} as const;

/** What may be sent: a version as the engine reads it, the field that names this schema, and what will come. */
type Written = PlanDocument & {
  readonly $schema?: string;
  readonly draw?: null;
  readonly fx?: null;
  readonly guarantee?: null;
  readonly restate?: null;
};

/** The schema of what a person writes; editors show its descriptions. */
export const PLAN_SCHEMA: Schema = closed<Written>(
  {
    $schema: optional(text('This schema: `plan/1`, or the address that it is served at.', 500)),
    planId: { ...ID, description: 'Lower-case letters and digits.', examples: ['brcommercial'] },
    version: optional(count('Of this version, from 1. Left out: the next one.', 1_000_000)),
    programId: { ...ID, description: 'The programme that it belongs to.', examples: ['main'] },
    asset: {
      type: 'string',
      pattern: '^[A-Z][A-Z0-9]{2,15}/(?:0|[1-9][0-9]?)$',
      description: 'What it pays in; a sale in anything else earns nothing.',
      examples: ['BRL/2'],
    },
    window: windowLength('Over which totals run. Fixed with the first version.'),
    timezone: {
      ...text('Whose months count; an IANA zone. Fixed with the first version.'),
      examples: ['America/Sao_Paulo'],
    },
    effective: closed<PlanDocument['effective']>(
      {
        from: time('The first sales that it governs, by when they were paid.'),
        to: optional({
          ...time('Where it ends; null or left out: with the version that follows.'),
          type: ['string', 'null'],
        }),
      },
      { description: 'Which sales it governs.' },
    ),
    rounding: closed<PlanVersion['rounding']>(
      {
        mode: oneOf(['half_up', 'half_even'], 'half_up: as ROUND of a spreadsheet.'),
        scope: { const: 'line', description: 'Each line is rounded once, at the end.' },
      },
      { description: 'How exact amounts become whole minor units.' },
    ),
    appliesTo: optional(
      closed<AppliesTo>(
        {
          agreementTypes: optional(list(oneOf(PARTNER_TYPES, 'A class of partners.'), 'Classes.')),
          partnerTypes: optional(list(oneOf(PARTNER_KINDS, 'A type of partners.'), 'Types.')),
        },
        { description: 'For whom; left out: everybody whose agreement names the plan.' },
      ),
    ),
    basis: BASIS,
    credit: optional(
      closed<Credit>(
        {
          split: oneOf(
            ['basis', 'pool'],
            'basis: everyone earns on their share. pool: the commission is rounded first, then shared.',
          ),
        },
        { description: 'How partners share a line; left out: on their share of the basis.' },
      ),
    ),
    hold: closed<PlanVersion['hold']>(
      {
        days: count('How long an earning is held.', 365, 0),
        from: { const: 'paidAt', description: 'Counted from the payment.' },
      },
      { description: 'How long refunds are waited for.' },
    ),
    rules: list(RULE, 'What it pays.', 100),
    limits: optional(list(LIMIT, 'Caps and floors over a window.', 50)),
    draw: optional(LATER),
    fx: optional(LATER),
    guarantee: optional(LATER),
    restate: optional(LATER),
  },
  {
    $id: PLAN_SCHEMA_ID,
    title: 'A version of a commission plan',
    description: 'Rules as data. A published version never changes and is named by its hash.',
    $defs: whenDefinitions(),
  },
);

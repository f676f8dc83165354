import {
  bankPaying,
  type Case,
  caseOf,
  DAY,
  dayFile,
  edited,
  type GivenItem,
  JOSE,
  MARIA,
  pix,
  returnFiles,
  ted,
  withEntry,
} from './given.fixture';

const ONE = 'PAY000000000001';
const TWO = 'PAY000000000002';
const FIRST = `${DAY}.xml`;
const TWICE = [`${FIRST}#0`, `${FIRST}#1`];
const [THIRD_DAY, FIFTH_DAY, WEEK_LATER] = ['2026-04-17', '2026-04-20', '2026-04-24'] as const;

const settled = (line: string, tier: string, ...items: readonly string[]) => ({
  line,
  tier,
  items,
  kind: 'settled',
});
const rule = (then: object, item = ONE) => ({ rules: [{ when: { item }, then }] });

/** One per tier: the smallest statement that is matched by it. */
const TIERS: readonly Case[] = [
  caseOf('T1', 'The line carries our own name of the payment.', {
    items: [ted(ONE)],
    files: dayFile(bankPaying([ted(ONE)])),
    matched: [settled(`${FIRST}#0`, 'T1', ONE)],
  }),
  told(
    'T2',
    'The line carries only the number that the bank gave the payment in its return file.',
    {
      items: [ted(ONE)],
      scenario: { references: 'bank' },
      returns: 2,
      matched: [settled(`${FIRST}#0`, 'T2', ONE)],
    },
  ),
  told('T3', 'One debit names the file, and is the sum of its items.', {
    items: [ted(ONE), ted(TWO, '5000')],
    scenario: { booking: 'batch_without_parts' },
    matched: [settled(`${FIRST}#0`, 'T3', ONE, TWO)],
  }),
  caseOf('T4', 'A credit names a payment that was made before: it came back.', {
    items: [ted(ONE)],
    files: comingBack(),
    matched: [
      settled(`${FIRST}#0`, 'T1', ONE),
      { line: `${THIRD_DAY}.xml#0`, tier: 'T4', items: [ONE], kind: 'returned' },
    ],
    breaks: [{ type: 'B06', cause: 'AC03', about: { item: ONE } }],
  }),
  told('T5', 'Nothing names the payment, but amount and account fit no other one.', {
    items: [ted(ONE), ted(TWO, '10000', JOSE)],
    sent: [ted(ONE)],
    scenario: { references: 'none' },
    matched: [settled(`${FIRST}#0`, 'T5', ONE)],
  }),
  told(
    'T6',
    'Two payments to one account are the sum of a debit: a person may say that they are.',
    {
      items: [ted(ONE, '10000'), ted(TWO, '5000')],
      sent: [ted('PAY000000000003', '15000')],
      scenario: { references: 'none' },
      breaks: [
        {
          type: 'B02',
          cause: 'ambiguous',
          about: { line: `${FIRST}#0` },
          candidates: [{ items: [ONE, TWO], tier: 'T6' }],
        },
      ],
    },
  ),
  caseOf('T7', 'The bank charges, under a code that is known; here in OFX.', {
    items: [pix(ONE)],
    files: dayFile(bankPaying([pix(ONE)], { fees: { perPaymentMinor: '150' } }), DAY, 'ofx'),
    matched: [
      settled(`${DAY}.ofx#0`, 'T1', ONE),
      { line: `${DAY}.ofx#1`, tier: 'T7', items: [], kind: 'fee' },
    ],
  }),
];

/** One per type of break that files and statements can show. */
const BREAKS: readonly Case[] = [
  told('B01', 'The bank has scheduled the payment, and it never left.', {
    items: [pix(ONE)],
    scenario: rule({ kind: 'silent' }),
    returns: 1,
    asOf: WEEK_LATER,
    breaks: [{ type: 'B01', cause: 'overdue', about: { item: ONE } }],
  }),
  caseOf('B02', 'Somebody paid past the system.', {
    items: [],
    files: dayFile(withEntry('debit', '7700', 'PAGAMENTO NO BALCAO')),
    breaks: [{ type: 'B02', cause: 'no_instruction', about: { line: `${FIRST}#0` } }],
  }),
  told('B03', 'A cent less left than was instructed.', {
    items: [ted(ONE)],
    scenario: rule({ kind: 'misbooked', byMinor: '-1' }),
    breaks: [{ type: 'B03', cause: 'amount_differs', about: { line: `${FIRST}#0` } }],
  }),
  told('B04', 'The same line stands there twice, number and all.', {
    items: [ted(ONE)],
    scenario: rule({ kind: 'duplicated', sameReference: true }),
    alike: TWICE,
    matched: [settled(`${FIRST}#0`, 'T1', ONE)],
    breaks: [{ type: 'B04', cause: 'line_told_twice', about: { line: `${FIRST}#0` } }],
  }),
  told('B05', 'Two debits of the bank, with numbers of their own, for one payment.', {
    items: [ted(ONE)],
    scenario: rule({ kind: 'duplicated' }),
    alike: TWICE,
    matched: [settled(`${FIRST}#0`, 'T1', ONE)],
    breaks: [{ type: 'B05', cause: 'paid_twice', about: { line: `${FIRST}#0` } }],
  }),
  caseOf(
    'B06',
    'What was paid came back; the statement after it is in OFX, which gives no reason.',
    {
      items: [ted(ONE)],
      files: { ...dayFile(bankPaying([ted(ONE)])), ...quietReturn() },
      matched: [
        settled(`${FIRST}#0`, 'T1', ONE),
        { line: `${THIRD_DAY}.ofx#0`, tier: 'T4', items: [ONE], kind: 'returned' },
      ],
      breaks: [{ type: 'B06', cause: 'unknown', about: { item: ONE } }],
    },
  ),
  told('B07', 'The bank rejected the payment, and debited it.', {
    items: [ted(ONE)],
    scenario: rule({ kind: 'rejected_but_booked', codes: ['AN'] }),
    returns: 1,
    breaks: [{ type: 'B07', cause: 'debited_after_rejection', about: { line: `${FIRST}#0` } }],
  }),
  told('B08', 'The payment went to the account of another payee.', {
    items: [ted(ONE), ted(TWO, '5000', JOSE)],
    sent: [ted(ONE, '10000', JOSE)],
    breaks: [{ type: 'B08', cause: 'account_of_another_payee', about: { line: `${FIRST}#0` } }],
  }),
  caseOf('B09', 'Amount and account fit, but the day is a week late.', {
    items: [ted(ONE)],
    files: lateAndNameless(),
    breaks: [{ type: 'B09', cause: 'outside_window', about: { line: `${WEEK_LATER}.xml#0` } }],
  }),
  told('B10', 'One debit names the file, and is a cent less than its items.', {
    items: [ted(ONE), ted(TWO, '5000')],
    scenario: { ...rule({ kind: 'misbooked', byMinor: '-1' }), booking: 'batch_without_parts' },
    breaks: [{ type: 'B10', cause: 'sum_differs', about: { line: `${FIRST}#0` } }],
  }),
  caseOf('B11', 'The statement of the day between is missing.', {
    items: [ted(ONE)],
    files: withoutSecondDay(),
    matched: [settled(`${FIRST}#0`, 'T1', ONE)],
    breaks: [{ type: 'B11', cause: 'sequence_gap', about: { statement: `${THIRD_DAY}.xml` } }],
  }),
  caseOf('B12', 'The bank charges for something that nobody has heard of.', {
    items: [],
    files: dayFile(withEntry('debit', '4900', 'TARIFA PACOTE EMPRESA')),
    breaks: [{ type: 'B12', cause: 'unknown_charge', about: { line: `${FIRST}#0` } }],
  }),
  caseOf('B13', 'The statement is in another currency.', {
    items: [ted(ONE)],
    files: edited(dayFile(bankPaying([ted(ONE)])), /BRL/g, 'USD'),
    breaks: [{ type: 'B13', cause: 'currency', about: { statement: FIRST } }],
  }),
  caseOf('B14', 'One line carries our names of two payments.', {
    items: [ted(ONE), ted(TWO)],
    files: edited(dayFile(bankPaying([ted(ONE)])), `<EndToEndId>${ONE}`, `<EndToEndId>${TWO}`),
    breaks: [{ type: 'B14', cause: 'names_several_items', about: { line: `${FIRST}#0` } }],
  }),
  told('B15', 'The bank answers in letters that stand in no manual.', {
    items: [ted(ONE)],
    scenario: rule({ kind: 'unknown', code: 'QQ' }),
    returns: 1,
    breaks: [{ type: 'B15', cause: 'QQ', about: { item: ONE } }],
  }),
  told('B16', 'The bank says that it paid, and its statement does not.', {
    items: [pix(ONE)],
    scenario: rule({ kind: 'claimed_only' }),
    returns: 2,
    asOf: WEEK_LATER,
    breaks: [{ type: 'B16', cause: 'overdue', about: { item: ONE } }],
  }),
  told('B17', 'The bank has never answered the file, nor paid what stands in it.', {
    items: [pix(ONE)],
    scenario: rule({ kind: 'silent' }),
    asOf: WEEK_LATER,
    breaks: [
      { type: 'B17', cause: 'no_answer', about: { file: 1 } },
      { type: 'B01', cause: 'overdue', about: { item: ONE } },
    ],
  }),
];

export const CASES: readonly Case[] = [...TIERS, ...BREAKS];

/** The bank takes a file, answers so many times, and gives a statement of the first day. */
function told(
  name: string,
  why: string,
  story: Omit<Parameters<typeof caseOf>[2], 'files' | 'returns'> & {
    readonly scenario?: object;
    /** What the bank took, where that is not what we think it did. */
    readonly sent?: readonly GivenItem[];
    readonly returns?: number;
  },
): Case {
  const { scenario, sent, returns = 0, ...rest } = story;
  const bank = bankPaying(sent ?? rest.items, scenario);
  return caseOf(name, why, { ...rest, returns: returnFiles(bank, returns), files: dayFile(bank) });
}

function comingBack(): Record<string, Uint8Array> {
  const scenario = rule({ kind: 'returned', afterDays: 2, reason: 'AC03' });
  const bank = bankPaying([ted(ONE)], scenario, FIFTH_DAY);
  const days = [DAY, '2026-04-16', THIRD_DAY];
  return Object.assign({}, ...days.map((day) => dayFile(bank, day))) as ReturnType<
    typeof comingBack
  >;
}

function quietReturn(): Record<string, Uint8Array> {
  const scenario = rule({ kind: 'returned', afterDays: 2 });
  return dayFile(bankPaying([ted(ONE)], scenario, FIFTH_DAY), THIRD_DAY, 'ofx');
}

function lateAndNameless(): Record<string, Uint8Array> {
  const scenario = { ...rule({ kind: 'delayed', days: 9 }), references: 'none' };
  return dayFile(bankPaying([ted(ONE, '10000', MARIA)], scenario, '2026-04-25'), WEEK_LATER);
}

function withoutSecondDay(): Record<string, Uint8Array> {
  const bank = bankPaying([ted(ONE)], {}, FIFTH_DAY);
  return { ...dayFile(bank), ...dayFile(bank, THIRD_DAY) };
}

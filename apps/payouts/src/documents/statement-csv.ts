import { type Columns, csvOf } from '@tributary/platform';
import type { StatementContent } from '../domain/statement/content';
import type { Language } from '../domain/statement/events';
import { decimalOf } from './amounts';
import { WORDS } from './languages';
import { daysOf, holdCondition, standingOf, summaryOf } from './statement-text';

interface Row {
  readonly section: 'entry' | 'hold' | 'standing' | 'statement' | 'summary';
  readonly kind: string;
  readonly label: string;
  readonly date?: string;
  readonly reference?: string;
  readonly programme?: string | undefined;
  readonly window?: string | undefined;
  readonly bankReference?: string | undefined;
  readonly detail?: string | undefined;
  readonly owner?: string;
  readonly late?: boolean;
  readonly amount?: bigint | null;
}

/**
 * One table, of which a program can read each section by its name. Amounts are written as programs read them, in every language:
 * a spreadsheet would take one with a decimal comma for text.
 */
export function statementCsv(content: StatementContent, language: Language): string {
  const { asset } = content.head;
  const { columns: named } = WORDS[language];
  const columns: Columns<Row> = {
    [named.section]: ({ section }) => section,
    [named.kind]: ({ kind }) => kind,
    [named.label]: ({ label }) => label,
    [named.date]: ({ date }) => date,
    [named.reference]: ({ reference }) => reference,
    [named.programme]: ({ programme }) => programme,
    [named.window]: ({ window }) => window,
    [named.bankReference]: ({ bankReference }) => bankReference,
    [named.detail]: ({ detail }) => detail,
    [named.owner]: ({ owner }) => owner,
    [named.late]: ({ late }) => late,
    [named.amount]: ({ amount }) => (amount == null ? null : decimalOf(amount, asset)),
    [named.amountMinor]: ({ amount }) => amount,
    [named.asset]: () => asset,
  };
  return csvOf(columns, rowsOf(content, language));
}

function rowsOf(content: StatementContent, language: Language): readonly Row[] {
  const { head, lines } = content;
  const words = WORDS[language];
  const { first, last } = daysOf(content);
  const about: Row[] = [
    { section: 'statement', kind: 'id', label: words.statement, reference: head.statement },
    {
      section: 'statement',
      kind: 'partner',
      label: words.partner,
      reference: head.partner,
      detail: head.partnerName,
    },
    {
      section: 'statement',
      kind: 'entity',
      label: words.issuer,
      reference: head.entity,
      detail: head.entityName,
    },
    { section: 'statement', kind: 'from', label: words.period, date: first },
    { section: 'statement', kind: 'to', label: words.to, date: last },
    { section: 'statement', kind: 'issued', label: words.issued, date: head.issuedAt },
  ];
  return [
    ...about,
    ...summaryOf(content, language).map((row): Row => ({ section: 'summary', ...row })),
    ...standingOf(content, language).map(({ note, ...row }): Row => ({
      section: 'standing',
      ...row,
      detail: note,
    })),
    ...head.holds.map((hold): Row => ({
      section: 'hold',
      kind: hold.reason,
      label: words.reasons[hold.reason],
      date: hold.until ?? '',
      owner: hold.owner,
      detail: holdCondition(hold, head.asset, language),
      amount: hold.amount === null ? null : BigInt(hold.amount),
    })),
    ...lines.map(
      ({ day, kind, amount, late, about: { line, item, to, reason, tax, ...of } }): Row => ({
        section: 'entry',
        kind,
        label: words.kinds[kind],
        date: day,
        reference: item ?? line ?? '',
        programme: of.programme,
        window: of.window,
        bankReference: of.bankReference,
        detail: [tax, to, of.replaces, reason].filter((part) => part !== undefined).join(' '),
        late,
        amount: BigInt(amount),
      }),
    ),
  ];
}

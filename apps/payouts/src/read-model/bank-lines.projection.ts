import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json, JsonObject } from '@tributary/kernel';
import type { LineUnmatched, LinesBooked, LinesMatched } from '../domain/rail/match-events';
import type { ImportedLine, StatementQuarantined } from '../domain/rail/statement-events';

const ON_RAIL = { $tenant: 'text', rail: 'text' } as const;
const OF_STATEMENT = { ...ON_RAIL, statement: 'text', $occurredAt: 'instant' } as const;

/** What the bank's statements show, and what each line was recognised as. The wording is sealed, as it came. */
export const bankLines = projection({
  name: 'bank_lines',
  version: 3,
  events: {
    StatementReceived: {
      ...OF_STATEMENT,
      file: 'text',
      head: 'json',
      totals: 'json',
      opening: 'bigint',
      closing: 'bigint',
      from: 'text',
      until: 'text',
      warnings: 'json',
      by: 'text',
    },
    StatementQuarantined: {
      ...OF_STATEMENT,
      file: 'text',
      head: 'json',
      totals: 'json',
      reason: 'text',
      detail: 'text',
      unreadable: 'json',
      waits: 'boolean',
      by: 'text',
    },
    StatementImported: { ...OF_STATEMENT, by: 'text?', reason: 'text?' },
    StatementDismissed: { ...ON_RAIL, statement: 'text', reason: 'text' },
    LinesImported: {
      ...ON_RAIL,
      statement: 'text',
      chunk: 'int',
      first: 'int',
      lines: 'json',
      known: 'json',
      'pii.texts': 'json?',
    },
    LinesMatched: { ...ON_RAIL, matches: 'json' },
    LinesBooked: {
      ...ON_RAIL,
      kind: 'text',
      tier: 'text',
      lines: 'json',
      by: 'text?',
      proposedBy: 'text?',
      reason: 'text?',
    },
    LineUnmatched: {
      ...ON_RAIL,
      line: 'text',
      items: 'json',
      last: 'boolean',
      by: 'text',
      reason: 'text',
    },
    MatchProposed: {
      ...ON_RAIL,
      line: 'text',
      kind: 'text',
      items: 'json',
      remittance: 'text?',
      repayment: 'json?',
      reason: 'text',
      by: 'text',
    },
    MatchingRulesProposed: { ...ON_RAIL, rules: 'json', by: 'text' },
    MatchingRulesSet: { ...ON_RAIL, rules: 'json' },
  },
  tables: {
    bank_statement: keyedTable({
      key: { tenant: 'text', rail: 'text', statement: 'text' },
      sets: {
        state: 'text',
        head: 'json',
        totals: 'json',
        from_day: 'text?',
        until_day: 'text?',
        opening: 'bigint?',
        closing: 'bigint?',
        reason: 'text?',
        detail: 'text?',
        unreadable: 'json?',
        accepted_by: 'text?',
      },
      keeps: { file: 'text', warnings: 'json?', by: 'text', at: 'instant' },
    }),
    bank_line: keyedTable({
      key: { tenant: 'text', rail: 'text', line: 'text' },
      keeps: {
        statement: 'text',
        chunk: 'int',
        n: 'int',
        booked_on: 'text',
        value_on: 'text?',
        side: 'text',
        amount: 'bigint',
        names: 'json',
        code: 'text?',
        return_reason: 'text?',
      },
      sets: { match: 'json?', proposal: 'json?' },
      indexes: ['(tenant, rail, booked_on, line)'],
    }),
    bank_line_statement: keyedTable({
      key: { tenant: 'text', rail: 'text', line: 'text', statement: 'text' },
      indexes: ['(tenant, rail, statement)'],
    }),
    bank_line_item: keyedTable({
      key: { tenant: 'text', rail: 'text', line: 'text', item: 'text' },
      sets: { kind: 'text', amount: 'bigint', fee: 'bigint', partner: 'text' },
      indexes: ['(tenant, rail, item)'],
    }),
    bank_wording: keyedTable({
      key: { tenant: 'text', rail: 'text', statement: 'text', chunk: 'int' },
      keeps: { texts: 'json' },
    }),
    matching_rules: keyedTable({
      key: { tenant: 'text', rail: 'text' },
      sets: { rules: 'json?', proposed: 'json?' },
    }),
  },
  rows(event) {
    const of = { tenant: event.$tenant, rail: event.rail };
    switch (event.$type) {
      case 'StatementReceived': {
        const { statement, head, totals, opening, closing, from, until } = event;
        const { file, warnings, by, $occurredAt: at } = event;
        const balances = { from_day: from, until_day: until, opening, closing };
        const told = { head, totals, file, warnings, by, at, state: 'importing' };
        return { bank_statement: [{ ...of, statement, ...told, ...balances }] };
      }
      case 'StatementQuarantined':
        return quarantinedRow(of, event as unknown as Quarantined);
      case 'StatementImported': {
        const { statement, by } = event;
        const done = { state: 'imported', reason: null, detail: null, accepted_by: by };
        return { bank_statement: [{ ...of, statement, ...done }] };
      }
      case 'StatementDismissed': {
        const { statement, reason: detail } = event;
        const done = { state: 'dismissed', reason: 'dismissed', detail };
        return { bank_statement: [{ ...of, statement, ...done }] };
      }
      case 'LinesImported':
        return importedRows(of, event as unknown as Imported);
      case 'LinesMatched':
        return matchedRows(of, event.matches as unknown as Matches);
      case 'LinesBooked': {
        const { kind, tier, by, proposedBy, reason } = event;
        const match = { kind, tier, by, proposedBy, reason };
        const lines = event.lines as unknown as LinesBooked['data']['lines'];
        return {
          bank_line: lines.map(({ line, remittance }) => ({
            ...{ ...of, line, proposal: null },
            match: remittance === undefined ? match : { ...match, remittance },
          })),
        };
      }
      case 'LineUnmatched': {
        const { line, last } = event;
        const items = event.items as unknown as LineUnmatched['data']['items'];
        return {
          bank_line: last ? [{ ...of, line, match: null }] : [],
          bank_line_item: items.map(({ item }) => ({ ...of, line, item, $remove: true as const })),
        };
      }
      case 'MatchProposed': {
        const { line, kind, items, remittance, repayment, reason, by } = event;
        const to = withoutNulls({ remittance, repayment });
        return { bank_line: [{ ...of, line, proposal: { kind, items, reason, by, ...to } }] };
      }
      case 'MatchingRulesSet':
        return { matching_rules: [{ ...of, rules: event.rules, proposed: null }] };
      case 'MatchingRulesProposed':
        return { matching_rules: [{ ...of, proposed: { rules: event.rules, by: event.by } }] };
    }
  },
});

const withoutNulls = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

interface OfRow {
  readonly tenant: string;
  readonly rail: string;
}
type Matches = LinesMatched['data']['matches'];

const matchedRows = (of: OfRow, matches: Matches) => ({
  bank_line: matches.map(({ line, items: _items, bookedOn: _day, repayment, ...match }) => ({
    ...{ ...of, line, proposal: null },
    match: repayment === undefined ? match : { ...match, repayment: { ...repayment } },
  })),
  bank_line_item: matches.flatMap(({ line, kind, items }) =>
    items.map(({ item, partner, amount, fee }) => ({
      ...{ ...of, line, item, kind, partner },
      amount: BigInt(amount),
      fee: BigInt(fee),
    })),
  ),
});

type Quarantined = StatementQuarantined['data'] & { readonly $occurredAt: Instant };

function quarantinedRow(of: OfRow, event: Quarantined) {
  const { statement, reason, detail, unreadable, waits, file, by, $occurredAt: at } = event;
  const { head, totals } = event;
  const { from, until } = head;
  // What waits was received before, and its days were computed then.
  const days = waits ? {} : { from_day: from, until_day: until };
  const state = waits ? 'waits' : 'quarantined';
  const said = { head, totals, unreadable } as unknown as JsonObject;
  const why = { reason, detail, ...said, file, by, at, state };
  return { bank_statement: [{ ...of, statement, ...why, ...days }] };
}

interface Imported {
  readonly statement: string;
  readonly chunk: number;
  readonly first: number;
  readonly lines: readonly ImportedLine[];
  readonly known: readonly string[];
  readonly 'pii.texts': Json;
}

function importedRows(of: OfRow, event: Imported) {
  const { statement, chunk, first, lines, known } = event;
  const texts = event['pii.texts'];
  return {
    bank_line: lines.map((line) => ({
      ...of,
      line: line.key,
      statement,
      chunk,
      n: line.place - first,
      booked_on: line.bookedOn,
      value_on: line.valueOn,
      side: line.side,
      amount: BigInt(line.amount),
      names: line.references,
      code: line.code,
      return_reason: line.returnReason,
    })),
    bank_line_statement: [...lines.map(({ key }) => key), ...known].map((line) => ({
      ...of,
      line,
      statement,
    })),
    bank_wording: texts === null ? [] : [{ ...of, statement, chunk, texts }],
  };
}

import { keyedTable, projection } from '@tributary/feeds';
import type { BalancedEntry, Instant, Json } from '@tributary/kernel';
import { signedOf } from '../domain/rail/bank-line';
import type { LinesBooked, LinesMatched } from '../domain/rail/match-events';
import type { ImportedLine } from '../domain/rail/statement-events';

const WHEN = { $tenant: 'text', $occurredAt: 'instant', rail: 'text' } as const;
const BY_ACCOUNT = { ...WHEN, entry: 'json', bankLine: 'text?' } as const;

/**
 * Movements by position, so that the state of any moment can be summed again: lines that came, statements that made them count, matches,
 * and everything that moved cash in our books. Nothing here is ever changed.
 */
export const reconciliationMoves = projection({
  name: 'reconciliation_moves',
  version: 1,
  events: {
    PayingAccountRegistered: {
      ...WHEN,
      opening: 'bigint',
      on: 'text',
      'settings.zone': 'text',
      'settings.asset': 'text',
      'settings.entity': 'text',
    },
    LinesImported: { ...WHEN, statement: 'text', lines: 'json', known: 'json' },
    StatementImported: {
      ...WHEN,
      statement: 'text',
      from: 'text',
      until: 'text',
      opening: 'bigint',
      closing: 'bigint',
      jump: 'bigint',
    },
    LinesMatched: { ...WHEN, matches: 'json' },
    LinesBooked: { ...WHEN, lines: 'json' },
    LineUnmatched: {
      ...WHEN,
      line: 'text',
      kind: 'text',
      last: 'boolean',
      entry: 'json?',
    },
    PayoutSettled: BY_ACCOUNT,
    SettlementUndone: BY_ACCOUNT,
    PayoutReturned: BY_ACCOUNT,
    ReturnUndone: BY_ACCOUNT,
    ReceivableRepaid: BY_ACCOUNT,
  },
  tables: {
    rail_opening: keyedTable({
      key: { tenant: 'text', rail: 'text' },
      keeps: { opening: 'bigint', on_day: 'text', zone: 'text', asset: 'text', entity: 'text' },
    }),
    line_came: keyedTable({
      key: { position: 'bigint', n: 'int' },
      sets: { tenant: 'text', rail: 'text', line: 'text', day: 'text', amount: 'bigint' },
      indexes: ['(tenant, rail, day)'],
      writtenOnce: true,
    }),
    line_in: keyedTable({
      key: { position: 'bigint', n: 'int' },
      sets: { tenant: 'text', rail: 'text', line: 'text', statement: 'text' },
      indexes: ['(tenant, rail, statement)'],
      writtenOnce: true,
    }),
    statement_counted: keyedTable({
      key: { position: 'bigint' },
      sets: {
        tenant: 'text',
        rail: 'text',
        statement: 'text',
        from_day: 'text',
        until_day: 'text',
        opening: 'bigint',
        closing: 'bigint',
        jump: 'bigint',
      },
      indexes: ['(tenant, rail, until_day)'],
      writtenOnce: true,
    }),
    line_matched: keyedTable({
      key: { position: 'bigint', n: 'int' },
      sets: { tenant: 'text', rail: 'text', line: 'text', is_matched: 'boolean' },
      indexes: ['(tenant, rail, line)'],
      writtenOnce: true,
    }),
    cash_moved: keyedTable({
      key: { position: 'bigint', n: 'int' },
      sets: {
        tenant: 'text',
        rail: 'text',
        line: 'text?',
        at: 'instant',
        amount: 'bigint',
        source: 'text',
      },
      indexes: ['(tenant, rail, at)'],
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $position: position, $tenant: tenant, rail, $occurredAt: at, $type: source } = event;
    const of = { tenant, rail };
    switch (event.$type) {
      case 'PayingAccountRegistered': {
        const { opening, on: on_day, 'settings.zone': zone, 'settings.asset': asset } = event;
        const account = { opening, on_day, zone, asset, entity: event['settings.entity'] };
        const moved = { position, n: 0, ...of, line: null, at, amount: opening, source };
        const cash_moved = opening === 0n ? [] : [moved];
        return { rail_opening: [{ ...of, ...account }], cash_moved };
      }
      case 'LinesImported': {
        const { statement, lines, known } = event;
        const came = lines as unknown as readonly ImportedLine[];
        return importedRows({ position, ...of }, statement, came, known as readonly string[]);
      }
      case 'StatementImported': {
        const { statement, from, until, opening, closing, jump } = event;
        const row = { statement, from_day: from, until_day: until, opening, closing, jump };
        return { statement_counted: [{ position, ...of, ...row }] };
      }
      case 'LinesMatched': {
        const matches = event.matches as unknown as LinesMatched['data']['matches'];
        // A batch is told in parts, and is one line.
        const lines = [...new Set(matches.map(({ line }) => line))];
        return {
          line_matched: lines.map((line, n) => ({ position, n, ...of, line, is_matched: true })),
        };
      }
      case 'LinesBooked': {
        const lines = event.lines as unknown as LinesBooked['data']['lines'];
        return bookedRows({ position, ...of }, { at, source }, lines);
      }
      case 'LineUnmatched': {
        const { line, last, entry } = event;
        const amount = entry === null ? 0n : cashIn(entry, rail);
        const undone = { position, n: 0, ...of, line };
        return {
          line_matched: last ? [{ ...undone, is_matched: false }] : [],
          cash_moved: amount === 0n ? [] : [{ ...undone, at, source, amount }],
        };
      }
      default: {
        const { entry, bankLine } = event;
        const amount = cashIn(entry, rail);
        const moved = { position, n: 0, ...of, line: bankLine, at, source };
        return { cash_moved: amount === 0n ? [] : [{ ...moved, amount }] };
      }
    }
  },
});

const importedRows = (
  of: { readonly position: bigint; readonly tenant: string; readonly rail: string },
  statement: string,
  lines: readonly ImportedLine[],
  known: readonly string[],
) => ({
  line_came: lines.map((line, n) => ({
    ...{ ...of, n, line: line.key, day: line.bookedOn },
    amount: signedOf(line),
  })),
  line_in: [...lines.map(({ key }) => key), ...known].map((line, n) => ({
    ...{ ...of, n, line, statement },
  })),
});

const bookedRows = (
  of: { readonly position: bigint; readonly tenant: string; readonly rail: string },
  when: { readonly at: Instant; readonly source: string },
  lines: LinesBooked['data']['lines'],
) => ({
  line_matched: lines.map(({ line }, n) => ({ ...of, n, line, is_matched: true })),
  cash_moved: lines.map((line, n) => ({
    ...{ ...of, ...when, n, line: line.line },
    amount: signedOf(line),
  })),
});

/** What an entry moved on this bank account. */
function cashIn(entry: Json, rail: string): bigint {
  const { legs } = entry as unknown as BalancedEntry;
  return legs
    .filter(({ account, dimensions }) => account === 'Assets:Cash' && dimensions['bank'] === rail)
    .reduce((sum, { side, amount }) => sum + BigInt(side === 'debit' ? amount : `-${amount}`), 0n);
}

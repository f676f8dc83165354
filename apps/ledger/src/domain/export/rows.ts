import { type Day, dayOf } from '@tributary/kernel';
import { decimalOf } from '../decimal';
import type { JournalLeg, Standing } from '../journal';
import type { Exported, Writer } from './exported';

export const COLUMNS = [
  'kind',
  'date',
  'position',
  'n',
  'event',
  'stream',
  'type',
  'occurredAt',
  'recordedAt',
  'period',
  'earnedIn',
  'account',
  'debitMinor',
  'creditMinor',
  'debit',
  'credit',
  'asset',
  'entity',
  'programme',
  'partner',
  'plan',
  'country',
  'bank',
] as const;
export type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | null>>>;

/** One line for each leg, between what stood before and what stands after. */
export const csv: Writer = async function* (exported) {
  yield csvLine(COLUMNS);
  for await (const row of rowsOf(exported)) yield csvLine(COLUMNS.map((name) => row[name] ?? ''));
};

/** The same rows, between a head that says what they are and a foot that says how many. */
export const jsonl: Writer = async function* (exported) {
  const { entity, zone, position, known, from, to } = exported;
  yield jsonLine({ kind: 'head', entity, zone, position: String(position), known, from, to });
  let rows = 0;
  for await (const row of rowsOf(exported)) {
    rows++;
    yield jsonLine(row);
  }
  yield jsonLine({ kind: 'foot', rows });
};

async function* rowsOf(exported: Exported): AsyncGenerator<Row, void, undefined> {
  const { entity, from, to, opening, legs, closing, zone } = exported;
  for (const standing of opening) yield standingRow('opening', from, entity, standing);
  for await (const leg of legs) yield legRow(leg, zone);
  for (const standing of closing) yield standingRow('closing', to, entity, standing);
}

/** Legs alone, of whichever entities; their days are those of UTC. */
export async function* legsCsv(
  legs: AsyncIterable<JournalLeg>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(COLUMNS);
  for await (const leg of legs) {
    const row = legRow(leg, 'UTC');
    yield csvLine(COLUMNS.map((name) => row[name] ?? ''));
  }
}

export function legRow(leg: JournalLeg, zone: string): Row {
  const { occurredAt, recordedAt, period, earnedIn, account, asset } = leg;
  return {
    kind: 'leg',
    date: dayOf(occurredAt, zone),
    position: String(leg.position),
    n: String(leg.n),
    event: leg.eventId,
    stream: leg.stream,
    type: leg.type,
    occurredAt,
    recordedAt,
    period,
    earnedIn,
    account,
    ...sides(leg.debit, leg.credit, asset),
    asset,
    entity: leg.entity,
    programme: leg.programme,
    partner: leg.partner,
    plan: leg.plan,
    country: leg.country,
    bank: leg.bank,
  };
}

export const standingRow = (
  kind: string,
  date: Day,
  entity: string,
  { account, asset, balance }: Standing,
): Row => ({
  kind,
  date,
  account,
  ...(balance < 0n ? sides(0n, -balance, asset) : sides(balance, 0n, asset)),
  asset,
  entity,
});

const sides = (debit: bigint, credit: bigint, asset: Standing['asset']): Row => ({
  debitMinor: String(debit),
  creditMinor: String(credit),
  debit: decimalOf(debit, asset),
  credit: decimalOf(credit, asset),
});

const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

const QUOTED = /[",\r\n]/;
/** A spreadsheet would run a text that begins so as a formula. */
const FORMULA = /^\s*[=+\-@]|^[\t\r\n]/;

/** RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front; no amount here is negative. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells
    .map((cell) => (FORMULA.test(cell) ? `'${cell}` : cell))
    .map((cell) => (QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')}\r\n`;

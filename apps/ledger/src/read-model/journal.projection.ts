import { PERIOD_CLOSED, PERIOD_SOFT_CLOSED } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import { assertBalanced, categoryOf, parseStreamName, periodOf } from '@tributary/kernel';
import { kindOf } from '../domain/books';
import { blockOf, dayKeyOf } from './cells';

const CUT = {
  $id: 'text',
  $tenant: 'text',
  entity: 'text',
  'period.key': 'text',
  'period.zone': 'text',
  'period.from': 'instant',
  'period.until': 'instant',
} as const;

/** The legs of every event that has an entry, whoever wrote it, and the cuts of the months. Rows are only ever added. */
export const journal = projection({
  name: 'journal',
  version: 3,
  events: {
    [PERIOD_SOFT_CLOSED]: CUT,
    [PERIOD_CLOSED]: CUT,
    '*': {
      $id: 'text',
      $tenant: 'text',
      $stream: 'text',
      $occurredAt: 'instant',
      $recordedAt: 'instant',
      $causationId: 'text?',
      $correlationId: 'text',
      entry: 'json?',
    },
  },
  tables: {
    entry: keyedTable({
      key: { position: 'bigint' },
      sets: {
        event_id: 'text',
        tenant: 'text',
        stream: 'text',
        kind: 'text',
        type: 'text',
        occurred_at: 'instant',
        recorded_at: 'instant',
        causation_id: 'text?',
        correlation_id: 'text',
      },
      indexes: ['unique (event_id)', '(tenant, position)'],
      writtenOnce: true,
    }),
    leg: keyedTable({
      key: { position: 'bigint', n: 'int' },
      adds: ['debit', 'credit'],
      sets: {
        tenant: 'text',
        entity: 'text',
        account: 'text',
        asset: 'text',
        occurred_at: 'instant',
        programme: 'text',
        partner: 'text?',
        plan: 'text?',
        country: 'text?',
        bank: 'text?',
      },
      indexes: [
        '(tenant, entity, occurred_at, position, n)',
        '(tenant, account, occurred_at)',
        '(tenant, partner)',
      ],
      writtenOnce: true,
    }),
    /** The same legs added up, so that a balance at any point of both clocks need not read each of them. */
    turnover: keyedTable({
      key: {
        tenant: 'text',
        entity: 'text',
        account: 'text',
        asset: 'text',
        day: 'text',
        block: 'bigint',
      },
      adds: ['debit', 'credit'],
    }),
    period_cut: keyedTable({
      key: { tenant: 'text', entity: 'text', kind: 'text', month: 'text' },
      keeps: {
        position: 'bigint',
        event_id: 'text',
        zone: 'text',
        starts: 'instant',
        ends: 'instant',
      },
    }),
    /** Which months a calendar must know; by UTC, so that no zone is needed to write them. */
    touched: keyedTable({ key: { tenant: 'text', entity: 'text', month: 'text' } }),
  },
  rows(event) {
    const { $position: position, $tenant: tenant } = event;
    if ('entity' in event) {
      const kind = event.$type === PERIOD_SOFT_CLOSED ? 'commission' : 'payouts';
      const { entity, $id: event_id, 'period.key': month, 'period.zone': zone } = event;
      const bounds = { starts: event['period.from'], ends: event['period.until'] };
      return { period_cut: [{ tenant, entity, kind, month, position, event_id, zone, ...bounds }] };
    }
    const { entry, $occurredAt: occurred_at } = event;
    // Its legs stand in the posting beside it, but what takes it in names this one as its cause, and belongs to its month.
    if (entry === null && event.$type !== TAKEN_BACK) return {};
    // The kernel has seen to it before the append; what got past it must not get into the books.
    if (entry !== null) assertBalanced(entry);
    const legs = entry?.legs ?? [];
    const stream = parseStreamName(event.$stream);
    const { key: month } = periodOf(occurred_at, 'UTC', 'month');
    const entities = new Set(legs.map(({ dimensions }) => dimensions.entity));
    const [day, block] = [dayKeyOf(occurred_at), blockOf(position)];
    return {
      entry: [
        {
          position,
          tenant,
          stream,
          occurred_at,
          event_id: event.$id,
          kind: kindOf(categoryOf(stream)),
          type: event.$type,
          recorded_at: event.$recordedAt,
          causation_id: event.$causationId,
          correlation_id: event.$correlationId,
        },
      ],
      leg: legs.map(({ account, side, amount, asset, dimensions }, n) => ({
        position,
        n,
        tenant,
        account,
        asset,
        occurred_at,
        [side]: BigInt(amount),
        entity: dimensions.entity,
        programme: dimensions.programme,
        partner: dimension(dimensions, 'partner'),
        plan: dimension(dimensions, 'plan'),
        country: dimension(dimensions, 'country'),
        bank: dimension(dimensions, 'bank'),
      })),
      turnover: legs.map(({ account, side, amount, asset, dimensions: { entity } }) => ({
        tenant,
        entity,
        account,
        asset,
        day,
        block,
        [side]: BigInt(amount),
      })),
      touched: [...entities].map((entity) => ({ tenant, entity, month })),
    };
  },
});

const TAKEN_BACK = 'ReleaseTakenBack';

/** A balanced entry has texts as dimensions, or none of that name. */
const dimension = (of: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = of[name];
  return typeof value === 'string' ? value : null;
};

import { keyedTable, projection } from '@tributary/feeds';
import { type Instant, withoutDashes } from '@tributary/kernel';
import type { DisputedLine, ReservedLine } from '../domain/account/terms';
import type { NotedDecline, NotedItem } from '../domain/run/events';
import { EVENTS } from './runs.events';
import { changesOf, stepsOf } from './runs.rows';

/** Runs with their items, who was left out and why, and every step of their lives; what became of an item is told by its account. */
export const runs = projection({
  name: 'payout_runs',
  version: 1,
  events: EVENTS,
  tables: {
    payout_run: keyedTable({
      key: { tenant: 'text', run: 'text' },
      sets: {
        status: 'text',
        entity: 'text',
        asset: 'text',
        kind: 'text',
        period: 'text?',
        zone: 'text',
        pay_on: 'text',
        minimum: 'bigint',
        due_days: 'int',
        paying_account: 'text?',
        drafted_at: 'instant',
        drafted_by: 'text',
        candidates: 'int',
        items: 'int',
        gross: 'bigint',
        withheld: 'bigint',
        net: 'bigint',
        hash: 'text',
        flags: 'json',
        faulty: 'int',
        declined: 'json',
        approved_by: 'text?',
        is_freed: 'boolean',
      },
      indexes: ['(tenant, drafted_at desc, run)', '(tenant, entity, asset, drafted_at)'],
    }),
    payout_run_item: keyedTable({
      key: { tenant: 'text', run: 'text', partner: 'text' },
      sets: {
        item: 'text',
        gross: 'bigint',
        withheld: 'bigint',
        net: 'bigint',
        hash: 'text',
        lines: 'int',
        replaces: 'json',
        method: 'json',
        fingerprint: 'text',
        recent: 'json',
        shared_with: 'text?',
        also_shared: 'boolean',
        flags: 'json',
        faults: 'json',
        state: 'text',
        changed: 'text?',
        reserved_at: 'instant',
        settled_on: 'text?',
        returned_on: 'text?',
      },
      indexes: [
        '(tenant, item)',
        '(tenant, partner, reserved_at desc)',
        '(tenant, fingerprint, partner)',
      ],
    }),
    payout_run_decline: keyedTable({
      key: { tenant: 'text', run: 'text', partner: 'text' },
      sets: { reason: 'text', detail: 'text', payable: 'bigint', declined_at: 'instant' },
      indexes: ['(tenant, partner, declined_at)'],
    }),
    payout_run_step: keyedTable({
      key: { position: 'bigint' },
      sets: {
        tenant: 'text',
        run: 'text',
        step: 'text',
        at: 'instant',
        by: 'text?',
        facts: 'json',
      },
      indexes: ['(tenant, run, position)'],
      writtenOnce: true,
    }),
    payout_line: keyedTable({
      key: { tenant: 'text', item: 'text', line: 'text' },
      sets: { run: 'text', partner: 'text', programme: 'text', amount: 'bigint' },
    }),
    payout_line_dispute: keyedTable({
      key: { position: 'bigint', n: 'int' },
      sets: { tenant: 'text', line: 'text', at: 'instant' },
      indexes: ['(tenant, line, at)'],
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, $position: position, $occurredAt: at } = event;
    switch (event.$type) {
      case 'LineFrozenNoted': {
        const { line, frozen } = event;
        return frozen > 0n ? { payout_line_dispute: [{ position, n: 0, tenant, line, at }] } : {};
      }
      case 'DisputeOpened': {
        const lines = event.disputed as unknown as readonly DisputedLine[];
        const rows = lines.map(({ line }, n) => ({ position, n, tenant, line, at }));
        return { payout_line_dispute: rows };
      }
      case 'LinesReserved':
      case 'PayoutReserved': {
        const { item, partner } = event;
        const run = withoutDashes(event.run);
        const lines = event.lines as unknown as readonly ReservedLine[];
        return {
          payout_line: lines.map(({ line, programme, amount: minor }) => {
            const amount = BigInt(minor);
            return { tenant, item, line, run, partner, programme, amount };
          }),
        };
      }
      case 'AnswersNoted': {
        const key = { tenant, run: withoutDashes(event.run) };
        const items = event.items as unknown as readonly NotedItem[];
        const declined = event.declined as unknown as readonly NotedDecline[];
        const shared = event.alsoShared as unknown as readonly string[];
        return {
          payout_run_item: [
            ...items.map((item) => rowOf(key, item, at)),
            ...shared.map((partner) => ({ ...key, partner, also_shared: true })),
          ],
          payout_run_decline: declined.map(({ payable, ...answer }) => ({
            ...{ ...key, ...answer, payable: BigInt(payable), declined_at: at },
          })),
        };
      }
      default:
        return { ...changesOf(event), ...stepsOf(event) };
    }
  },
});

/** Spelled out: there are as many of these as partners are paid. */
const rowOf = (
  { tenant, run }: { readonly tenant: string; readonly run: string },
  noted: NotedItem,
  reservedAt: Instant,
) => ({
  tenant,
  run,
  partner: noted.partner,
  item: noted.item,
  gross: BigInt(noted.gross),
  withheld: BigInt(noted.withheld),
  net: BigInt(noted.net),
  hash: noted.hash,
  lines: noted.lines,
  method: { ...noted.method },
  fingerprint: noted.method.fingerprint,
  replaces: noted.replaces,
  recent: noted.recent,
  shared_with: noted.sharedWith,
  flags: noted.flags,
  faults: noted.faults.map((fault) => ({ ...fault })),
  also_shared: false,
  state: 'reserved',
  changed: null,
  reserved_at: reservedAt,
});

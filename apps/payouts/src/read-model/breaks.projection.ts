import { keyedTable, projection } from '@tributary/feeds';
import type { Json } from '@tributary/kernel';
import type { Break, BreaksClosed } from '../domain/rail/break-events';

const ON_RAIL = { $tenant: 'text', rail: 'text', $recordedAt: 'instant' } as const;

/** What bank and books do not agree about, and how it ended. How old each is follows from the day on which it is asked. */
export const railBreaks = projection({
  name: 'rail_breaks',
  version: 1,
  events: {
    BreaksOpened: { ...ON_RAIL, entity: 'text', breaks: 'json' },
    BreaksClosed: { ...ON_RAIL, breaks: 'json', because: 'text', by: 'text?' },
    BreakAssigned: { ...ON_RAIL, id: 'text', owner: 'text', note: 'text', by: 'text' },
  },
  tables: {
    rail_break: keyedTable({
      key: { tenant: 'text', rail: 'text', id: 'text' },
      sets: {
        entity: 'text',
        type: 'text',
        about: 'json',
        cause: 'text',
        since: 'text',
        amount: 'bigint',
        side: 'text?',
        candidates: 'json',
        owner: 'text',
        note: 'text?',
        is_open: 'boolean',
        opened_at: 'instant',
        closed_at: 'instant?',
        closed_by: 'text?',
        because: 'text?',
      },
      indexes: ['(tenant, rail, since, id) where is_open'],
    }),
  },
  rows(event) {
    const of = { tenant: event.$tenant, rail: event.rail };
    const at = event.$recordedAt;
    switch (event.$type) {
      case 'BreaksOpened': {
        const { entity } = event;
        const breaks = event.breaks as unknown as readonly Break[];
        return {
          rail_break: breaks.map(({ id, type, cause, on, amount, side, owner, ...rest }) => ({
            ...of,
            ...{ id, entity, type, cause, since: on, side, owner, note: null, is_open: true },
            about: { ...rest.about },
            candidates: rest.candidates as unknown as Json,
            amount: BigInt(amount),
            ...{ opened_at: at, closed_at: null, closed_by: null, because: null },
          })),
        };
      }
      case 'BreaksClosed': {
        const { because, by } = event;
        const breaks = event.breaks as unknown as BreaksClosed['data']['breaks'];
        const end = { is_open: false, closed_at: at, closed_by: by, because };
        return { rail_break: breaks.map(({ id }) => ({ ...of, id, ...end })) };
      }
      case 'BreakAssigned': {
        const { id, owner, note } = event;
        return { rail_break: [{ ...of, id, owner, note }] };
      }
    }
  },
});

import { keyedTable, projection } from '@tributary/feeds';
import { instant } from '@tributary/kernel';

/**
 * Where in the log each moment of `recordedAt` stands first. Writers' clocks jitter, so what we knew at a moment ends before the
 * first event that was recorded later; every event counts, with or without an entry. Apart from the journal, because nothing in it
 * can fail. The hours keep that question from reading the moments of all years.
 */
export const known = projection({
  name: 'known',
  version: 1,
  events: { '*': { $recordedAt: 'instant' } },
  tables: {
    known_moment: keyedTable({
      key: { recorded_at: 'instant' },
      keeps: { position: 'bigint' },
      indexes: ['(position)'],
    }),
    known_hour: keyedTable({ key: { hour: 'instant' }, keeps: { position: 'bigint' } }),
  },
  rows({ $position: position, $recordedAt: recorded_at }) {
    const hour = instant(`${recorded_at.slice(0, 'YYYY-MM-DDTHH'.length)}:00:00Z`);
    return { known_moment: [{ recorded_at, position }], known_hour: [{ hour, position }] };
  },
});

import type { Database } from '@tributary/postgres';
import type { IntakeStore, RefusedMessage } from '../ports';
import { UPSTREAM } from './dead-letter-table';

/** How far messages from outside were taken, beside how far those of other services were. */
export class IntakeTable implements IntakeStore {
  constructor(private readonly database: Database) {}

  async nextOf(channel: string): Promise<bigint | undefined> {
    const { rows } = await this.database.pool.query<{ next: string }>(
      'select next from inbox_offset where owner = $1 and channel = $2',
      [UPSTREAM, channel],
    );
    return rows[0] && BigInt(rows[0].next);
  }

  async settle(channel: string, next: bigint, refused: readonly RefusedMessage[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (refused.length > 0) await tx.query(REFUSE, [UPSTREAM, channel, ...columnsOf(refused)]);
      // Also backwards, since a topic that was made anew begins again; what is read twice is known by its identity.
      await tx.query(
        `insert into inbox_offset (owner, channel, next) values ($1, $2, $3)
         on conflict (owner, channel) do update set next = excluded.next`,
        [UPSTREAM, channel, String(next)],
      );
    });
  }
}

/** The same verdict again changes nothing, not even that somebody closed it. Another one belongs to a topic that was made anew. */
const REFUSE = `
insert into dead_letter as d (owner, channel, "offset", tenant, code, facts, key, reason, raw)
select $1, $2, u."offset", u.tenant, u.code, u.facts, '', u.code, ''
from unnest($3::bigint[], $4::text[], $5::text[], $6::jsonb[]) as u ("offset", tenant, code, facts)
on conflict (owner, channel, "offset") do update
set tenant = excluded.tenant, code = excluded.code, facts = excluded.facts, reason = excluded.reason,
  arrived_at = excluded.arrived_at, closed_at = null, closed_by = null, closed_reason = null
where (d.tenant, d.code, d.facts) is distinct from (excluded.tenant, excluded.code, excluded.facts)`;

const columnsOf = (refused: readonly RefusedMessage[]) => [
  refused.map(({ offset }) => String(offset)),
  refused.map(({ tenant }) => tenant),
  refused.map(({ code }) => code),
  refused.map(({ facts }) => JSON.stringify(facts)),
];

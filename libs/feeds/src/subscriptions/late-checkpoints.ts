import type { Database } from '@tributary/postgres';
import { prepared } from '../prepared';
import { lookAgain } from './checkpoint';
import type { Held } from './leases';

interface Moved {
  readonly name: string;
  readonly position: string;
}

// Locked in the order of their names, as renewals do it, so that two statements over several rows cannot wait for one another. The
// lease is left alone: whoever has given it back meanwhile must not seem to hold it.
const SAVE = `
with mine as (
  select s.name, u.through from subscription s
    join unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) as u (name, epoch, parkings, through)
      on s.name = u.name and s.epoch = u.epoch and s.parkings = u.parkings
   order by s.name for update of s)
update subscription s set position = greatest(s.position, mine.through), moved_at = clock_timestamp()
  from mine where s.name = mine.name
returning s.name, s.position`;

/**
 * Checkpoints that no row hangs on: of what was looked at in vain, and of effects that may be repeated. As soon as one of a service is
 * due all of them are saved, as one statement, because each for itself would be most of what a quiet service asks of its database.
 */
export class LateCheckpoints {
  private readonly noted = new Map<Held, bigint>();
  private saving: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  note(held: Held, through: bigint): void {
    this.noted.set(held, through);
  }

  noteOf(held: Held): bigint | undefined {
    return this.noted.get(held);
  }

  forget(held: Held): void {
    this.noted.delete(held);
  }

  /** Until it stands in the table. Rejects with `fenced` when the subscription has another owner; the others find out by themselves. */
  async save(held: Held): Promise<void> {
    while (this.noted.has(held)) {
      if (this.saving) {
        // It may take ours along; how it ended is told to whoever began it.
        await Promise.allSettled([this.saving]);
        continue;
      }
      this.saving = this.saveAll().finally(() => {
        this.saving = undefined;
      });
      await this.saving;
      // Either a parked stream was closed meanwhile, or somebody else has taken over.
      if (this.noted.has(held)) await lookAgain(this.database, held);
    }
  }

  private async saveAll(): Promise<void> {
    const taken = [...this.noted];
    const { rows } = await this.database.pool.query<Moved>(
      prepared(SAVE, [
        taken.map(([{ name }]) => name),
        taken.map(([{ epoch }]) => String(epoch)),
        taken.map(([{ parkings }]) => String(parkings)),
        taken.map(([, through]) => String(through)),
      ]),
    );
    const moved = new Map(rows.map(({ name, position }) => [name, BigInt(position)]));
    for (const [held, through] of taken) {
      const position = moved.get(held.name);
      if (position === undefined) continue;
      if (position > held.position) held.position = position;
      // What was noted while this was on its way waits for the next time.
      if (this.noted.get(held) === through) this.noted.delete(held);
    }
  }
}

import type { Database } from '@tributary/postgres';
import type { Poison } from './checkpoint';
import type { Held } from './leases';
import { Parking } from './parking';

/** The parked streams of a subscription as its owner knows them; read again when somebody else has changed them. */
export class ParkedStreams {
  private streams = new Set<string>();
  private readAt: { readonly epoch: bigint; readonly parkings: bigint } | undefined;
  private readonly parking: Parking;

  constructor(database: Database) {
    this.parking = new Parking(database);
  }

  /** The count in `held` was read before the rows are, so a change in between shows at the commit. */
  async of(held: Held): Promise<ReadonlySet<string>> {
    const { epoch, parkings } = held;
    if (this.readAt?.epoch !== epoch || this.readAt.parkings !== parkings) {
      this.streams = await this.parking.streamsOf(held.name);
      this.readAt = { epoch, parkings };
    }
    return this.streams;
  }

  /** After a commit that parked them. */
  add(poison: readonly Poison[]): void {
    for (const { event } of poison) this.streams.add(event.stream);
  }
}

/** Counts the events that have to wait behind a parked one. */
export function countBehind(events: readonly { readonly stream: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stream } of events) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  return counts;
}

import { Module } from '@nestjs/common';
import type { EventLog } from '@tributary/event-log';
import { type Instant, laterOf } from '@tributary/kernel';
import type { LogPoint, PointAsked } from './log-clock';
import { ServiceModule } from './service.module';

/** The rule in its plainest form: event by event, until one is too late or was recorded too late. */
export async function pointByReading(
  log: Pick<EventLog, 'readAll'>,
  { known, position }: Omit<PointAsked, 'timeoutMs'>,
): Promise<LogPoint> {
  let point: { readonly position: bigint; readonly known: Instant | null } = {
    position: 0n,
    known: null,
  };
  const unsealed = { leaf: null, checkpoint: null };
  for await (const { events } of log.readAll(0n)) {
    for (const event of events) {
      const isTooLate = known !== undefined && event.recordedAt > known;
      if (isTooLate || (position !== undefined && event.position > position))
        return { ...point, ...(known && { known }), ...unsealed };
      const since = point.known ?? event.recordedAt;
      point = { position: event.position, known: laterOf(since, event.recordedAt) };
    }
  }
  return { ...point, ...(known && { known }), ...unsealed };
}

/** Stands in for the ledger, of which other services ask where the log stood. */
@Module({
  imports: [
    ServiceModule.of({
      name: 'ledger',
      logClock:
        ({ log }) =>
        (asked) =>
          pointByReading(log, asked),
    }),
  ],
})
export class LedgerStandIn {}

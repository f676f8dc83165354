import { categoryOf, instant, prepare, streamOf, uuidV7, withoutDashes } from '@tributary/kernel';
import type { Cause, JsonObject, PreparedEvent, Recorded, StreamName } from '@tributary/kernel';
import type { Batch, EventLog, Filter, Position } from '../port';

export const someId = (): string => uuidV7(Date.now());

/** A tenant that no other case uses, so that cases share a store without seeing each other. */
export const someTenant = (): string => withoutDashes(someId()).slice(0, 32);

export const someStream = (category = 'contract', tenant = someTenant()): StreamName =>
  streamOf(category, tenant, withoutDashes(someId()));

export const someCategory = (): string => `c${withoutDashes(someId()).slice(1)}`;

export const someCause = (overrides: Partial<Cause> = {}): Cause => ({
  commandId: someId(),
  fingerprint: 'f'.repeat(64),
  actor: 'key:contract',
  causationId: null,
  correlationId: 'order-1',
  traceParent: null,
  ...overrides,
});

interface Said {
  readonly type?: string;
  readonly cause?: Partial<Cause>;
  readonly schemaVersion?: number;
}

/** The events of one command, ready to be appended. */
export function said(
  data: readonly JsonObject[],
  { type = 'ThingSaid', cause, schemaVersion = 1 }: Said = {},
): PreparedEvent[] {
  const whole = someCause(cause);
  const occurredAt = instant('2026-03-31T23:59:59.999-03:00');
  return data.map((one, i) =>
    prepare({ type, data: one, occurredAt, schemaVersion }, whole, i, someId()),
  );
}

/** `count` events of one command. */
export const facts = (count: number, options?: Said): PreparedEvent[] =>
  said(
    Array.from({ length: count }, (_, n) => ({ n })),
    options,
  );

/** The same events under new ids, as a sender makes them that was restarted in between. */
export const withNewIds = (events: readonly PreparedEvent[]): PreparedEvent[] =>
  events.map((event) => ({ ...event, id: someId() }));

export async function everythingOf(events: AsyncIterable<Recorded>): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export async function batchesAfter(
  log: EventLog,
  after: Position,
  filter?: Filter,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of log.readAll(after, filter)) batches.push(batch);
  return batches;
}

export const eventsAfter = async (
  log: EventLog,
  after: Position,
  filter?: Filter,
): Promise<Recorded[]> => (await batchesAfter(log, after, filter)).flatMap(({ events }) => events);

export const idsOfEvents = (events: readonly { readonly id: string }[]): string[] =>
  events.map(({ id }) => id);

export const ofCategory = (stream: StreamName): Filter => ({ categories: [categoryOf(stream)] });

/** What an append was refused with; fails when it was not refused. */
export async function refusalOf(append: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([append]);
  if (outcome.status === 'fulfilled') throw new Error('The append was not refused.');
  return outcome.reason as unknown;
}

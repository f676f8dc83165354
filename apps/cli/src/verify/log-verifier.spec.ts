import { MemoryEventLog } from '@tributary/event-log';
import {
  type DomainEvent,
  instant,
  leafText,
  prepare,
  type Recorded,
  streamOf,
  uuidV7,
} from '@tributary/kernel';
import { Frontier, leafHashOf } from '@tributary/proofs';

import { LogVerifier } from './log-verifier';

const NOW_MS = Date.UTC(2026, 2, 31);
const HELD = 'Liabilities:Commission:Held';
const EXPENSE = 'Expenses:Commission';

/** Three streams, one of them with money: 500 is held and 200 of it goes again. */
async function written(): Promise<readonly Recorded[]> {
  const log = new MemoryEventLog({ now: () => NOW_MS });
  await append(log, 'sale', 'a', [{ n: 0 }, { n: 1 }, { n: 2 }]);
  const earned = [entry(EXPENSE, HELD, '500'), entry(HELD, EXPENSE, '200')];
  await append(log, 'earnings', 'b', earned);
  await append(log, 'sale', 'c', [{ n: 0 }, { n: 1 }]);
  const events: Recorded[] = [];
  for await (const batch of log.readAll(0n)) events.push(...batch.events);
  return events;
}

function verified(events: readonly Recorded[], sealed: readonly Recorded[] = events): LogVerifier {
  const leaves = sealed.map((event) => leafHashOf(Buffer.from(leafText(event))));
  const verifier = new LogVerifier({
    dense: true,
    rootsAt: [sealed.length],
    sealed: (index) => leaves[index],
  });
  for (const event of events) verifier.take(event);
  return verifier;
}

const rootOf = (events: readonly Recorded[]): Buffer => {
  const frontier = new Frontier();
  for (const event of events) frontier.push(leafHashOf(Buffer.from(leafText(event))));
  return frontier.root();
};

describe('reading a whole log again', () => {
  it('counts what is there and finds the root that was signed', async () => {
    const events = await written();
    const verifier = verified(events);
    expect(verifier.findings).toEqual([]);
    expect([verifier.events, verifier.streams, verifier.head]).toEqual([7, 3, 7n]);
    expect(verifier.bySize).toEqual([
      ['sale', 5],
      ['earnings', 2],
    ]);
    expect(verifier.roots.get(7)).toEqual(rootOf(events));
  });

  it('finds nothing in an empty log', () => {
    const verifier = verified([]);
    expect([verifier.events, verifier.head, verifier.findings]).toEqual([0, 0n, []]);
  });

  it.each<[string, number, Partial<Recorded>, string]>([
    ['content was changed', 1, { data: { n: 999 } }, 'content_hash'],
    ['amount was changed on both sides', 3, { data: entry(EXPENSE, HELD, '501') }, 'content_hash'],
    ['actor was changed', 1, { actor: 'key:mallory' }, 'content_hash'],
    ['date was changed', 4, { occurredAt: instant('2026-02-28T00:00:00Z') }, 'content_hash'],
    ['command was changed', 1, { commandId: uuidV7(1) }, 'content_hash'],
    ['content never had a canonical form', 1, { data: { n: 0.5 } }, 'content_hash'],
    ['time of recording was changed', 2, { recordedAt: instant('2026-01-01T00:00:00Z') }, 'leaf'],
    ['id was changed', 2, { id: uuidV7(1) }, 'leaf'],
    ['stream lost an event', 1, { revision: 2n }, 'revision'],
    ['position was left out', 1, { position: 3n }, 'position'],
    ['position is not behind the one before', 1, { position: 1n }, 'position'],
  ])('M193: names the event whose %s', async (_, index, change, what) => {
    const events = await written();
    const tampered = events.map((event, i) => (i === index ? { ...event, ...change } : event));
    const [found] = verified(tampered, events).findings;
    expect(found).toMatchObject({
      what,
      position: change.position ?? BigInt(index + 1),
      stream: events[index]?.stream,
    });
  });

  it('finds content that was changed together with its hash, because its leaf was sealed', async () => {
    const events = await written();
    const forged = await rewritten(events, 1, { n: 999 });
    const verifier = verified(forged, events);
    expect(verifier.findings).toMatchObject([{ what: 'leaf', position: 2n }]);
    expect(verifier.roots.get(7)).not.toEqual(rootOf(events));
    // With the leaves forged too, only what was signed is left to tell.
    const whole = verified(forged);
    expect(whole.findings).toEqual([]);
    expect(whole.roots.get(7)).not.toEqual(rootOf(events));
  });

  it.each<[string, (events: readonly Recorded[]) => readonly Recorded[]]>([
    ['was dropped', (events) => events.filter((_, i) => i !== 1)],
    [
      'is there twice',
      (events) => events.flatMap((event, i) => (i === 1 ? [event, event] : event)),
    ],
    ['changed places with its neighbour', ([a, b, c, ...rest]) => [a, c, b, ...rest] as Recorded[]],
  ])('finds that an event %s', async (_, change) => {
    const events = await written();
    const { findings } = verified(change(events), events);
    expect(findings[0]?.what).toBe('position');
  });

  it('names the account and the partner that an event takes below zero', async () => {
    const events = await written();
    const forged = await rewritten(events, 4, entry(HELD, EXPENSE, '501'));
    expect(verified(forged).findings).toMatchObject([
      {
        what: 'balance',
        position: 5n,
        detail: `${HELD} of partner p1, entity main, BRL/2 (t) stands at -1`,
      },
    ]);
  });

  it('accepts gaps between positions where the adapter promises none to be absent', async () => {
    const events = await written();
    const verifier = new LogVerifier({ dense: false });
    for (const event of events) verifier.take({ ...event, position: event.position * 10n });
    expect(verifier.findings).toEqual([]);
  });
});

/** As somebody would who may write into the table and knows how events are hashed. */
async function rewritten(
  events: readonly Recorded[],
  index: number,
  data: Recorded['data'],
): Promise<readonly Recorded[]> {
  const victim = events[index] as Recorded;
  const forged = prepare({ ...victim, data }, victim, victim.commandIndex, victim.id);
  const { contentHash } = forged;
  return events.map((event, i) => (i === index ? { ...event, data, contentHash } : event));
}

async function append(
  log: MemoryEventLog,
  category: string,
  id: string,
  data: readonly Recorded['data'][],
): Promise<void> {
  const cause = {
    commandId: uuidV7(NOW_MS),
    fingerprint: 'f',
    actor: 'key:test',
    causationId: null,
    correlationId: 'c',
    traceParent: null,
  };
  const events = data.map((one, n) => {
    const occurredAt = instant('2026-03-31T00:00:00Z');
    const event: DomainEvent = { type: 'ThingSaid', data: one, occurredAt };
    return prepare(event, cause, n, uuidV7(NOW_MS));
  });
  await log.append(streamOf(category, 't', id), 'none', events);
}

function entry(debit: string, credit: string, amount: string): Recorded['data'] {
  const dimensions = { entity: 'main', programme: 'main', partner: 'p1' };
  const leg = (account: string, side: string) => ({
    account,
    side,
    amount,
    asset: 'BRL/2',
    dimensions,
  });
  return { entry: { legs: [leg(debit, 'debit'), leg(credit, 'credit')] } };
}

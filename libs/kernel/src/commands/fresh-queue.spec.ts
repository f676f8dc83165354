import type { Rejected } from '../decider';
import { unavailable } from '../stream-log';
import { streamOf } from '../stream-name';
import type { FreshCommand, FreshOutcomes } from './fresh-commands';
import { FreshQueue } from './fresh-queue';
import type { Outcome } from './outcome';

describe('commands of new streams that come one by one', () => {
  it('sends a lone one at once, those of one turn together, and what comes meanwhile as the next bulk', async () => {
    const { queue, bulks } = scene();
    const first = [queue.run(named('a')), queue.run(named('b'))];
    await turn();
    const second = queue.run(named('c'));
    await turn();
    const rest = [queue.run(named('d')), queue.run(named('e'))];
    await turn();
    expect(idsOf(bulks)).toEqual(['ab', 'c']);
    bulks[1]?.store();
    expect(await second).toMatchObject({ kind: 'accepted', position: 1n });
    await turn();
    expect(idsOf(bulks)).toEqual(['ab', 'c', 'de']);
    bulks[0]?.store();
    bulks[2]?.store();
    expect(await Promise.all([...first, ...rest])).toMatchObject([
      { position: 1n },
      { position: 2n },
      { position: 1n },
      { position: 2n },
    ]);
  });

  it('never makes a bulk too large for its answers to be worth waiting for', async () => {
    const { queue, bulks } = scene();
    const all = Array.from({ length: 300 }, (_, i) => queue.run(named(`n${i}`)));
    await turn();
    expect(bulks.map(({ commands }) => commands.length)).toEqual([128, 128]);
    for (const bulk of bulks) bulk.store();
    await turn();
    expect(bulks.map(({ commands }) => commands.length)).toEqual([128, 128, 44]);
    bulks[2]?.store();
    expect(await Promise.all(all)).toHaveLength(300);
  });

  it('lets nobody wait for those whose streams have to be read', async () => {
    const { queue, bulks } = scene();
    const [known, fresh] = [queue.run(named('a')), queue.run(named('b'))];
    await turn();
    let read: (outcome: Outcome<Rejected>) => void = () => undefined;
    bulks[0]?.answer({
      settled: [undefined, { status: 'fulfilled', value: outcome('accepted', 7n) }],
      running: new Map([[0, new Promise((resolve) => (read = resolve))]]),
    });
    expect(await fresh).toMatchObject({ position: 7n });
    read(outcome('replayed', 3n));
    expect(await known).toMatchObject({ kind: 'replayed', position: 3n });
  });

  it('refuses one without its neighbours', async () => {
    const { queue, bulks } = scene();
    const [bad, good] = [queue.run(named('a')), queue.run(named('b'))];
    await turn();
    bulks[0]?.answer({
      settled: [
        { status: 'rejected', reason: new Error('too large') },
        { status: 'fulfilled', value: outcome('accepted', 1n) },
      ],
      running: new Map(),
    });
    await expect(bad).rejects.toThrow('too large');
    expect(await good).toMatchObject({ kind: 'accepted' });
  });

  it('tells all who wait when the log is away, and takes whoever comes later', async () => {
    const { queue, bulks } = scene();
    const sent = [queue.run(named('a'))];
    await turn();
    sent.push(queue.run(named('b')));
    await turn();
    sent.push(queue.run(named('c')));
    bulks[0]?.fail(unavailable('The log'));
    bulks[1]?.fail(unavailable('The log'));
    for (const outcome of await Promise.allSettled(sent))
      expect(outcome).toMatchObject({ reason: { code: 'unavailable' } });
    const later = queue.run(named('d'));
    await turn();
    expect(idsOf(bulks)).toEqual(['a', 'b', 'd']);
    bulks[2]?.store();
    expect(await later).toMatchObject({ kind: 'accepted' });
  });

  it('holds no more than its limit', async () => {
    const { queue, bulks } = scene(1);
    const sent = [queue.run(named('a'))];
    await turn();
    sent.push(queue.run(named('b')));
    await turn();
    sent.push(queue.run(named('c')));
    await expect(queue.run(named('d'))).rejects.toMatchObject({ code: 'unavailable' });
    for (let i = 0; i < 3; i++) {
      bulks[i]?.store();
      await turn();
    }
    expect(await Promise.all(sent)).toHaveLength(3);
  });
});

interface Bulk {
  readonly commands: readonly FreshCommand<string>[];
  answer(outcomes: FreshOutcomes<Rejected>): void;
  fail(error: Error): void;
  /** Each at the next position, from 1. */
  store(): void;
}

function scene(limit = 1_000) {
  const bulks: Bulk[] = [];
  const start = (commands: readonly FreshCommand<string>[]) =>
    new Promise<FreshOutcomes<Rejected>>((answer, fail) => {
      const store = () =>
        answer({
          settled: commands.map((_, i) => ({
            status: 'fulfilled',
            value: outcome('accepted', BigInt(i + 1)),
          })),
          running: new Map(),
        });
      bulks.push({ commands, answer, fail, store });
    });
  return { queue: new FreshQueue(start, limit), bulks };
}

const idsOf = (bulks: readonly Bulk[]): string[] =>
  bulks.map(({ commands }) => commands.map(({ command }) => command).join(''));

const outcome = (kind: 'accepted' | 'replayed', position: bigint): Outcome<Rejected> => ({
  kind,
  events: [],
  revision: 0n,
  position,
});

const named = (id: string): FreshCommand<string> => ({
  stream: streamOf('counter', 'acme', id),
  command: id,
  cause: {
    commandId: '00000000-0000-5000-8000-000000000000',
    fingerprint: id,
    actor: 'somebody',
    causationId: null,
    correlationId: id,
    traceParent: null,
  },
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

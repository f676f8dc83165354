import { hasCode } from '@tributary/kernel';
import type {
  Appended,
  Expected,
  PreparedEvent,
  Recorded,
  StreamAppend,
  StreamName,
} from '@tributary/kernel';
import type { EventLog } from '../port';
import { Dice } from './dice.fixture';
import { eventsAfter, everythingOf, facts, someCategory, someStream } from './facts.fixture';
import type { LogHarness, Suite } from './harness.fixture';

const WRITERS = 16;
const APPENDS_PER_WRITER = 20;

interface Written {
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly position: bigint;
  readonly events: readonly PreparedEvent[];
}

export function concurrentWriters(suite: () => Suite): void {
  const seed = Dice.seed();

  describe(`many writers at once (TEST_SEED=${seed})`, () => {
    it('lose nothing, reorder nothing and leave no gap, on hot and on cold streams', async () => {
      const { log, other, harness } = suite();
      const category = someCategory();
      const hot = [someStream(category), someStream(category)];
      const before = await log.head();

      const reading = new AbortController();
      const reader = readAgainAndAgain(other, before, category, reading.signal);
      const writers = Array.from({ length: WRITERS }, (_, i) =>
        write(i % 2 === 0 ? log : other, category, hot, new Dice(seed + i)),
      );
      const perWriter = await Promise.all(writers);
      reading.abort();
      const readings = await reader;

      const stored = await eventsAfter(log, before, { categories: [category] });
      expectWhole(stored, perWriter.flat());
      expectOrdered(stored, harness);
      for (const written of perWriter) expectInOrder(written);
      for (const ids of readings)
        expect(ids).toEqual(stored.slice(0, ids.length).map(({ id }) => id));
      for (const stream of hot) {
        expect(await everythingOf(other.read(stream))).toEqual(
          stored.filter((event) => event.stream === stream),
        );
      }
    });

    it('get their own verdicts when they want the same place', async () => {
      const { log, other } = suite();
      const stream = someStream();
      const appends = Array.from({ length: 30 }, (_, i) =>
        (i % 3 === 0 ? other : log).append(stream, 'none', facts(2)),
      );
      const outcomes = await Promise.allSettled(appends);

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          expect(outcome.reason).toMatchObject({
            code: 'revision_conflict',
            facts: { expected: 'none', actual: 1n },
          });
        }
      }
      expect(await everythingOf(log.read(stream))).toHaveLength(2);
    });

    it('may hand over many appends at once, each with its own verdict in the order given', async () => {
      const { log, other } = suite();
      const [grown, fresh, taken] = [someStream(), someStream(), someStream()];
      const repeated = facts(2, { cause: { fingerprint: 'accepted' } });
      await log.append(taken, 'none', repeated);
      const changed = repeated.map((event) => ({ ...event, fingerprint: 'changed' }));
      const appends: readonly StreamAppend[] = [
        { stream: grown, expected: 'none', events: facts(2) },
        { stream: taken, expected: 'none', events: repeated },
        { stream: grown, expected: 1n, events: facts(1) },
        { stream: taken, expected: 'none', events: changed },
        { stream: grown, expected: 'none', events: facts(1) },
        { stream: fresh, expected: 7n, events: facts(1) },
        { stream: fresh, expected: 'none', events: [] },
        { stream: taken, expected: 1n, events: facts(1) },
        { stream: grown, expected: 2n, events: facts(1) },
      ];
      const verdicts = (await other.appendMany(appends)).map((verdict) =>
        verdict.status === 'fulfilled'
          ? `${verdict.value.revision}${verdict.value.replayed ? ' again' : ''}`
          : (verdict.reason as { code: string }).code,
      );
      expect(verdicts).toEqual([
        '1',
        '1 again',
        '2',
        'command_mismatch',
        'revision_conflict',
        'revision_conflict',
        'empty_append',
        '2',
        '3',
      ]);
      expect(await everythingOf(log.read(grown))).toHaveLength(4);
      expect(await log.appendMany([])).toEqual([]);
    });

    it('may hand over more than one batch holds', async () => {
      const { log } = suite();
      const before = await log.head();
      const category = someCategory();
      const streams = Array.from({ length: 7 }, () => someStream(category));
      const appends = Array.from({ length: 2_800 }, (_, i): StreamAppend => {
        const turn = Math.floor(i / 7);
        const stream = streams[i % 7] as StreamName;
        return { stream, expected: turn === 0 ? 'none' : BigInt(turn - 1), events: facts(1) };
      });
      const verdicts = await log.appendMany(appends);
      expect(verdicts.filter(({ status }) => status === 'rejected')).toEqual([]);
      const again = await log.appendMany(appends.slice(0, 1_400));
      expect(again).toEqual(
        verdicts.slice(0, 1_400).map((verdict) => ({
          status: 'fulfilled',
          value: { ...(verdict as PromiseFulfilledResult<Appended>).value, replayed: true },
        })),
      );
      const stored = await eventsAfter(log, before, { categories: [category] });
      expect(stored).toHaveLength(2_800);
      for (const stream of streams) {
        const ids = stored.filter((event) => event.stream === stream).map(({ id }) => id);
        const sent = appends.filter((append) => append.stream === stream);
        expect(ids).toEqual(sent.flatMap(({ events }) => events.map(({ id }) => id)));
      }
    });

    it('may append to one stream without waiting, as long as each says where it stands', async () => {
      const { log } = suite();
      const stream = someStream();
      const sent = Array.from({ length: 50 }, () => facts(2));
      const answers = await Promise.all(
        sent.map((events, i) => log.append(stream, i === 0 ? 'none' : BigInt(i * 2 - 1), events)),
      );
      expect(answers.map(({ revision }) => revision)).toEqual(
        sent.map((_, i) => BigInt(i * 2 + 1)),
      );
      const ids = (await everythingOf(log.read(stream))).map(({ id }) => id);
      expect(ids).toEqual(sent.flat().map(({ id }) => id));
    });
  });
}

/** Appends again and again, to a hot stream or to a new one, and decides anew after each conflict. */
async function write(
  log: EventLog,
  category: string,
  hot: readonly StreamName[],
  dice: Dice,
): Promise<Written[]> {
  const written: Written[] = [];
  const heads = new Map<StreamName, Expected>();
  while (written.length < APPENDS_PER_WRITER) {
    const stream = dice.below(2) === 0 ? dice.oneOf(hot) : someStream(category);
    const events = facts(1 + dice.below(3));
    const [outcome] = await Promise.allSettled([
      log.append(stream, heads.get(stream) ?? 'none', events),
    ]);
    if (outcome.status === 'fulfilled') {
      const { revision, position } = outcome.value;
      heads.set(stream, revision);
      written.push({ stream, revision, position, events });
    } else {
      if (!hasCode(outcome.reason, 'revision_conflict')) throw outcome.reason;
      heads.set(stream, outcome.reason.facts['actual'] as Expected);
    }
  }
  return written;
}

async function readAgainAndAgain(
  log: EventLog,
  after: bigint,
  category: string,
  until: AbortSignal,
): Promise<string[][]> {
  const readings: string[][] = [];
  while (!until.aborted) {
    const ids: string[] = [];
    let through = after;
    for await (const batch of log.readAll(after, { categories: [category] })) {
      expect(batch.through).toBeGreaterThanOrEqual(through);
      through = batch.through;
      ids.push(...batch.events.map(({ id }) => id));
    }
    readings.push(ids);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return readings;
}

function expectWhole(stored: readonly Recorded[], written: readonly Written[]): void {
  const byPlace = new Map(stored.map((event) => [`${event.stream} ${event.revision}`, event]));
  for (const { stream, revision, position, events } of written) {
    const first = revision - BigInt(events.length) + 1n;
    const found = events.map((_, i) => byPlace.get(`${stream} ${first + BigInt(i)}`)?.id);
    expect(found).toEqual(events.map(({ id }) => id));
    expect(byPlace.get(`${stream} ${revision}`)?.position).toBe(position);
  }
  expect(stored).toHaveLength(written.reduce((sum, { events }) => sum + events.length, 0));
}

function expectOrdered(stored: readonly Recorded[], { dense }: LogHarness): void {
  const revisions = new Map<StreamName, bigint>();
  for (const [i, event] of stored.entries()) {
    const before = stored[i - 1];
    if (before !== undefined) {
      if (dense) expect(event.position).toBe(before.position + 1n);
      else expect(event.position).toBeGreaterThan(before.position);
    }
    expect(event.revision).toBe((revisions.get(event.stream) ?? -1n) + 1n);
    revisions.set(event.stream, event.revision);
  }
}

/** What a writer appends after an acknowledgement stands behind what was acknowledged. */
function expectInOrder(written: readonly Written[]): void {
  for (const [i, { position }] of written.slice(1).entries()) {
    expect(position).toBeGreaterThan(written[i]?.position ?? 0n);
  }
}

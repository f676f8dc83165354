import type { Published } from '@tributary/contracts';
import fc from 'fast-check';
import { published } from './inbox.fixture';
import { admit, type StreamState } from './admission';
import { seededRandom, shuffledAcrossStreams } from './shuffle';

const chain = (stream: string, ...revisions: readonly bigint[]): Published[] =>
  revisions.map((revision, i) => published(stream, revision, revisions[i - 1] ?? null));

describe('admitting published events', () => {
  it('applies a chain with holes between revisions, because not every event is published', () => {
    const events = chain('s-a.1', 0n, 3n, 7n);
    expect(admit(new Map(), events)).toMatchObject({ accepted: events, aside: [], ignored: 0 });
  });

  it('ignores what it knows', () => {
    const events = chain('s-a.1', 0n, 3n, 7n);
    const known = new Map<string, StreamState>([['s-a.1', { last: 3n, aside: [] }]]);
    expect(admit(known, events)).toMatchObject({ accepted: events.slice(2), ignored: 2 });
  });

  it('keeps aside what comes too early, while other streams go on', () => {
    const [first, second, third] = chain('s-a.1', 0n, 1n, 2n) as [Published, Published, Published];
    const [other] = chain('s-a.2', 0n) as [Published];
    const { accepted, aside, after } = admit(new Map(), [first, third, other]);
    expect({ accepted, aside }).toEqual({ accepted: [first, other], aside: [third] });
    expect(admit(after, [second]).accepted).toEqual([second, third]);
  });

  it('takes a type that was made public later for what it is: already passed', () => {
    const known = new Map<string, StreamState>([['s-a.1', { last: 5n, aside: [] }]]);
    expect(admit(known, [published('s-a.1', 4n, 2n)])).toMatchObject({
      accepted: [],
      aside: [],
      ignored: 1,
    });
  });

  it('ends with the same events in the same order per stream, whatever repeats, gaps and pages there were', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, pageSize) => {
        const random = seededRandom(seed);
        const truth = ['s-a.1', 's-a.2', 's-a.3'].flatMap((stream) =>
          chain(stream, 0n, 1n, 4n, 5n, 9n),
        );
        const sent = [...truth, ...truth, ...truth].sort(() => random() - 0.5);
        let states = new Map<string, StreamState>();
        const accepted: Published[] = [];
        while (sent.length > 0) {
          const admitted = admit(states, sent.splice(0, pageSize));
          accepted.push(...admitted.accepted);
          states = new Map([...states, ...admitted.after]);
        }
        for (const stream of ['s-a.1', 's-a.2', 's-a.3']) {
          expect(accepted.filter((event) => event.stream === stream)).toEqual(
            truth.filter((event) => event.stream === stream),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('shuffling across streams', () => {
  it('keeps the order of each stream, and the same seed gives the same order', () => {
    const events = [1, 2, 3].flatMap((n) => chain(`s-a.${n}`, 0n, 1n, 2n));
    const shuffled = shuffledAcrossStreams(events, seededRandom(7));
    expect(shuffled).not.toEqual(events);
    expect(shuffled).toEqual(shuffledAcrossStreams(events, seededRandom(7)));
    for (const n of [1, 2, 3]) {
      expect(shuffled.filter(({ stream }) => stream === `s-a.${n}`)).toEqual(
        chain(`s-a.${n}`, 0n, 1n, 2n),
      );
    }
  });
});

import { type Instant, instant, valueAt } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import fc from 'fast-check';
import type { CommandOf, StandingCommand } from './commands';
import { standing } from './decide';
import {
  Story,
  byPerson,
  clock,
  csat,
  customer,
  learn,
  measured,
  qualified,
} from './standing.fixture';
import { rank, tierAt } from './starts';
import { pairIn } from './timeline';

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const noon = (n: number): Instant => instant(`${day(n)}T15:00:00Z`);
const END = noon(400);
/** Tellings that follow within one millisecond take the clock a little further. */
const LATER = noon(401);

const aDay = fc.integer({ min: 0, max: 200 });
const fact = fc.oneof(
  fc
    .tuple(fc.constantFrom('c1', 'c2', 'c3'), aDay, aDay, fc.constantFrom('200000', '900000'))
    .map(([id, a, b, mrr]) =>
      customer(id, {
        [day(Math.min(a, b))]: { mrr },
        [day(Math.max(a, b) + 1)]: { mrr: '0' },
      }),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), aDay, fc.constantFrom('3.5', '4.2', '4.9'))
    .map(([n, at, value]) => csat(`r${n}`, day(at), value)),
  fc
    .tuple(fc.constantFrom('certified', 'advanced'), aDay, fc.option(aDay))
    .map(([level, at, until]) =>
      qualified('certificate', level, day(at), until === null ? null : day(at + until + 1)),
    ),
  aDay.map((at) => qualified('jointplan', 'aligned', day(at))),
  aDay.map((at) => qualified('commitment', '5', day(at))),
  aDay.map((at) => measured('implementation.completed', 'i1', day(at))),
);

/** Facts, each about a thing of its own, all told at the end of the year. */
const history = fc.uniqueArray(fact, {
  selector: (told) => JSON.stringify({ ...told, steps: undefined }),
  minLength: 1,
  maxLength: 12,
});

const told = (facts: readonly Parameters<typeof learn>[0][], at = END) =>
  facts.map((each) => learn(each, at));

/** Nothing was published before the last fact was known. */
const isSilent = ({ types }: Story): boolean => {
  const first = types.findIndex((type) => TOLD.includes(type));
  return first < 0 || first > types.lastIndexOf('FactLearned');
};
const TOLD = ['EntitlementChanged', 'TierLowered', 'TierRaised'];

describe('what does not depend on the order in which facts arrive', () => {
  it('what was entitled at any time; and the tier, where nothing was published in between', () => {
    fc.assert(
      fc.property(
        history.chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray(facts, { minLength: facts.length }),
            fc.array(fc.constantFrom(...facts), { maxLength: 4 }),
          ),
        ),
        ([facts, permuted, again]) => {
          const one = new Story().tell(...told(facts), clock(END));
          const other = new Story().tell(...told([...permuted, ...again]), clock(END));
          expect(pairIn(other.state.steps).entitled).toEqual(pairIn(one.state.steps).entitled);
          if (isSilent(one) && isSilent(other))
            expect(pairIn(other.state.steps).applied).toEqual(pairIn(one.state.steps).applied);
          const hash = ({ state }: Story, by: string) =>
            new StoryFrom(state).tell({ type: 'EvaluateStanding', ...byPerson(by, LATER) }).hash;
          expect(hash(other, 'ana')).toBe(hash(one, 'ana'));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('what holds whatever happens', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('fact' as const), fact, at: aDay }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const), at: aDay }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('grant' as const),
        tier: fc.constantFrom('certified', 'preferred', null),
        at: aDay,
      }),
    },
  );
  const commandsOf = (
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  ): StandingCommand[] =>
    steps.flatMap((each, i): StandingCommand[] => {
      const at = noon(each.at);
      if (each.kind === 'clock') return [clock(at)];
      if (each.kind === 'fact') return [learn(each.fact, at, { revision: i })];
      return [
        {
          type: 'ProposeStanding',
          ...byPerson('ana', at),
          tier: each.tier,
          reason: 'For a test',
          evidence: [],
        },
      ];
    });

  const played = (commands: readonly StandingCommand[], each: (story: Story) => void): Story => {
    const story = new Story();
    for (const command of commands) {
      story.ask(command);
      const { pending } = story.state;
      if (command.type === 'ProposeStanding' && pending) {
        const approval: CommandOf<'ApproveStanding'> = {
          type: 'ApproveStanding',
          ...byPerson('bea', command.receivedAt),
          proposal: pending.proposal,
        };
        story.ask(approval);
      }
      each(story);
    }
    return story;
  };

  it('nobody who was paid by a tier loses it, and nothing entitled is withheld', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        let before = new Story();
        const looked: Instant[] = Array.from({ length: 21 }, (_, i) => noon(i * 10));
        played(commandsOf(steps), (story) => {
          const now = story.state.clock ?? noon(0);
          const was = pairIn(before.state.steps);
          const is = pairIn(story.state.steps);
          for (const t of looked.filter((each) => each < now)) {
            const [earlier, later] = [tierAt(was.applied, t), tierAt(is.applied, t)];
            expect(rank('commercial', later)).toBeGreaterThanOrEqual(rank('commercial', earlier));
            expect(rank('commercial', later)).toBeGreaterThanOrEqual(
              rank('commercial', tierAt(is.entitled, t)),
            );
          }
          before = copyOf(story);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('what was known at a time is never rewritten, and a reader sees what the state says', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 15 }), (steps) => {
        let told: Story['state']['steps'] = [];
        const story = played(commandsOf(steps), ({ state }) => {
          expect(state.steps.slice(0, told.length)).toEqual(told);
          told = state.steps;
        });
        const { applied } = pairIn(story.state.steps);
        for (let n = 0; n <= 200; n += 7)
          expect(
            valueAt({ revision: 1, steps: story.state.steps }, END, noon(n))?.applied ?? null,
          ).toBe(tierAt(applied, noon(n)));
      }),
      { numRuns: 40 },
    );
  });

  it('a replay, and a snapshot, decide the same', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        const commands = commandsOf(steps);
        const story = played(commands, () => undefined);
        const { events } = story;
        const replayed = events.reduce(standing.evolve, standing.initial);
        const evaluate = { type: 'EvaluateStanding', ...byPerson('ana', END) } as const;
        const hashOf = (state: Story['state']) => new StoryFrom(state).tell(evaluate).hash;
        expect(hashOf(replayed)).toBe(hashOf(story.state));
        // Checks as well that state comes back from its rows, and that every decision repeats.
        const { given } = specFor(standing);
        const decision = standing.decide(evaluate, story.state);
        if ('events' in decision && decision.events[0] !== undefined)
          given(...events)
            .when(evaluate)
            .then(...(decision.events as [(typeof decision.events)[0]]));
      }),
      { numRuns: 30 },
    );
  });
});

class StoryFrom extends Story {
  constructor(state: Story['state']) {
    super();
    this.state = state;
  }

  get hash(): string | undefined {
    return this.of('ScorecardIssued').at(-1)?.hash;
  }
}

const copyOf = ({ state }: Story): Story => new StoryFrom(state);

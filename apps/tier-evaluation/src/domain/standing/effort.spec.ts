import { PersistentMap } from '@tributary/kernel';
import { type Told, keyOf } from '../facts/fact';
import { STARTER_RULES } from '../rules/starter';
import { scheduleIn } from './entitlement';
import { Story, csat, customer, learn, measured, on, qualified } from './standing.fixture';
import { factsOf } from './state';
import { talliesOf } from '../evaluation/tallies';

/** What makes a partner preferred, and far from any threshold. */
const PREFERRED = [
  qualified('certificate', 'advanced', '01-10'),
  measured('implementation.completed', 'i1', '01-11'),
  customer('c0', { '01-05': { mrr: '900000' } }),
  csat('r0', '01-12', '4.4'),
];

/** What people promise is few, and looked at whenever a risk is judged. */
const PROMISE = qualified('commitment', '5', '01-10');

/** The n-th thing that happens to a partner who lives long: nothing of it changes what it is entitled to. */
const ordinary = (n: number): Told => {
  const month = String((n % 5) + 1).padStart(2, '0');
  const day = `${month}-${String((n % 27) + 1).padStart(2, '0')}`;
  switch (n % 4) {
    case 0:
      return customer(`c${n}`, { [day]: { mrr: '100' } });
    case 1:
      return csat(`r${n}`, day, '4.4');
    case 2:
      return measured('lead.accepted', `l${n}`, day);
    default:
      return measured('training.completed', `t${n}`, day, { amount: 60 });
  }
};

describe('what a new fact costs', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([10, 1_000])('looks at none of the %i facts that were there before', (before) => {
    const counter = { looks: 0 };
    const story = new Story().tell(learn(PROMISE, on('06-30')));
    for (const told of [...PREFERRED, ...Array.from({ length: before }, (_, n) => ordinary(n))])
      story.tell(learn(watched(told, counter), on('06-30')));
    const everything = jest.spyOn(PersistentMap.prototype, 'entries');
    counter.looks = 0;
    const one = [...Array(8).keys()].map((n) => learn(ordinary(before + n), on('06-30')));
    story.tell(...one);
    expect(story.types.slice(-one.length)).toEqual(one.map(() => 'FactLearned'));
    expect([counter.looks, everything.mock.calls.length]).toEqual([0, 0]);
  });

  it('looks again at what it takes the place of, and at nothing else', () => {
    const counters = [0, 1, 2, 3].map(() => ({ looks: 0 }));
    const story = new Story();
    for (const [n, counter] of counters.entries())
      story.tell(learn(watched(ordinary(n), counter), on('06-30')));
    for (const counter of counters) counter.looks = 0;
    story.tell(learn(ordinary(1), on('06-30'), { revision: 1 }));
    expect(counters.map(({ looks }) => looks > 0)).toEqual([false, true, false, false]);
  });

  it('looks at all of them where there is a scorecard to write, and where the rules change', () => {
    const counter = { looks: 0 };
    const story = new Story();
    for (const told of [PROMISE, ...PREFERRED])
      story.tell(learn(watched(told, counter), on('06-30')));
    counter.looks = 0;
    story.tell(learn(qualified('certificate', 'advanced', '01-10', '06-01'), on('06-30'), LATER));
    expect(story.types).toContain('DemotionNoticed');
    expect(counter.looks).toBeGreaterThan(0);
    const step = { at: on('06-30'), value: { ...STARTER_RULES.commercial, version: 1 } };
    const { partner, track } = story.of('FactLearned')[0] ?? { partner: '', track: '' };
    const told = { partner, track, revision: 1, steps: [step], at: on('06-30') };
    story.tell({ type: 'LearnRules', ...told });
    const { state } = story;
    expect(state.tallies).toEqual(talliesOf(factsOf(state), scheduleIn('commercial', state)));
  });
});

const LATER = { revision: 1 };

/** Counts every look at what the fact says. */
function watched(told: Told, counter: { looks: number }): Told {
  const steps = new Proxy(told.steps, {
    get(target, name, receiver) {
      counter.looks++;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const counted = { ...told, steps } as Told;
  expect(keyOf(counted)).toBe(keyOf(told));
  return counted;
}

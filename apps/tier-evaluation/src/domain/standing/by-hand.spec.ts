import type { Instant } from '@tributary/kernel';
import { instant } from '@tributary/kernel';
import type { StandingRejected } from './commands';
import { Story, byPerson, clock, learn, on, qualified } from './standing.fixture';
import { type Tier, tierAt } from './starts';
import { pairIn } from './timeline';

/** As people write "for ever". */
const LAST_INSTANT = instant('9999-12-31T23:59:59.999Z');

describe('the last instant that there is', () => {
  it('begins a tier like any other', () => {
    const story = new Story();
    grant(story, 'preferred', '01-02', on('01-01'));
    expect(grant(story, 'certified', '01-03', LAST_INSTANT)).toBeUndefined();
    story.tell(clock(on('02-01')));
    expect(applied(story, on('12-31'), LAST_INSTANT)).toEqual(['preferred', 'certified']);
  });

  it('ends an annulment like any other', () => {
    const story = new Story();
    grant(story, 'preferred', '01-02', on('01-01'));
    expect(annul(story, null, '03-10', on('03-01'), LAST_INSTANT)).toBeUndefined();
    story.tell(clock(on('04-01')));
    expect(applied(story, on('02-28'), on('03-01'), on('12-31'))).toEqual([
      'preferred',
      null,
      null,
    ]);
  });
});

describe('a grant after an annulment', () => {
  const annulled = () => {
    const story = new Story();
    grant(story, 'certified', '01-02', on('01-01'));
    annul(story, null, '03-10', on('03-01'));
    return story;
  };

  it('gives the very tier back that was granted before', () => {
    const story = annulled();
    expect(grant(story, 'certified', '05-02', on('05-01'))).toBeUndefined();
    const days = ['02-28', '03-01', '04-30', '05-01'].map((day) => on(day));
    expect(applied(story, ...days)).toEqual(['certified', null, null, 'certified']);
    expect(grant(story, 'certified', '05-03', on('05-02'))).toEqual({ code: 'nothing_to_change' });
  });

  it('gives it back for all of its time, where it begins with it', () => {
    const story = annulled();
    expect(grant(story, 'certified', '05-02', on('03-01'))).toBeUndefined();
    story.tell(clock(on('06-01')));
    expect(applied(story, on('02-28'), on('03-01'), on('05-03'))).toEqual(
      Array<Tier>(3).fill('certified'),
    );
  });
});

describe('a notice of a tier that people take away', () => {
  it('does not end as if the partner were entitled to it again', () => {
    const integrated = ['mutual_benefit', 'maintenance'].map((level) =>
      learn(qualified('integration', level, '01-01'), on('01-01'), { track: 'integration' }),
    );
    const live = qualified('integration', 'live', '01-01', '02-01');
    const story = new Story().tell(
      ...integrated,
      learn(live, on('01-01'), { track: 'integration' }),
      clock(on('02-02'), 'integration'),
    );
    expect(story.of('DemotionNoticed')).toHaveLength(1);
    const of = { tier: null, from: on('01-20'), until: null };
    const why = { reason: 'It never ran', evidence: ['case 8'] };
    story.tell(
      { type: 'ProposeAnnulment', ...byPerson('ana', on('02-03'), 'integration'), ...of, ...why },
      { type: 'ApproveAnnulment', ...byPerson('bea', on('02-04'), 'integration'), annulment: 1 },
    );
    expect(story.of('NoticeEnded')).toMatchObject([{ tier: 'self-serve', outcome: 'demoted' }]);
  });
});

const people = (day: string) => ({
  ana: byPerson('ana', on(day)),
  bea: byPerson('bea', on(day, '12:00:01')),
});

/** By two persons on a day; what is refused, if it is. */
function grant(
  story: Story,
  tier: Tier,
  day: string,
  from?: Instant,
): StandingRejected | undefined {
  const { ana, bea } = people(day);
  const since = from === undefined ? {} : { effectiveAt: from };
  const why = { reason: 'Trusted', evidence: [] };
  const proposal = story.state.latestProposal + 1;
  return (
    story.ask({ type: 'ProposeStanding', ...ana, tier, ...since, ...why }) ??
    story.ask({ type: 'ApproveStanding', ...bea, proposal })
  );
}

function annul(
  story: Story,
  tier: Tier,
  day: string,
  from: Instant,
  until: Instant | null = null,
): StandingRejected | undefined {
  const { ana, bea } = people(day);
  const why = { reason: 'Answers were made up', evidence: ['case 7'] };
  const annulment = story.state.latestAnnulment + 1;
  return (
    story.ask({ type: 'ProposeAnnulment', ...ana, tier, from, until, ...why }) ??
    story.ask({ type: 'ApproveAnnulment', ...bea, annulment })
  );
}

/** What payments of these times earn by, as known at the end. */
const applied = (story: Story, ...times: readonly Instant[]): Tier[] =>
  times.map((time) => tierAt(pairIn(story.state.steps).applied, time));

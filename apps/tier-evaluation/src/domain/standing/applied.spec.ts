import { type Instant, valueAt } from '@tributary/kernel';
import type { StandingCommand } from './commands';
import {
  INTEGRATION,
  Story,
  byPerson,
  clock,
  csat,
  customer,
  learn,
  measured,
  on,
  qualified,
} from './standing.fixture';
import { tierAt } from './starts';
import { pairIn } from './timeline';

const PREFERRED = [
  learn(qualified('certificate', 'advanced', '01-10')),
  learn(customer('c1', { '02-05': { mrr: '420000' } })),
  learn(csat('r1', '03-17', '4.6'), on('03-17')),
];
const preferred = () => new Story().tell(...PREFERRED);
const CHURN = learn(
  customer('c1', { '02-05': { mrr: '420000' }, '04-10': { mrr: '0' } }),
  on('04-10'),
  { revision: 1 },
);

/** What a payment of a day earned by, as known at the end. */
const appliedOn = (story: Story, day: Instant) =>
  valueAt({ revision: 1, steps: story.state.steps }, on('12-31'), day)?.applied ?? null;

describe('a fact that crosses a threshold', () => {
  it('raises the tier at that very instant, with the scorecard behind it', () => {
    const story = preferred();
    expect(story.of('TierRaised')).toMatchObject([
      {
        at: on('03-17'),
        before: { applied: null, entitled: null },
        now: { applied: 'preferred', entitled: 'preferred' },
        steps: [{ at: on('03-17'), value: { applied: 'preferred', entitled: 'preferred' } }],
      },
    ]);
    expect(story.of('ScorecardIssued')).toMatchObject([
      { reason: 'changed', entitled: 'preferred', applied: 'preferred', asOf: on('03-17') },
    ]);
    expect(appliedOn(story, on('03-17', '11:59:59'))).toBeNull();
    expect(appliedOn(story, on('03-17'))).toBe('preferred');
  });

  it('says nothing where nothing changes, and takes no fact twice', () => {
    const story = preferred();
    const before = story.events.length;
    story.tell(...PREFERRED);
    expect(story.events).toHaveLength(before);
    story.tell(learn(csat('r2', '03-18', '4.8')));
    expect(story.types.slice(before)).toEqual(['FactLearned']);
  });

  it('waits for what lies in the future until time has come', () => {
    const story = new Story().tell(
      learn(qualified('certificate', 'advanced', '01-10')),
      learn(csat('r1', '02-01', '4.6')),
      learn(customer('c1', { '05-01': { mrr: '420000' } }), on('03-01')),
    );
    expect(story.of('TierRaised')).toEqual([]);
    story.tell(clock(on('05-02')));
    expect(story.of('TierRaised')).toMatchObject([{ at: on('05-02') }]);
    expect(appliedOn(story, on('05-01'))).toBe('preferred');
  });
});

describe('late evidence', () => {
  it('raises an interval of the past, and only that', () => {
    const story = new Story().tell(
      learn(qualified('certificate', 'advanced', '01-10', '04-20')),
      learn(customer('c1', { '02-05': { mrr: '420000' } })),
      clock(on('06-01')),
      learn(csat('r1', '03-17', '4.6'), on('06-02')),
    );
    const days = ['03-16', '03-17', '04-19', '04-20', '06-03'].map((day) => on(day));
    expect(days.map((day) => appliedOn(story, day))).toEqual([
      null,
      'preferred',
      'preferred',
      null,
      null,
    ]);
    // It is known since it came, and what was known before is not rewritten.
    expect(valueAt({ revision: 1, steps: story.state.steps }, on('06-01'), on('03-20'))).toBe(
      undefined,
    );
  });

  it('never lowers what was told, and tells that it was not entitled', () => {
    const story = preferred().tell(
      clock(on('04-01')),
      learn(csat('r2', '03-17', '1.0'), on('04-02')),
    );
    expect(appliedOn(story, on('03-20'))).toBe('preferred');
    expect(pairIn(story.state.steps).entitled).toEqual([]);
    expect(story.of('EntitlementChanged')).toHaveLength(1);
    expect(story.of('DemotionNoticed')).toMatchObject([
      { tier: 'preferred', noticedAt: on('04-02'), missing: ['satisfaction'] },
      { tier: 'certified', noticedAt: on('04-02'), missing: ['implementations', 'referrals'] },
    ]);
  });
});

describe('a tier that falls away (M099, D12)', () => {
  it('stays for a quarter after it was noticed, and falls from then on, never before', () => {
    const story = preferred().tell(CHURN, clock(on('07-10', '11:59:59')));
    expect(story.of('DemotionNoticed')).toMatchObject([
      { tier: 'preferred', noticedAt: on('04-10'), endsAt: on('07-10'), missing: ['arr'] },
      { tier: 'certified', noticedAt: on('04-10'), endsAt: on('07-10') },
    ]);
    expect(appliedOn(story, on('07-10'))).toBe('preferred');
    story.tell(clock(on('07-11')));
    expect(story.of('TierLowered')).toMatchObject([
      { at: on('07-11'), now: { applied: null, entitled: null } },
    ]);
    expect(appliedOn(story, on('07-10', '23:00:00'))).toBe('preferred');
    expect(appliedOn(story, on('07-11'))).toBeNull();
    expect(story.state.notices).toEqual([]);
  });

  it('is noticed by the quarterly evaluation where only time has passed', () => {
    const story = new Story().tell(
      learn(qualified('certificate', 'advanced', '01-10', '03-20')),
      learn(customer('c1', { '02-05': { mrr: '420000' } })),
      learn(csat('r1', '02-17', '4.6')),
    );
    story.tell(clock(on('04-01')));
    expect(story.of('DemotionNoticed')).toMatchObject([
      { tier: 'preferred', endsAt: on('07-01'), missing: ['certification'] },
      { tier: 'certified', endsAt: on('07-01') },
    ]);
    expect(story.of('ScorecardIssued').at(-1)).toMatchObject({
      reason: 'quarterly',
      quarter: '2026-q2',
      entitled: null,
      applied: 'preferred',
    });
  });

  it('stays when what was missing is back in time', () => {
    const back = learn(
      customer('c1', {
        '02-05': { mrr: '420000' },
        '04-10': { mrr: '0' },
        '06-01': { mrr: '500000' },
      }),
      on('06-01'),
      { revision: 2 },
    );
    const story = preferred().tell(CHURN, back, clock(on('07-20')));
    expect(story.of('NoticeEnded')).toMatchObject([
      { tier: 'preferred', outcome: 'entitled_again' },
      { tier: 'certified', outcome: 'entitled_again' },
    ]);
    expect(story.of('TierLowered')).toEqual([]);
    expect(tierAt(pairIn(story.state.steps).entitled, on('05-01'))).toBeNull();
    expect(appliedOn(story, on('05-01'))).toBe('preferred');
  });

  it('loses one tier after the other, each after its own notice', () => {
    const story = new Story().tell(
      learn(qualified('certificate', 'advanced', '01-10', '06-01')),
      learn(qualified('jointplan', 'aligned', '01-10', '04-01')),
      learn(customer('c1', { '02-05': { mrr: '2000000' } })),
      learn(csat('r1', '02-17', '4.8')),
      clock(on('04-02')),
      clock(on('06-02')),
      clock(on('07-03')),
      clock(on('09-03')),
    );
    expect(story.of('DemotionNoticed').map(({ tier, endsAt }) => [tier, endsAt])).toEqual([
      ['strategic', on('07-02')],
      ['preferred', on('09-02')],
      ['certified', on('09-02')],
    ]);
    expect(story.of('TierLowered').map(({ at, now }) => [at, now.applied])).toEqual([
      [on('07-03'), 'preferred'],
      [on('09-03'), null],
    ]);
  });
});

describe('appealing against it', () => {
  const appeal: StandingCommand = {
    type: 'AppealDemotion',
    ...byPerson('northwind', on('05-01')),
    tier: 'preferred',
    reason: 'The customer has renewed',
  };
  const decide = (keepUntil: Instant | null, by = 'ana', day = '08-01'): StandingCommand => ({
    type: 'DecideAppeal',
    ...byPerson(by, on(day)),
    tier: 'preferred',
    keepUntil,
    reason: 'Read with care',
  });

  it('keeps the tier until somebody else has decided', () => {
    const story = preferred().tell(CHURN, appeal, clock(on('07-20')));
    expect(story.of('TierLowered')).toEqual([]);
    expect(story.ask(decide(null, 'northwind'))).toEqual({ code: 'same_person' });
    story.tell(decide(null));
    expect(story.of('AppealDecided')).toMatchObject([{ upheld: false, endsAt: on('08-01') }]);
    expect(story.of('TierLowered')).toMatchObject([{ at: on('08-01') }]);
  });

  it('keeps it for as long as the decision says', () => {
    const story = preferred().tell(CHURN, appeal);
    expect(story.ask(decide(on('06-01'), 'ana', '06-02'))).toEqual({
      code: 'keeps_too_short',
      earliest: on('07-10'),
    });
    story.tell(decide(on('10-01'), 'ana', '06-02'), clock(on('09-30')));
    expect(story.of('TierLowered')).toEqual([]);
    story.tell(clock(on('10-02')));
    expect(story.of('TierLowered')).toMatchObject([{ at: on('10-02') }]);
  });

  it('needs a notice, and no other appeal', () => {
    const story = preferred();
    expect(story.ask(appeal)).toEqual({ code: 'not_noticed', noticed: [] });
    story.tell(CHURN);
    expect(story.ask(decide(null))).toEqual({ code: 'not_appealed' });
    story.tell(appeal);
    expect(story.ask(appeal)).toEqual({ code: 'already_appealed' });
  });
});

describe('annulling a tier for fraud', () => {
  const propose = (from = on('03-20')): StandingCommand => ({
    type: 'ProposeAnnulment',
    ...byPerson('ana', on('05-01')),
    tier: null,
    from,
    until: null,
    reason: 'Answers were made up',
    evidence: ['case 7'],
  });
  const approve = (by: string): StandingCommand => ({
    type: 'ApproveAnnulment',
    ...byPerson(by, on('05-02')),
    annulment: 1,
  });

  it('is the one way backwards, by two persons', () => {
    const story = preferred().tell(propose());
    expect(appliedOn(story, on('03-25'))).toBe('preferred');
    expect(story.ask(approve('ana'))).toEqual({ code: 'same_person' });
    story.tell(approve('bea'));
    expect(appliedOn(story, on('03-19'))).toBe('preferred');
    expect(appliedOn(story, on('03-25'))).toBeNull();
    // The facts still say otherwise, and are not believed.
    story.tell(learn(csat('r9', '05-03', '5.0')), clock(on('06-01')));
    expect(appliedOn(story, on('06-02'))).toBeNull();
    expect(story.of('DemotionNoticed')).toEqual([]);
  });

  it('ends with a later grant by hand', () => {
    const story = preferred().tell(propose(), approve('bea'));
    const grant = { tier: 'certified', reason: 'Trusted again', evidence: [] } as const;
    story.tell(
      { type: 'ProposeStanding', ...byPerson('ana', on('08-01')), ...grant },
      { type: 'ApproveStanding', ...byPerson('bea', on('08-02')), proposal: 1 },
    );
    expect(appliedOn(story, on('08-01'))).toBeNull();
    expect(appliedOn(story, on('08-02'))).toBe('preferred');
  });

  it('is of the past, of something that was there, and of what was read', () => {
    const story = preferred();
    expect(story.ask(propose(on('05-02')))).toMatchObject({ code: 'annulment_in_future' });
    expect(new Story().ask(propose())).toEqual({ code: 'nothing_to_change' });
    expect(story.ask(approve('bea'))).toEqual({ code: 'annulment_unknown', pending: null });
    story.tell(propose(), {
      type: 'RejectAnnulment',
      ...byPerson('bea', on('05-02')),
      annulment: 1,
      reason: 'Not proven',
    });
    expect(story.state.pendingAnnulment).toBeNull();
  });
});

describe('a grant by hand beside the evidence', () => {
  const grant = (tier: string | null, day: string, n: number): StandingCommand[] => [
    {
      type: 'ProposeStanding',
      ...byPerson('ana', on(day)),
      tier,
      reason: 'For a test',
      evidence: [],
    },
    { type: 'ApproveStanding', ...byPerson('bea', on(day)), proposal: n },
  ];

  it('keeps a tier that the evidence has lost', () => {
    const story = preferred().tell(...grant('preferred', '04-01', 1), CHURN, clock(on('09-01')));
    expect(story.of('DemotionNoticed')).toEqual([]);
    expect(appliedOn(story, on('09-02'))).toBe('preferred');
  });

  it('taken back, needs no notice, and leaves what the evidence entitles to', () => {
    const story = preferred().tell(...grant('strategic', '04-01', 1), ...grant(null, '04-20', 2));
    expect(appliedOn(story, on('04-19'))).toBe('strategic');
    expect(appliedOn(story, on('04-21'))).toBe('preferred');
    expect(story.of('DemotionNoticed')).toEqual([]);
  });
});

describe('what time brings by itself', () => {
  it('one scorecard a quarter, whatever happens', () => {
    const story = preferred().tell(
      clock(on('04-01')),
      clock(on('04-02')),
      clock(on('06-30')),
      clock(on('07-01')),
      clock(on('05-01')),
    );
    const quarterly = story.of('ScorecardIssued').filter(({ reason }) => reason === 'quarterly');
    expect(quarterly.map(({ quarter, asOf }) => [quarter, asOf])).toEqual([
      ['2026-q2', on('04-01')],
      ['2026-q3', on('07-01')],
    ]);
  });

  it('a warning when a commitment was not kept, and its end when it is again (M090)', () => {
    const lead = (n: number) => learn(measured('lead.accepted', `l${n}`, '06-05'));
    const story = new Story().tell(
      learn(qualified('commitment', '5', '01-15')),
      learn(qualified('certificate', 'certified', '01-10')),
      learn(measured('implementation.completed', 'i1', '01-20')),
      ...[1, 2, 3, 4].map(lead),
      clock(on('07-01')),
    );
    expect(story.of('RiskAssessed')).toMatchObject([{ risks: [{ found: 4, committed: 5 }] }]);
    expect(appliedOn(story, on('07-02'))).toBe('certified');
    expect(story.of('DemotionNoticed')).toEqual([]);
    story.tell(lead(5));
    expect(story.of('RiskAssessed').at(-1)).toMatchObject({ risks: [] });
  });

  it('tasks for whoever has to make benefits happen, done or dropped with the tier', () => {
    const story = preferred();
    expect(story.of('TaskOpened').map(({ subject, owner }) => [subject, owner])).toEqual([
      ['group-training', 'enablement'],
      ['partner-manager', 'partnerships'],
      ['mdf', 'marketing'],
    ]);
    story.tell(
      { type: 'AssignTask', ...byPerson('ana', on('03-18')), task: 't2', owner: 'latam' },
      { type: 'CloseTask', ...byPerson('ana', on('03-19')), task: 't2', note: 'Maria it is' },
    );
    const again: StandingCommand = {
      type: 'CloseTask',
      ...byPerson('ana', on('03-20')),
      task: 't2',
      note: 'Twice',
    };
    expect(story.ask(again)).toEqual({ code: 'task_unknown' });
    story.tell(CHURN, clock(on('07-11')));
    expect(story.of('TaskDropped').map(({ task }) => task)).toEqual(['t1', 't2', 't3']);
  });

  it('an evaluation for the next tier six months after the lowest one was reached (M097)', () => {
    const story = new Story().tell(
      ...['live', 'mutual_benefit', 'maintenance'].map((level) =>
        learn(qualified('integration', level, '01-31'), on('01-31'), { track: 'integration' }),
      ),
    );
    const reviews = () => story.of('TaskOpened').filter(({ kind }) => kind === 'review');
    story.tell(clock(on('07-30'), INTEGRATION.track));
    expect(reviews()).toEqual([]);
    story.tell(clock(on('07-31'), INTEGRATION.track), clock(on('08-30'), INTEGRATION.track));
    expect(reviews()).toMatchObject([{ name: 'Evaluate for joint', owner: 'partnerships' }]);
  });

  it('nothing for a partner of whom nothing is known', () => {
    expect(new Story().tell(clock(on('04-01'))).events).toEqual([]);
  });

  it('a scorecard for who asks for one', () => {
    const story = new Story().tell({ type: 'EvaluateStanding', ...byPerson('ana', on('04-01')) });
    expect(story.types).toEqual(['StandingOpened', 'ScorecardIssued']);
    expect(story.of('ScorecardIssued')).toMatchObject([{ reason: 'demand', entitled: null }]);
  });
});

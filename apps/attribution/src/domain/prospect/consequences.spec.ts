import type { ProspectCommand } from './commands';
import { toldOfLead, whenClaimAccepted, whenClaimChanged } from './consequences';
import { prospect } from './decide';
import type { ClaimChanged } from './events';
import {
  KEY,
  PROSPECT,
  Played,
  adjudicated,
  day,
  factOf,
  judged,
  registered,
  reported,
  takenBack,
} from './prospect.fixture';

const one = registered('l1', 'northwind', day(0));

const changesOf = (played: Played): ClaimChanged[] =>
  played.events.filter((event): event is ClaimChanged => event.type === 'ClaimChanged');
const last = (...commands: ProspectCommand[]) =>
  changesOf(new Played(...commands)).at(-1) as ClaimChanged;

describe('telling of a claim', () => {
  it('tells the lead and the company its state, by version', () => {
    const item = {
      item: `claim.${PROSPECT}.l1`,
      version: 1,
      at: day(0),
      fact: one.fact,
      body: {
        kind: 'claim',
        prospect: PROSPECT,
        partner: 'northwind',
        state: 'pending',
        registeredAt: day(0),
      },
    };
    expect(whenClaimChanged(last(one))).toEqual([
      { identifier: { kind: 'lead', id: 'l1' }, items: [item] },
      { identifier: KEY, items: [item] },
    ]);
  });

  it('tells since when and until when it is protected', () => {
    const [told] = whenClaimChanged(last(one, judged('l1', 'approved', day(2))));
    expect(told?.items).toMatchObject([
      { version: 2, at: day(2), body: { state: 'protected', from: day(0), until: day(90) } },
    ]);
  });

  it('tells nothing where only a rival has come', () => {
    const played = new Played(registered('l2', 'southwind', day(1)), one);
    const change = changesOf(played).at(-2) as ClaimChanged;
    expect(change.data).toMatchObject({ lead: 'l2', state: 'conflict', revision: 2, evidence: 1 });
    expect(whenClaimChanged(change)).toEqual([]);
  });

  it('tells that it was refused, or is taken back, but not what is incomplete', () => {
    const [refused] = whenClaimChanged(last(one, judged('l1', 'refused', day(2))));
    expect(refused?.items).toMatchObject([{ at: day(2), body: { state: 'refused' } }]);
    const [gone] = whenClaimChanged(last(one, takenBack('l1', one.fact.factId, day(3))));
    expect(gone?.items).toMatchObject([{ version: 2, body: { kind: 'withdrawn' } }]);
    expect(whenClaimChanged(last({ ...one, complete: false }))).toEqual([]);
  });
});

describe('counting accepted leads', () => {
  const approved = judged('l1', 'approved', day(2));
  const { factId } = one.fact;

  it('counts a claim when it is approved, and once', () => {
    expect(whenClaimAccepted(last(one))).toEqual([]);
    const observation = { factId, at: day(2), value: { count: 1, amount: 0 } };
    const thing = { partner: 'northwind', measure: 'lead.accepted', subject: 'l1' };
    expect(whenClaimAccepted(last(one, approved))).toEqual([
      { type: 'ObserveMeasure', ...thing, observation },
    ]);
    const extended = reported('l1', 'extended', day(9));
    expect(whenClaimAccepted(last(one, approved, extended))).toEqual([]);
  });

  it('counts it since an earlier decision that comes late, and since the later one when that is taken back', () => {
    const early = reported('l1', 'approved', day(2), { fact: factOf('early') });
    const late = reported('l1', 'approved', day(4), { fact: factOf('late') });
    expect(whenClaimAccepted(last(one, late, early))).toMatchObject([
      { type: 'WithdrawObservation', factId },
      { type: 'ObserveMeasure', observation: { factId, at: day(2) } },
    ]);
    const back = takenBack('l1', early.fact.factId, day(5));
    expect(whenClaimAccepted(last(one, late, early, back))).toMatchObject([
      { type: 'WithdrawObservation', factId },
      { type: 'ObserveMeasure', observation: { factId, at: day(4) } },
    ]);
  });

  it('leaves it where it was when a person decides for it once more, against another claim', () => {
    const played = new Played(one, registered('l2', 'southwind', day(1)));
    played.do(reported('l1', 'approved', day(2)));
    const { id, conflict } = played.conflict();
    const [{ side }] = conflict.sides;
    expect(side).toContain('l1');
    const [, changed] = played.do(adjudicated(id, side, day(9)));
    expect(changed).toMatchObject({ type: 'ClaimChanged', data: { decidedAt: day(9) } });
    expect(whenClaimAccepted(changed as ClaimChanged)).toEqual([]);
  });

  it('counts it no more when it is taken back', () => {
    const gone = last(one, approved, takenBack('l1', factId, day(3)));
    expect(whenClaimAccepted(gone)).toMatchObject([{ type: 'WithdrawObservation', factId }]);
  });
});

describe('a fact that names only a lead', () => {
  it('reaches the prospect that follows the lead, and its retraction as well', () => {
    const { prospect: _prospect, ...news } = reported('l1', 'approved', day(2));
    const told = toldOfLead(news);
    expect(told).toMatchObject({ topic: 'lead:l1', key: news.fact.factId, revision: 1 });
    const learn = { type: 'LearnClaimTerm', prospect: PROSPECT } as const;
    const played = new Played(one, { ...learn, ...told });
    expect(played.claim('l1').state).toBe('protected');

    const { prospect: _p, ...retraction } = takenBack('l1', news.fact.factId, day(4));
    const toldAgain = toldOfLead(retraction);
    expect(toldAgain).toMatchObject({ key: news.fact.factId, revision: 2 });
    played.do({ ...learn, ...toldAgain });
    expect(played.claim('l1').state).toBe('registered');
    expect(prospect.decide({ ...learn, ...told }, played.state)).toEqual({ events: [] });
  });

  it('fills in what a registration left open', () => {
    const update = {
      type: 'UpdateClaim',
      lead: 'l1',
      at: day(1),
      fact: factOf('u'),
      about: { vertical: 'retail' },
      complete: true,
    } as const;
    const learn = { type: 'LearnClaimTerm', prospect: PROSPECT, ...toldOfLead(update) } as const;
    expect(new Played({ ...one, complete: false }, learn).claim('l1')).toMatchObject({
      state: 'registered',
      registeredAt: day(1),
      about: { name: 'Contoso', vertical: 'retail' },
    });
  });
});

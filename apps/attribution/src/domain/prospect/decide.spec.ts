import { instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { ProspectCommand } from './commands';
import { prospect } from './decide';
import { type DirectAccountMarked, topicOfLead } from './events';
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
  settingsTold,
  takenBack,
} from './prospect.fixture';

const { given } = specFor(prospect);
const after = (...commands: ProspectCommand[]) => given(...new Played(...commands).events);
const ANA = { reason: 'met them', by: 'ana' };

describe('registering a claim', () => {
  it('M006: a valid lead is registered with the end of its protection; one on a claimed company names the rule, not the rival', () => {
    const played = new Played(registered('l1', 'northwind', day(0)));
    expect(played.claim('l1')).toMatchObject({
      state: 'registered',
      rule: null,
      registeredAt: day(0),
      until: day(90),
      decideBy: day(4, '00:00:00'),
    });
    played.do(registered('l2', 'southwind', day(1)));
    const second = played.claim('l2');
    expect(second).toMatchObject({ state: 'conflict', rule: 'claimed_by_another_partner' });
    expect(JSON.stringify(second)).not.toContain('northwind');
    expect(played.claim('l1')).toMatchObject({ state: 'registered', partner: 'northwind' });
  });

  it('says the fact, and what follows from it', () => {
    const {
      prospect: id,
      programme,
      key,
      lead,
      partner,
      fact,
      complete,
      about,
      at,
    } = registered('l1', 'northwind', day(0));
    const claim = { prospect: id, programme, key, lead, partner, about, heldByDirect: false };
    const standing = { state: 'registered', rule: null, conflicts: [], rules: [] } as const;
    given()
      .when(registered('l1', 'northwind', day(0)))
      .then(
        {
          type: 'ClaimSubmitted',
          data: {
            ...claim,
            fact,
            complete,
            follows: [
              'programme:main' as DirectAccountMarked['data']['follows'][number],
              topicOfLead('l1'),
            ],
          },
          occurredAt: at,
        },
        {
          type: 'ClaimChanged',
          data: {
            ...claim,
            ...standing,
            revision: 1,
            registeredAt: day(0),
            decideBy: day(4, '00:00:00'),
            until: day(90),
            decidedAt: null,
            decidedBy: null,
            reason: null,
            extensions: 0,
            fact,
            facts: [fact],
            evidence: 1,
            before: null,
          },
          occurredAt: at,
        },
      );
  });

  it('takes a fact once', () => {
    after(registered('l1', 'northwind', day(0)))
      .when(registered('l1', 'northwind', day(0)))
      .thenNothing();
  });

  it('does not compete before it is complete', () => {
    const incomplete = registered('l1', 'northwind', day(0), { complete: false });
    const played = new Played(incomplete, registered('l2', 'southwind', day(1)));
    expect([played.claim('l1').state, played.claim('l2').state]).toEqual([
      'incomplete',
      'registered',
    ]);
    const { lead, prospect: id } = incomplete;
    const fact = factOf('update l1');
    const about = { territory: 'BR' };
    played.do({ type: 'UpdateClaim', prospect: id, lead, at: day(2), fact, about, complete: true });
    expect(played.claim('l1')).toMatchObject({ state: 'conflict', registeredAt: day(2) });
  });

  it('does not conflict with another claim of the same partner, nor with one whose time is over', () => {
    const played = new Played(
      registered('l1', 'northwind', day(0)),
      registered('l2', 'northwind', day(1)),
      registered('l3', 'southwind', day(91)),
    );
    expect(['l1', 'l2', 'l3'].map((lead) => played.claim(lead).state)).toEqual([
      'registered',
      'registered',
      'registered',
    ]);
  });

  it('conflicts with an account that direct sales holds, as the fact or a person says', () => {
    const held = registered('l1', 'northwind', day(0), { accountHeldByDirect: true });
    expect(new Played(held).claim('l1')).toMatchObject({
      state: 'conflict',
      rule: 'held_by_direct_sales',
    });
    const company = { programme: 'main', key: KEY };
    const played = new Played(
      { type: 'MarkDirectAccount', prospect: PROSPECT, company, ...ANA, at: day(0) },
      registered('l1', 'northwind', day(1)),
    );
    expect(played.claim('l1').rule).toBe('held_by_direct_sales');
    played.do({ type: 'ReleaseDirectAccount', prospect: PROSPECT, ...ANA, at: day(2) });
    expect(played.claim('l1')).toMatchObject({ state: 'registered', conflicts: [] });
    expect(played.conflict().how).toBe('released');
  });

  it('goes when its facts are taken back, and frees whoever waited', () => {
    const first = registered('l1', 'northwind', day(0));
    const played = new Played(first, registered('l2', 'southwind', day(1)));
    played.do(takenBack('l1', first.fact.factId, day(2)));
    expect([played.claim('l1').state, played.claim('l2').state]).toEqual([
      'withdrawn',
      'registered',
    ]);
    expect(played.conflict().how).toBe('withdrawn');
  });
});

describe('deciding a claim', () => {
  const one = registered('l1', 'northwind', day(0));
  const two = registered('l2', 'southwind', day(1));

  it('protects it from its registration on, or refuses it', () => {
    const approved = new Played(one, judged('l1', 'approved', day(1)));
    expect(approved.claim('l1')).toMatchObject({
      state: 'protected',
      until: day(90),
      decidedAt: day(1),
      decidedBy: 'ana',
    });
    const refused = new Played(one, judged('l1', 'refused', day(1)));
    expect(refused.claim('l1')).toMatchObject({ state: 'refused', reason: 'called them' });
  });

  it('takes the word of a system outside, the first on each claim', () => {
    const played = new Played(
      one,
      reported('l1', 'refused', day(3)),
      reported('l1', 'approved', day(2), { until: day(50) }),
      reported('l1', 'extended', day(4)),
    );
    expect(played.claim('l1')).toMatchObject({
      state: 'protected',
      until: day(140),
      extensions: 1,
      rules: ['territory'],
    });
  });

  it('lets a word of people stand against facts that come later', () => {
    const played = new Played(
      one,
      judged('l1', 'refused', day(3)),
      reported('l1', 'approved', day(1)),
    );
    expect(played.claim('l1').state).toBe('refused');
  });

  it('keeps a granted protection from an earlier registration that comes late', () => {
    const played = new Played(two, judged('l2', 'approved', day(2)), one);
    expect([played.claim('l1').state, played.claim('l2').state]).toEqual(['conflict', 'protected']);
  });

  it('extends a protection as often as the programme says', () => {
    const extended = (at = day(10)) =>
      ({ type: 'ExtendClaim', prospect: PROSPECT, lead: 'l1', ...ANA, at }) as const;
    const played = new Played(one, judged('l1', 'approved', day(1)), extended());
    expect(played.claim('l1')).toMatchObject({ until: day(180), extensions: 1 });
    after(one, judged('l1', 'approved', day(1)), extended())
      .when(extended())
      .thenRejected({ code: 'no_extension_left', extensions: 1 });
    after(one).when(extended()).thenRejected({ code: 'claim_not_protected', state: 'registered' });
    after().when(extended()).thenRejected({ code: 'claim_not_found' });
    after(one, judged('l1', 'approved', day(1)))
      .when(extended(day(90)))
      .thenRejected({ code: 'protection_ended', until: day(90) });
  });

  it('counts each extension once, whether a fact told of it before a person gave the next one or after', () => {
    const told = reported('l1', 'extended', day(5));
    const given = { type: 'ExtendClaim', prospect: PROSPECT, lead: 'l1', ...ANA, at: day(10) };
    const start = [one, settingsTold({ extensions: 3 }), judged('l1', 'approved', day(1))];
    for (const later of [
      [told, given],
      [given, told],
    ] as ProspectCommand[][])
      expect(new Played(...start, ...later).claim('l1')).toMatchObject({
        until: day(270),
        extensions: 2,
      });
    const again = { ...told, fact: factOf('told later'), at: day(20) };
    expect(new Played(...start, told, given as ProspectCommand, again).claim('l1')).toMatchObject({
      until: day(360),
      extensions: 3,
    });
  });

  it('knows no claim and no conflict by the name of a member of every object', () => {
    const played = new Played(one);
    for (const lead of ['constructor', '__proto__', 'toString']) {
      const code = { code: 'claim_not_found' };
      expect(played.refusal(judged(lead, 'approved', day(1)))).toEqual(code);
      expect(played.refusal(judged(lead, 'refused', day(1)))).toEqual(code);
      const extended = {
        type: 'ExtendClaim',
        prospect: PROSPECT,
        lead,
        ...ANA,
        at: day(2),
      } as const;
      expect(played.refusal(extended)).toEqual(code);
      expect(played.refusal(adjudicated(lead, 'direct', day(2)))).toEqual({
        code: 'conflict_not_found',
      });
    }
  });

  it.each([
    ['nobody has claimed', [], judged('l1', 'approved', day(1)), { code: 'claim_not_found' }],
    [
      'is withdrawn',
      [one, takenBack('l1', one.fact.factId, day(1))],
      judged('l1', 'approved', day(1)),
      { code: 'claim_withdrawn' },
    ],
    [
      'is incomplete',
      [{ ...one, complete: false }],
      judged('l1', 'approved', day(1)),
      { code: 'claim_incomplete' },
    ],
    [
      'is protected',
      [one, judged('l1', 'approved', day(1))],
      judged('l1', 'refused', day(1)),
      { code: 'claim_already_decided', state: 'protected' },
    ],
    [
      'is refused',
      [one, judged('l1', 'refused', day(1))],
      judged('l1', 'approved', day(1)),
      { code: 'claim_already_decided', state: 'refused' },
    ],
    [
      'is contested',
      [one, two],
      judged('l1', 'approved', day(1)),
      { code: 'claim_in_conflict', conflicts: [new Played(one, two).conflict().id] },
    ],
    [
      'would be protected until yesterday',
      [one],
      judged('l1', 'approved', day(90)),
      { code: 'protection_ends_before_it_begins', until: day(90) },
    ],
  ] as const)('is refused for one that %s', (_, past, command, rejected) => {
    after(...past)
      .when(command)
      .thenRejected(rejected);
  });

  it('follows the calendar and the numbers of its programme, also when they come late', () => {
    const terms = settingsTold(
      { protectionDays: 30, decisionBusinessDays: 1, holidays: ['2026-03-03'] },
      'America/Sao_Paulo',
    );
    const played = new Played(one, terms);
    expect(played.claim('l1')).toMatchObject({
      until: day(30),
      decideBy: instant('2026-03-05T03:00:00Z'),
      revision: 2,
    });
    after(one, terms).when(terms).thenNothing();
    after().when(terms).thenNothing();
  });
});

describe('adjudicating a conflict', () => {
  const one = registered('l1', 'northwind', day(0));
  const two = registered('l2', 'southwind', day(1));
  const { id } = new Played(one, two).conflict();
  const [side1, side2] = [`${PROSPECT}.l1`, `${PROSPECT}.l2`];

  it('M007: is an event with who decided, the reason and the evidence', () => {
    const played = new Played(one, two);
    const [decision] = played.do(adjudicated(id, side2, day(7)));
    expect(decision).toMatchObject({
      type: 'ConflictAdjudicated',
      data: {
        winner: side2,
        by: 'ana',
        reason: 'first to meet the buyer',
        evidence: ['minutes-2026-03-09'],
      },
    });
    expect(played.claim('l2')).toMatchObject({ state: 'protected', until: day(91) });
    expect(played.claim('l1')).toMatchObject({
      state: 'refused',
      rule: 'claimed_by_another_partner',
    });
    expect(played.conflict().how).toBe('adjudicated');
  });

  it('changes what was decided before, and nothing else does', () => {
    const played = new Played(one, two, adjudicated(id, side2, day(7)));
    played.do(reported('l1', 'approved', day(2)));
    expect(played.claim('l1').state).toBe('refused');
    played.do(adjudicated(id, side1, day(8)));
    expect([played.claim('l1').state, played.claim('l2').state]).toEqual(['protected', 'refused']);
  });

  it('decides against direct sales, or for them', () => {
    const held = { ...one, accountHeldByDirect: true };
    const conflict = new Played(held).conflict().id;
    const won = new Played(held, adjudicated(conflict, side1, day(7)));
    expect(won.claim('l1')).toMatchObject({ state: 'protected', conflicts: [] });
    const lost = new Played(held, adjudicated(conflict, 'direct', day(7)));
    expect(lost.claim('l1')).toMatchObject({ state: 'refused', rule: 'held_by_direct_sales' });
  });

  it.each([
    ['is unknown', [one], adjudicated('x', side1, day(7)), { code: 'conflict_not_found' }],
    [
      'a decision has settled',
      [one, two, judged('l2', 'refused', day(6))],
      adjudicated(id, side1, day(7)),
      { code: 'conflict_settled', how: 'decided' },
    ],
    [
      'the winner is no side of',
      [one, two],
      adjudicated(id, 'direct', day(7)),
      { code: 'not_a_side', sides: [side1, side2] },
    ],
    [
      'has this winner already',
      [one, two, adjudicated(id, side2, day(7))],
      adjudicated(id, side2, day(8)),
      { code: 'conflict_already_decided', winner: side2 },
    ],
    [
      'would be won by a claim whose time is over',
      [one, two],
      adjudicated(id, side1, day(100)),
      { code: 'protection_ends_before_it_begins', until: day(90) },
    ],
  ] as const)('is refused for one that %s', (_, past, command, rejected) => {
    after(...past)
      .when(command)
      .thenRejected(rejected);
  });
});

describe('marking an account of direct sales', () => {
  const mark = { type: 'MarkDirectAccount', prospect: PROSPECT, ...ANA, at: day(1) } as const;
  const release = { type: 'ReleaseDirectAccount', prospect: PROSPECT, ...ANA, at: day(2) } as const;
  const one = registered('l1', 'northwind', day(0));

  it('is refused where it says nothing new, or nobody knows the company', () => {
    after().when(mark).thenRejected({ code: 'prospect_not_found' });
    after(one, mark)
      .when(mark)
      .thenRejected({ code: 'direct_account_already_marked', since: day(1) });
    after().when(release).thenRejected({ code: 'prospect_not_found' });
    after(one).when(release).thenRejected({ code: 'direct_account_not_marked' });
  });

  it('leaves a protected claim protected until a person decides', () => {
    const played = new Played(one, judged('l1', 'approved', day(1)), mark);
    expect(played.claim('l1')).toMatchObject({ state: 'protected', rule: null });
    expect(played.conflict()).toMatchObject({ how: null });
  });
});

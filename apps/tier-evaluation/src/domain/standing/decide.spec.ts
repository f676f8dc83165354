import type { StandingValue } from '@tributary/contracts';
import { type Instant, type Step, instant, valueAt } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { StandingCommand } from './commands';
import { standing } from './decide';
import type { StandingEvent, StandingProposed } from './events';
import type { Tier } from './starts';
import type { Standing } from './state';
import { MOST_STEP_BYTES } from './timeline';

const JANUARY = instant('2026-01-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');
const MAY = instant('2026-05-01T00:00:00Z');
const AFTER_MAY = instant('2026-05-01T00:00:00.001Z');
const JUNE = instant('2026-06-01T00:00:00Z');
const JULY = instant('2026-07-01T00:00:00Z');
const LAST = instant('2026-12-01T00:00:00Z');

const { given } = specFor(standing);

describe('proposing a tier', () => {
  it('changes nothing yet', () => {
    given()
      .when(propose('certified', JANUARY))
      .then(OPENED, proposed(1, 'certified', JANUARY));
  });

  it('takes the place of a proposal that waits', () => {
    given(OPENED, proposed(1, 'certified', JANUARY))
      .when(propose('preferred'))
      .then(proposed(2, 'preferred', null));
  });

  it('refuses a track and a tier that are not there', () => {
    given()
      .when({ ...propose('certified'), track: 'marketing' })
      .thenRejected({
        code: 'track_unknown',
        track: 'marketing',
        tracks: ['commercial', 'integration'],
      });
    given()
      .when(propose('joint'))
      .thenRejected({
        code: 'tier_unknown',
        tier: 'joint',
        tiers: ['certified', 'preferred', 'strategic'],
      });
  });

  it('refuses what holds already', () => {
    given().when(propose(null)).thenRejected({ code: 'nothing_to_change' });
    given(...granted(1, 'certified', JANUARY))
      .when(propose('certified', MARCH))
      .thenRejected({ code: 'nothing_to_change' });
  });

  it('refuses to let a tier fall for payments of the past (M099)', () => {
    given(...granted(1, 'preferred', JANUARY))
      .when(propose('certified', MARCH))
      .thenRejected({
        code: 'demotion_backdated',
        from: MARCH,
        tierThen: 'preferred',
        earliest: AFTER_MAY,
      });
  });
});

describe('granting a tier by a second person (M065)', () => {
  it('governs the payments from its day on, and is known from the approval on', () => {
    const [, granting] = granted(1, 'certified', JANUARY);
    expect(granting).toEqual({
      type: 'StandingGranted',
      data: {
        ...NORTHWIND,
        proposal: 1,
        tier: 'certified',
        reason: 'Passed the exam',
        evidence: ['certificate 7'],
        at: MAY,
        from: JANUARY,
        proposedBy: 'ana',
        by: 'bea',
        steps: [{ at: MAY, from: JANUARY, value: both('certified') }],
      },
      occurredAt: MAY,
    });
  });

  it('brings the tasks of whoever has to make its benefits happen', () => {
    const followed = granted(1, 'preferred', JANUARY).slice(2);
    expect(followed.map(({ type }) => type)).toEqual([
      'ScorecardIssued',
      'TaskOpened',
      'TaskOpened',
      'TaskOpened',
    ]);
    expect(followed[0]?.data).toMatchObject({ entitled: null, applied: 'preferred' });
  });

  it('is of what was read', () => {
    given().when(approve(1)).thenRejected({ code: 'not_pending', pending: null });
    given(proposed(1, 'certified', JANUARY), proposed(2, 'preferred', JANUARY))
      .when(approve(1))
      .thenRejected({ code: 'not_pending', pending: 2 });
  });

  it('is refused to whoever proposed it', () => {
    given(proposed(1, 'certified', JANUARY))
      .when(approve(1, 'ana'))
      .thenRejected({ code: 'same_person' });
  });

  it('refuses a fall that would have come in time when it was proposed', () => {
    given(...granted(1, 'preferred', JANUARY), proposed(2, 'certified', JUNE))
      .when({ ...approve(2), receivedAt: JULY })
      .thenRejected({
        code: 'demotion_backdated',
        from: JUNE,
        tierThen: 'preferred',
        earliest: JULY,
      });
  });

  it('refuses what another grant has made useless since', () => {
    const state = [...granted(1, 'strategic', JANUARY), proposed(2, 'preferred', MARCH)].reduce(
      standing.evolve,
      standing.initial,
    );
    const raced: Standing = { ...state, grants: [{ from: MARCH, tier: 'preferred' }] };
    expect(standing.decide(approve(2), raced)).toEqual({
      rejected: { code: 'nothing_to_change' },
    });
  });

  it('comes after the grant before it, whatever the clock says', () => {
    const decision = standing.decide(
      approve(2),
      [...granted(1, 'certified', JANUARY), proposed(2, 'preferred', JANUARY)].reduce(
        standing.evolve,
        standing.initial,
      ),
    );
    expect(decision).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ type: 'StandingGranted', occurredAt: AFTER_MAY }),
      ]) as unknown,
    });
  });

  it('refuses a history that no longer fits into one event', () => {
    const steps = Array.from({ length: 600 }, (_, i) => ({
      at: instant(new Date(i).toISOString()),
      value: both(i % 2 === 0 ? 'strategic' : 'preferred'),
    }));
    const full: Standing = {
      ...standing.initial,
      pending: proposed(1, 'strategic', null).data,
      steps,
    };
    expect(standing.decide(approve(1), full)).toMatchObject({
      rejected: { code: 'history_full', limit: MOST_STEP_BYTES },
    });
  });
});

describe('turning a proposal down', () => {
  it('leaves everything as it is, and keeps who wanted it and why not', () => {
    const turnedDown: StandingEvent = {
      type: 'StandingProposalRejected',
      data: {
        ...NORTHWIND,
        proposal: 1,
        tier: 'certified',
        from: JANUARY,
        evidence: ['certificate 7'],
        proposedBy: 'ana',
        proposedFor: 'Passed the exam',
        by: 'bea',
        reason: 'It expired',
      },
      occurredAt: MAY,
    };
    given(OPENED, proposed(1, 'certified', JANUARY))
      .when(turnDown(1))
      .then(turnedDown);
    given(proposed(1, 'certified', JANUARY), turnedDown)
      .when(approve(1))
      .thenRejected({ code: 'not_pending', pending: null });
    given().when(turnDown(1)).thenRejected({ code: 'not_pending', pending: null });
  });
});

describe('what rates read', () => {
  const read = (grants: readonly (readonly [Tier, Instant])[], paidAt: Instant) =>
    valueAt({ revision: 1, steps: stepsOf(grants) }, LAST, paidAt)?.applied;
  const year = (...grants: readonly (readonly [Tier, Instant])[]) =>
    [JANUARY, MARCH, JUNE, JULY].map((paidAt) => read(grants, paidAt));

  it.each<readonly [what: string, grants: readonly (readonly [Tier, Instant])[], seen: unknown[]]>([
    ['nothing before the first day', [['certified', MARCH]], [undefined, 'c', 'c', 'c']],
    [
      'a tier raised backwards',
      [
        ['certified', MARCH],
        ['preferred', JANUARY],
      ],
      ['p', 'p', 'p', 'p'],
    ],
    [
      'history told late leaves what stood higher',
      [
        ['strategic', MARCH],
        ['certified', JANUARY],
      ],
      ['c', 's', 's', 's'],
    ],
    [
      'one planned for later stays',
      [
        ['strategic', JULY],
        ['preferred', JANUARY],
      ],
      ['p', 'p', 'p', 's'],
    ],
    [
      'a later grant lifts a fall that was planned',
      [
        ['preferred', JANUARY],
        ['certified', JULY],
        ['preferred', JUNE],
      ],
      ['p', 'p', 'p', 'p'],
    ],
    [
      'a fall takes the place of all that was planned',
      [
        ['preferred', JANUARY],
        ['strategic', JULY],
        ['certified', JUNE],
      ],
      ['p', 'p', 'c', 'c'],
    ],
    [
      'a fall to nothing',
      [
        ['preferred', JANUARY],
        [null, JUNE],
      ],
      ['p', 'p', null, null],
    ],
  ])('%s', (_what, grants, seen) => {
    expect(year(...grants).map((tier) => tier?.slice(0, 1) ?? tier)).toEqual(seen);
  });

  it('leaves what was known before a grant as it was known', () => {
    const steps = stepsOf([
      ['certified', JANUARY],
      ['preferred', JANUARY],
    ]);
    const known = (t: Instant) => valueAt({ revision: 2, steps }, t, MARCH)?.applied;
    expect([MARCH, MAY, LAST].map(known)).toEqual([undefined, 'certified', 'preferred']);
  });
});

const NORTHWIND = { partner: 'northwind', track: 'commercial' } as const;

const OPENED: StandingEvent = {
  type: 'StandingOpened',
  data: { ...NORTHWIND, follows: ['rules:commercial'] },
  occurredAt: MAY,
};

const both = (tier: Tier): StandingValue => ({ applied: tier, entitled: tier });

type Sent<T extends StandingCommand['type']> = Extract<StandingCommand, { readonly type: T }>;

const propose = (tier: Tier, effectiveAt?: Instant): Sent<'ProposeStanding'> => ({
  type: 'ProposeStanding',
  ...NORTHWIND,
  tier,
  ...(effectiveAt !== undefined && { effectiveAt }),
  reason: 'Passed the exam',
  evidence: ['certificate 7'],
  by: 'ana',
  receivedAt: MAY,
});

const approve = (proposal: number, by = 'bea'): Sent<'ApproveStanding'> => ({
  type: 'ApproveStanding',
  ...NORTHWIND,
  proposal,
  by,
  receivedAt: MAY,
});

const turnDown = (proposal: number): Sent<'RejectProposal'> => ({
  type: 'RejectProposal',
  ...NORTHWIND,
  proposal,
  reason: 'It expired',
  by: 'bea',
  receivedAt: MAY,
});

function proposed(proposal: number, tier: Tier, from: Instant | null): StandingProposed {
  const { reason, evidence, by } = propose(tier);
  const data = { ...NORTHWIND, proposal, tier, from, reason, evidence, by };
  return { type: 'StandingProposed', data, occurredAt: MAY };
}

const granted = (proposal: number, tier: Tier, from: Instant): StandingEvent[] =>
  decided(standing.initial, [proposal, tier, from]);

function decided(
  state: Standing,
  [proposal, tier, from]: readonly [number, Tier, Instant],
): StandingEvent[] {
  const waiting = proposed(proposal, tier, from);
  const opened = [OPENED, waiting].reduce(standing.evolve, state);
  const decision = standing.decide(approve(proposal), opened);
  if ('rejected' in decision) throw new Error(decision.rejected.code);
  return [waiting, ...decision.events];
}

function stepsOf(grants: readonly (readonly [Tier, Instant])[]): readonly Step<StandingValue>[] {
  let state = standing.initial;
  for (const [i, [tier, from]] of grants.entries())
    state = decided(state, [i + 1, tier, from]).reduce(standing.evolve, state);
  return state.steps;
}

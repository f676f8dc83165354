import { type Instant, instant, stepAt } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import {
  type ApprovePlanVersion,
  type DraftPlanVersion,
  MOST_PLAN_BYTES,
  MOST_STEP_BYTES,
  type Plan,
  plan,
  planHash,
} from './decide';
import {
  type PlanStep,
  type PlanVersionDrafted,
  type PlanVersionPublished,
  toldOfPlan,
} from './events';
import { APRIL, DOCUMENT, JANUARY, JULY, NOW, percent, planWith } from './plan.fixture';
import type { PlanDocument } from './plan-document';

const { given } = specFor(plan);

describe('drafting a version of a plan', () => {
  it('words it as it will be hashed: the next number, and instants as we write them', () => {
    given().when(drafting()).then(drafted());
    expect(drafted().data.content).toMatchObject({
      version: 1,
      effective: { from: '2027-01-01T03:00:00.000Z', to: null },
    });
  });

  it('keeps nothing that only an editor reads', () => {
    const document = { ...DOCUMENT, $schema: 'plan/1', fx: null, guarantee: null };
    given()
      .when({ ...drafting(), document })
      .then(drafted());
  });

  it('takes the place of a wording that nobody has approved', () => {
    given(drafted()).when(drafting(STARTING_IN_APRIL)).then(drafted(STARTING_IN_APRIL));
  });

  it('takes a wording with errors, because they are found by looking at it', () => {
    given().when(drafting(TOO_LOW)).then(drafted(TOO_LOW));
  });

  it('refuses a number that is not the next one', () => {
    given(drafted(), published())
      .when(drafting({ version: 1 }))
      .thenRejected({ code: 'version_not_next', next: 2 });
  });

  it('refuses a plan that no event could hold', () => {
    const meter = 'm'.repeat(100);
    const rules = Array.from({ length: 400 }, (_, i) => percent(`${meter}${i}`, 2500));
    const state = plan.decide(drafting({ rules }), plan.initial);
    expect(state).toMatchObject({ rejected: { code: 'plan_too_large', limit: MOST_PLAN_BYTES } });
  });
});

describe('approving a version of a plan', () => {
  it('publishes it, by a second person, named by its hash and computed by the engine of today', () => {
    given(drafted()).when(approving()).then(published());
  });

  it('needs a draft', () => {
    given().when(approving()).thenRejected({ code: 'no_draft' });
    given(drafted(), published()).when(approving()).thenRejected({ code: 'no_draft' });
  });

  it('is of what was read, not of what was worded meanwhile', () => {
    given(drafted(), drafted(STARTING_IN_APRIL))
      .when(approving())
      .thenRejected({ code: 'draft_changed', draft: drafted(STARTING_IN_APRIL).data.hash });
  });

  it('is refused to whoever drafted it', () => {
    given(drafted())
      .when({ ...approving(), by: 'ana' })
      .thenRejected({ code: 'same_person' });
  });

  it('is refused while the plan has errors', () => {
    given(drafted(TWO_WINNERS))
      .when({ ...approving(TWO_WINNERS), override: { codes: ['ambiguous_winner'], reason: 'x' } })
      .thenRejected({
        code: 'lint_errors',
        findings: [
          {
            code: 'ambiguous_winner',
            level: 'error',
            overridable: false,
            pointer: '/rules/1',
            detail:
              '"a" and "b" can match the same sale, with the same priority; give one a higher one, or conditions that exclude each other.',
          },
        ],
      });
  });

  it('lifts what can be lifted with a reason, as an 8% share of integrations', () => {
    given(drafted(TOO_LOW))
      .when(approving(TOO_LOW))
      .thenRejected({
        code: 'lint_errors',
        findings: [
          {
            code: 'rate_outside_range',
            level: 'error',
            overridable: true,
            pointer: '/rules/0/pay/bp',
            detail: '8% is outside of what the programme offers, 10% to 25%.',
          },
        ],
      });
    const override = { codes: ['rate_outside_range'], reason: 'as signed with the partner' };
    given(drafted(TOO_LOW))
      .when({ ...approving(TOO_LOW), override: { ...override, codes: [...override.codes, 'no'] } })
      .then(published(TOO_LOW, { override }));
  });

  it('needs every warning acknowledged', () => {
    given(drafted(UNUSUAL))
      .when(approving(UNUSUAL))
      .thenRejected({
        code: 'warnings_unacknowledged',
        findings: [
          {
            code: 'rate_unusual',
            level: 'warning',
            overridable: false,
            pointer: '/rules/0/pay/bp',
            detail: '25% is outside of the usual 15% to 20% for integrations.',
          },
        ],
      });
    given(drafted(UNUSUAL))
      .when({ ...approving(UNUSUAL), acknowledge: ['rate_unusual', 'currency_unknown'] })
      .then(published(UNUSUAL, { acknowledged: ['rate_unusual'] }));
  });

  it('comes after the approval before it, whatever the clock says', () => {
    const state = [drafted(), published()].reduce(plan.evolve, plan.initial);
    expect(withVersion(state, STARTING_IN_APRIL).lastAt).toBe('2026-12-01T00:00:00.001Z');
  });

  it('leaves to a version that starts later what it governs', () => {
    const steps: PlanStep[] = [];
    let state = plan.initial;
    for (const more of [STARTING_IN_JULY, FIRST_QUARTER, SECOND_QUARTER]) {
      const decision = plan.decide(approving(more, numberIn(state)), afterDrafting(state, more));
      if (!('events' in decision)) throw new Error(decision.rejected.code);
      const [event] = decision.events as [PlanVersionPublished];
      steps.push(...event.data.steps);
      state = withVersion(state, more);
    }
    const inForce = (at: Instant) =>
      stepAt({ revision: 1, steps }, instant('2026-12-02T00:00:00Z'), at)?.value.version;
    expect([NOW, JANUARY, APRIL, JULY].map(inForce)).toEqual([undefined, 2, 3, 1]);
  });

  it('refuses a version before others that would no longer fit into one event', () => {
    const rules = Array.from({ length: 95 }, (_, i) =>
      percent(`${'long'.repeat(8)}${i}`, 2500, {
        priority: i,
        when: { 'line.product': `${'p'.repeat(190)}${i}` },
      }),
    );
    const state = [STARTING_IN_JULY].reduce<Plan>(
      (before, more) => withVersion(before, { ...more, rules }),
      plan.initial,
    );
    const more = { ...FIRST_QUARTER, rules };
    const decision = plan.decide(approving(more, 2), afterDrafting(state, more));
    expect(decision).toMatchObject({
      rejected: { code: 'telling_too_large', limit: MOST_STEP_BYTES },
    });
  });

  it('is told once, under the number of the version', () => {
    const { steps } = published().data;
    expect(toldOfPlan(published().data)).toEqual({
      topic: 'plan:main',
      key: '1',
      revision: 1,
      data: { steps },
    });
  });
});

const ENGINE = { name: 'v1', hash: 'e'.repeat(64) };
const STARTING_IN_APRIL = { effective: { from: APRIL, to: null } };
const STARTING_IN_JULY = { effective: { from: JULY, to: null } };
const FIRST_QUARTER = { effective: { from: JANUARY, to: APRIL } };
const SECOND_QUARTER = { effective: { from: APRIL, to: JULY } };
const INTEGRATION = { appliesTo: { partnerTypes: ['integration'] } };
const TOO_LOW = { ...INTEGRATION, rules: [percent('share', 800)] };
const UNUSUAL = { ...INTEGRATION, rules: [percent('share', 2500)] };
const TWO_WINNERS = { rules: [percent('a', 2500), percent('b', 2500)] };

function drafting(more: Partial<PlanDocument> = {}): DraftPlanVersion {
  const document = { ...DOCUMENT, ...more };
  return { type: 'DraftPlanVersion', document, by: 'ana', receivedAt: NOW };
}

function approving(more: Partial<PlanDocument> = {}, version = 1): ApprovePlanVersion {
  return {
    type: 'ApprovePlanVersion',
    plan: 'main',
    hash: planHash(planWith(more, version)),
    acknowledge: ['versions_gap'],
    override: null,
    engine: ENGINE,
    by: 'bea',
    receivedAt: NOW,
  };
}

function drafted(more: Partial<PlanDocument> = {}): PlanVersionDrafted {
  const content = planWith(more);
  const data = { plan: 'main', version: 1, hash: planHash(content), content, by: 'ana' };
  return { type: 'PlanVersionDrafted', data, occurredAt: NOW };
}

function published(
  more: Partial<PlanDocument> = {},
  answers: Partial<PlanVersionPublished['data']> = {},
): PlanVersionPublished {
  const content = planWith(more);
  const hash = planHash(content);
  const value = { version: 1, hash, engine: 'v1', engineHash: ENGINE.hash, plan: content };
  const data = {
    plan: 'main',
    version: 1,
    hash,
    at: NOW,
    draftedBy: 'ana',
    by: 'bea',
    acknowledged: [],
    override: null,
    steps: [{ at: NOW, from: JANUARY, value }],
    ...answers,
  };
  return { type: 'PlanVersionPublished', data, occurredAt: NOW };
}

const numberIn = ({ published: all }: Plan): number => all.length + 1;

const afterDrafting = (state: Plan, more: Partial<PlanDocument>): Plan =>
  eventsOf(state, drafting(more)).reduce(plan.evolve, state);

function withVersion(state: Plan, more: Partial<PlanDocument>): Plan {
  const waiting = afterDrafting(state, more);
  return eventsOf(waiting, approving(more, numberIn(state))).reduce(plan.evolve, waiting);
}

function eventsOf(state: Plan, command: ApprovePlanVersion | DraftPlanVersion) {
  const decision = plan.decide(command, state);
  if ('rejected' in decision) throw new Error(decision.rejected.code);
  return decision.events;
}

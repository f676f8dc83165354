import { type Instant, instant, stepAt } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import {
  type ApprovePolicyVersion,
  type DraftPolicyVersion,
  MOST_STEP_BYTES,
  type Policy,
  policy,
} from './decide';
import type { PolicyVersionDrafted, PolicyVersionPublished } from './events';
import type { PolicyContent, PolicyStep, PolicyVersion } from './policy-content';
import { STANDARD_POLICY, policyHash } from './standard';

const { given } = specFor(policy);

describe('drafting a version of a policy', () => {
  it('words it whole: what is left out is as in the standard policy', () => {
    given().when(drafting()).then(drafted());
  });

  it('takes the place of a wording that nobody has approved', () => {
    given(drafted()).when(drafting(JULY)).then(drafted(JULY));
  });

  it('names everything that is wrong with it', () => {
    const content = {
      precedence: ['deal', 'touches'],
      model: { kind: 'custom', weights: { first: 0 } },
      lookbackDays: { click: -1 },
      colour: 'red',
    };
    given()
      .when({ ...drafting(), content })
      .thenRejected({
        code: 'policy_invalid',
        flaws: [
          flaw('/colour', 'unknown_field', FIELDS),
          flaw('/precedence', 'adjudicated_not_first', 'What a person decided stands first.'),
          flaw('/precedence', 'house_not_last', 'The house stands last, and is never left out.'),
          flaw('/model/weights', 'weights_all_zero', 'Somebody has to have a weight.'),
          flaw('/lookbackDays/click', 'lookback_out_of_range', 'An integer from 0 to 3650.'),
        ],
      });
  });

  it('refuses the name of the built-in policy', () => {
    given()
      .when({ ...drafting(), programme: 'standard' })
      .thenRejected({ code: 'name_reserved', name: 'standard' });
  });

  it('refuses a start at which another version starts', () => {
    given(drafted(), published(1))
      .when(drafting())
      .thenRejected({ code: 'start_taken', version: 1, effectiveFrom: JUNE });
  });
});

describe('approving a version of a policy', () => {
  it('publishes it, by a second person, as the first version', () => {
    given(drafted()).when(approving()).then(published(1));
  });

  it('needs a draft', () => {
    given().when(approving()).thenRejected({ code: 'no_draft' });
    given(drafted(), published(1)).when(approving()).thenRejected({ code: 'no_draft' });
  });

  it('is of what was read, not of what was worded meanwhile', () => {
    given(drafted(), drafted(JULY))
      .when(approving())
      .thenRejected({ code: 'draft_changed', draft: policyHash(LINEAR, JULY) });
  });

  it('is refused to whoever drafted it', () => {
    given(drafted())
      .when({ ...approving(), by: 'ana' })
      .thenRejected({ code: 'same_person' });
  });

  it('comes after the approval before it, whatever the clock says', () => {
    const state = [drafted(), published(1), drafted(JULY)].reduce(policy.evolve, policy.initial);
    const decision = policy.decide(approving(JULY), state);
    expect(decision).toMatchObject({
      events: [{ data: { version: 2, at: '2026-05-02T00:00:00.001Z' } }],
    });
  });

  it('leaves to a version that starts later what it governs', () => {
    const { steps } = [JULY, JUNE, AUGUST].reduce(withVersion, policy.initial);
    expect(steps).toHaveLength(4);
    const now = instant('2026-09-01T00:00:00Z');
    const inForce = (at: Instant) => stepAt({ revision: 3, steps }, now, at)?.value.version;
    expect([MAY, JUNE, JULY, AUGUST].map(inForce)).toEqual([undefined, 2, 1, 3]);
  });

  it('refuses a history that no longer fits into one event', () => {
    const value: PolicyVersion = { id: 'main', version: 1, hash: 'h', content: LINEAR };
    const steps = Array.from({ length: 120 }, (): PolicyStep => ({ at: MAY, value }));
    const full: Policy = { ...policy.initial, draft: drafted().data, steps };
    expect(policy.decide(approving(), full)).toMatchObject({
      rejected: { code: 'history_full', limit: MOST_STEP_BYTES },
    });
  });
});

describe('the built-in policy', () => {
  it('is the very same for ever, because decisions name its hash', () => {
    expect(STANDARD_POLICY).toMatchObject({ id: 'standard', version: 1, hash: STANDARD_HASH });
  });
});

const STANDARD_HASH = '551dc295be45e866f8a4053bdd8c6d1336e30582acfbc20d48e1dd0ba20d370b';
const FIELDS = 'Known are precedence, model, lookbackDays, sources, influence.';
const MAY = instant('2026-05-02T00:00:00Z');
const JUNE = instant('2026-06-01T00:00:00Z');
const JULY = instant('2026-07-01T00:00:00Z');
const AUGUST = instant('2026-08-01T00:00:00Z');
const LINEAR: PolicyContent = {
  ...STANDARD_POLICY.content,
  programme: 'main',
  model: { kind: 'linear' },
};

const flaw = (pointer: string, code: string, detail: string) => ({ pointer, code, detail });

const drafting = (effectiveFrom = JUNE): DraftPolicyVersion => ({
  type: 'DraftPolicyVersion',
  programme: 'main',
  content: { model: { kind: 'linear' } },
  effectiveFrom,
  by: 'ana',
  receivedAt: MAY,
});

const approving = (effectiveFrom = JUNE): ApprovePolicyVersion => ({
  type: 'ApprovePolicyVersion',
  programme: 'main',
  hash: policyHash(LINEAR, effectiveFrom),
  by: 'bea',
  receivedAt: MAY,
});

const wordedAs = (effectiveFrom: Instant) => {
  const hash = policyHash(LINEAR, effectiveFrom);
  return { policy: 'main', hash, content: LINEAR, effectiveFrom };
};

function drafted(effectiveFrom = JUNE): PolicyVersionDrafted {
  const data = { ...wordedAs(effectiveFrom), by: 'ana' };
  return { type: 'PolicyVersionDrafted', data, occurredAt: MAY };
}

function published(version: number): PolicyVersionPublished {
  const { policy: id, hash, content, effectiveFrom: from } = wordedAs(JUNE);
  const steps = [{ at: MAY, from, value: { id, version, hash, content } }];
  const data = { ...wordedAs(JUNE), version, at: MAY, draftedBy: 'ana', by: 'bea', steps };
  return { type: 'PolicyVersionPublished', data, occurredAt: MAY };
}

function withVersion(state: Policy, effectiveFrom: Instant): Policy {
  const worded = [drafting(effectiveFrom), approving(effectiveFrom)];
  return worded.reduce((before, command) => {
    const decision = policy.decide(command, before);
    if ('rejected' in decision) throw new Error(decision.rejected.code);
    return decision.events.reduce(policy.evolve, before);
  }, state);
}

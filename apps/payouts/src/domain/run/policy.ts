import {
  type Asset,
  type Decider,
  type Decision,
  type DomainEvent,
  type Instant,
  type Json,
  type StreamName,
  accept,
  canonicalJson,
  nothing,
  reject,
  sha256Hex,
  streamOf,
} from '@tributary/kernel';

/** Of one entity; it stands beside the entity's runs. */
export const payoutPolicyStreamOf = (tenant: string, entity: string): StreamName =>
  streamOf('run', tenant, 'policy', entity);

/** How an entity pays. */
export interface PayoutPolicy {
  /** Minor units by asset; what is below rolls forward. */
  readonly minimum: Readonly<Record<Asset, string>>;
  /** Day of the month, in the zone of the entity, on which the monthly run is drafted. */
  readonly runDay: number;
  readonly isAutomatic: boolean;
  /** Days after the end of the month of a payment in which it has to be paid. */
  readonly dueDays: number;
  /** Stream id of the rail, by asset. */
  readonly payingAccounts: Readonly<Record<Asset, string>>;
}

/** Who has said nothing pays on the 15th, within 30 days, and nothing below 100.00. */
export const DEFAULT_POLICY: PayoutPolicy = {
  minimum: {},
  runDay: 15,
  isAutomatic: true,
  dueDays: 30,
  payingAccounts: {},
};
const DEFAULT_MINIMUM = '10000';

export const minimumOf = ({ minimum }: PayoutPolicy, asset: Asset): string =>
  minimum[asset] ?? DEFAULT_MINIMUM;

export interface Worded {
  readonly entity: string;
  readonly hash: string;
  readonly policy: PayoutPolicy;
  readonly effectiveFrom: Instant;
}
/** It would pay from another account, so it waits for a second person. A later one takes its place. */
export type PayoutPolicyDrafted = DomainEvent<
  'PayoutPolicyDrafted',
  Worded & { readonly by: string }
>;
/** `draftedBy` and `by` are one person where no money can leave by it. */
export type PayoutPolicyPublished = DomainEvent<
  'PayoutPolicyPublished',
  Worded & { readonly version: number; readonly draftedBy: string; readonly by: string }
>;
export type PayoutPolicyEvent = PayoutPolicyDrafted | PayoutPolicyPublished;

export interface WordPayoutPolicy {
  readonly type: 'WordPayoutPolicy';
  readonly entity: string;
  readonly policy: PayoutPolicy;
  readonly effectiveFrom: Instant;
  readonly by: string;
  readonly receivedAt: Instant;
}
export interface ApprovePayoutPolicy {
  readonly type: 'ApprovePayoutPolicy';
  readonly entity: string;
  readonly hash: string;
  readonly by: string;
  readonly receivedAt: Instant;
}
export type PayoutPolicyCommand = ApprovePayoutPolicy | WordPayoutPolicy;

export type PayoutPolicyRejected =
  | { readonly code: 'draft_changed'; readonly draft: string }
  | { readonly code: 'no_draft' }
  | { readonly code: 'same_person' };

export interface PayoutPolicies {
  readonly draft: PayoutPolicyDrafted['data'] | null;
  readonly published: readonly PayoutPolicyPublished['data'][];
}

export const payoutPolicy: Decider<
  PayoutPolicyCommand,
  PayoutPolicyEvent,
  PayoutPolicies,
  PayoutPolicyRejected
> = {
  initial: { draft: null, published: [] },
  decide: (command, state) =>
    command.type === 'WordPayoutPolicy' ? word(command, state) : approve(command, state),
  evolve: (state, { type, data }) =>
    type === 'PayoutPolicyDrafted'
      ? { ...state, draft: data }
      : { draft: null, published: [...state.published, data] },
};

type Decided = Decision<PayoutPolicyEvent, PayoutPolicyRejected>;

/** What governs a run that pays then: of those in force the one that begins last, and of those the one published last. */
export function policyAt({ published }: PayoutPolicies, at: Instant): PayoutPolicy {
  let found: PayoutPolicyPublished['data'] | undefined;
  for (const each of published)
    if (each.effectiveFrom <= at && (!found || each.effectiveFrom >= found.effectiveFrom))
      found = each;
  return found?.policy ?? DEFAULT_POLICY;
}

function word(command: WordPayoutPolicy, state: PayoutPolicies): Decided {
  const { entity, policy, effectiveFrom, by, receivedAt } = command;
  const hash = sha256Hex(canonicalJson({ entity, policy, effectiveFrom } as unknown as Json));
  const worded = { entity, hash, policy, effectiveFrom };
  if (state.draft?.hash === hash) return nothing;
  if (paysFromNewAccount(policy, state))
    return accept({ type: 'PayoutPolicyDrafted', data: { ...worded, by }, occurredAt: receivedAt });
  return publish({ ...worded, draftedBy: by }, by, receivedAt, state);
}

function approve(command: ApprovePayoutPolicy, state: PayoutPolicies): Decided {
  const { hash, by, receivedAt } = command;
  if (state.draft === null) return reject({ code: 'no_draft' });
  const { by: draftedBy, ...worded } = state.draft;
  if (worded.hash !== hash) return reject({ code: 'draft_changed', draft: worded.hash });
  if (draftedBy === by) return reject({ code: 'same_person' });
  return publish({ ...worded, draftedBy }, by, receivedAt, state);
}

function publish(
  worded: Worded & { readonly draftedBy: string },
  by: string,
  occurredAt: Instant,
  { published }: PayoutPolicies,
): Decided {
  const data = { ...worded, version: published.length + 1, by };
  return accept({ type: 'PayoutPolicyPublished', data, occurredAt });
}

/** From an account that no version published so far pays that currency from. */
const paysFromNewAccount = (
  { payingAccounts }: PayoutPolicy,
  { published }: PayoutPolicies,
): boolean =>
  (Object.entries(payingAccounts) as [Asset, string][]).some(
    ([asset, rail]) => !published.some(({ policy }) => policy.payingAccounts[asset] === rail),
  );

import { type Asset, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import {
  DEFAULT_POLICY,
  type PayoutPolicyEvent,
  type WordPayoutPolicy,
  minimumOf,
  payoutPolicy,
  policyAt,
} from './policy';

const { given } = specFor(payoutPolicy);
const receivedAt = instant('2026-03-01T12:00:00Z');

const words = (
  payingAccounts: Readonly<Record<Asset, string>>,
  day = '2026-04-01',
  by = 'ana',
): WordPayoutPolicy => ({
  type: 'WordPayoutPolicy',
  entity: 'main',
  policy: { ...DEFAULT_POLICY, minimum: { 'BRL/2': '5000' }, payingAccounts },
  effectiveFrom: instant(`${day}T03:00:00Z`),
  by,
  receivedAt,
});
function after(...commands: readonly Parameters<typeof payoutPolicy.decide>[0][]) {
  let state = payoutPolicy.initial;
  const events: PayoutPolicyEvent[] = [];
  for (const command of commands) {
    const decision = payoutPolicy.decide(command, state);
    if ('rejected' in decision) throw new Error(decision.rejected.code);
    events.push(...decision.events);
    state = decision.events.reduce(payoutPolicy.evolve, state);
  }
  return { events, state };
}
const approves = (by: string, hash: string) =>
  ({ type: 'ApprovePayoutPolicy', entity: 'main', hash, by, receivedAt }) as const;
const draftHash = (...commands: readonly Parameters<typeof payoutPolicy.decide>[0][]) =>
  after(...commands).state.draft?.hash ?? '';

describe('saying how an entity pays', () => {
  it('pays on the fifteenth, within thirty days and not below 100.00 where nobody has said anything', () => {
    const policy = policyAt(payoutPolicy.initial, receivedAt);
    expect(policy).toMatchObject({ runDay: 15, dueDays: 30, isAutomatic: true });
    expect(minimumOf(policy, 'BRL/2')).toBe('10000');
  });

  it('holds from its day on, and the one that begins last wins', () => {
    const { state } = after(words({}), { ...words({}, '2026-06-01'), policy: DEFAULT_POLICY });
    const minimumOn = (day: string) =>
      minimumOf(policyAt(state, instant(`${day}T12:00:00Z`)), 'BRL/2');
    expect(['2026-03-31', '2026-04-01', '2026-06-01'].map(minimumOn)).toEqual([
      '10000',
      '5000',
      '10000',
    ]);
  });

  it('waits for a second person where money would leave another account', () => {
    const worded = words({ 'BRL/2': 'itau' });
    const { state, events } = after(worded);
    expect(state.published).toEqual([]);
    const hash = draftHash(worded);
    given(...events)
      .when(approves('ana', hash))
      .thenRejected({ code: 'same_person' });
    given(...events)
      .when(approves('bea', 'other'))
      .thenRejected({ code: 'draft_changed', draft: hash });
    given(...events)
      .when(worded)
      .thenNothing();
    expect(after(worded, approves('bea', hash)).state.published).toMatchObject([
      { version: 1, draftedBy: 'ana', by: 'bea' },
    ]);
    given().when(approves('bea', hash)).thenRejected({ code: 'no_draft' });
  });

  it('changes other things at once, also while it pays from an account that was approved', () => {
    const worded = words({ 'BRL/2': 'itau' });
    const approved = [worded, approves('bea', draftHash(worded))];
    const changed = words({ 'BRL/2': 'itau' }, '2026-05-01');
    expect(after(...approved, changed).state.published).toHaveLength(2);
  });
});

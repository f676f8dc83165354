import type { Instant, Step } from '@tributary/kernel';
import type { Claim, Deal, DealRole, EvidenceItem, Touch } from '../evidence';
import type { PolicyVersion } from '../policy/policy-content';
import { STANDARD_POLICY } from '../policy/standard';
import {
  type Evidence,
  type Identity,
  type Known,
  type Piece,
  byTimeAndItem,
  identityAt,
} from './known';

/** Everything that had happened until `t`, of whoever is this customer by then. Lists are in (at, item) order. */
export interface Situation {
  readonly t: Instant;
  readonly identity: Identity;
  readonly policy: PolicyVersion;
  readonly touches: readonly Piece<Touch>[];
  readonly claims: readonly Piece<Claim>[];
  readonly deals: ReadonlyMap<string, DealState>;
  readonly withdrawn: readonly EvidenceItem[];
}

/** What several facts have told of one deal. */
export interface DealState {
  readonly deal: string;
  readonly openedAt: Instant;
  readonly roles: readonly DealRole[];
  /** The fact that told the roles; null: none did. */
  readonly toldBy: EvidenceItem | null;
}

export function situationAt(known: Known, t: Instant): Situation {
  const identity = identityAt(known, t);
  const found = identity.ids.flatMap((id) => known.evidence.get(id) ?? []);
  const deals = found.flatMap((each) => each.deals.filter(({ at }) => at <= t));
  return {
    t,
    identity,
    policy: policyAt(known, identity, t),
    touches: until(t, found, 'touches'),
    claims: until(t, found, 'claims'),
    deals: dealsOf(inOrder(deals)),
    withdrawn: until(t, found, 'withdrawn'),
  };
}

/** A piece may be told under several names of one customer, and counts once, as it was told last. */
function until<K extends 'claims' | 'touches' | 'withdrawn'>(
  t: Instant,
  found: readonly Evidence[],
  kind: K,
): readonly Evidence[K][number][] {
  const pieces = new Map<string, Evidence[K][number]>();
  for (const evidence of found) {
    for (const piece of evidence[kind]) {
      if (piece.at > t || piece.version < (pieces.get(piece.item)?.version ?? 0)) continue;
      pieces.set(piece.item, piece);
    }
  }
  return inOrder([...pieces.values()]);
}

const inOrder = <P extends EvidenceItem>(pieces: P[]): P[] =>
  pieces.length > 1 ? pieces.sort(byTimeAndItem) : pieces;

/** The version in force at the conversion, as it was decided by then. Without one no rule is asked. */
function policyAt({ view }: Known, { programme, conversionAt }: Identity, t: Instant) {
  const steps = view.terms.policies.get(programme) ?? [];
  const inForce = conversionAt === null ? undefined : governing(steps, t, conversionAt);
  return inForce?.value ?? STANDARD_POLICY;
}

/** As `stepAt` of the kernel, over steps alone. */
export const governing = <V>(
  steps: readonly Step<V>[],
  t: Instant,
  about: Instant,
): Step<V> | undefined => steps.findLast(({ at, from = at }) => at <= t && from <= about);

/** Each fact tells what it knows: the earliest opening and the latest roles hold. */
function dealsOf(pieces: readonly Piece<Deal>[]): ReadonlyMap<string, DealState> {
  const deals = new Map<string, DealState>();
  for (const piece of pieces) {
    const { deal, openedAt, roles } = piece.body;
    const told = roles.length > 0 ? { roles, toldBy: piece } : undefined;
    const before = deals.get(deal) ?? { deal, openedAt, roles: [], toldBy: null };
    const earlier = openedAt < before.openedAt ? openedAt : before.openedAt;
    deals.set(deal, { ...before, ...told, openedAt: earlier });
  }
  return deals;
}

import type { AgreementValue, LinkValue, PartnerStatus } from '@tributary/contracts';
import { type Instant, type Step, instantOfMs, msOf, sha256Hex } from '@tributary/kernel';
import type {
  Claim,
  Deal,
  EvidenceBody,
  EvidenceItem,
  Identifier,
  SignUp,
  Touch,
} from '../evidence';
import type { PolicyContent, PolicyStep } from '../policy/policy-content';
import { STANDARD_POLICY, policyHash } from '../policy/standard';
import type { Adjudication, CustomerView, ExclusiveAgreement, Origin } from './customer-view';

/** Days of a year in which everything happens; the customer signs up on day 100. */
export const day = (n: number): Instant =>
  instantOfMs(msOf('2026-01-01T00:00:00.000Z' as Instant) + n * 86_400_000);
export const SIGNED_UP = day(100);

/** One piece of evidence, and under whose name it was told. */
export interface Told {
  readonly of: Identifier;
  readonly piece: EvidenceItem;
}

export const customer = (id: string): Identifier => ({ kind: 'customer', id });
export const visitor = (id: string): Identifier => ({ kind: 'visitor', id });
export const ME = customer('c1');

export function told(of: Identifier, item: string, at: Instant, body: EvidenceBody): Told {
  const fact = { factId: item.split('.')[0] ?? item, hash: sha256Hex(item) };
  return { of, piece: { item, version: 1, at, fact, body } };
}

export const signUp = (at = SIGNED_UP, of = ME, known: Partial<SignUp> = {}): Told =>
  told(of, `signup-${of.id}`, at, { kind: 'signup', programme: 'main', ...known });

export const touch = (item: string, at: Instant, said: Partial<Touch> = {}, of = ME): Told => {
  const speaks = said.link ?? said.coupon ?? said.partner ?? 'north';
  const kind = said.link === undefined && said.coupon === undefined ? { partner: speaks } : {};
  const body: Touch = {
    kind: 'touch',
    type: 'click',
    consent: true,
    selfReported: false,
    ...kind,
    ...said,
  };
  return told(of, item, at, body);
};

export const link = (item: string, at: Instant, a: Identifier, to: Identifier, linked = true) =>
  told(a, item, at, { kind: 'link', to, linked, basis: 'spec' });

export const claim = (item: string, at: Instant, said: Partial<Claim> = {}, of = ME): Told =>
  told(of, item, at, {
    kind: 'claim',
    prospect: 'p1',
    partner: 'south',
    state: 'protected',
    registeredAt: at,
    from: at,
    until: day(400),
    ...said,
  });

export const deal = (item: string, at: Instant, said: Partial<Deal> = {}, of = ME): Told =>
  told(of, item, at, { kind: 'deal', deal: 'd1', stage: 'open', openedAt: at, roles: [], ...said });

export const paid = (item: string, at: Instant, of = ME): Told =>
  told(of, item, at, { kind: 'payment', sale: 's1', payment: item });

export const withdrawn = (item: string, at: Instant, of = ME): Told =>
  told(of, item, at, { kind: 'withdrawn' });

export const policy = (
  changed: Partial<PolicyContent>,
  at = day(0),
  effectiveFrom = day(0),
): PolicyStep => {
  const content = { ...STANDARD_POLICY.content, programme: 'main', ...changed };
  const hash = policyHash(content, effectiveFrom);
  return { at, from: effectiveFrom, value: { id: 'main', version: 1, hash, content } };
};

export const exclusive = (
  partner: string,
  territories: readonly string[],
  verticals: readonly string[] = [],
): ExclusiveAgreement => {
  const exclusivity: AgreementValue['exclusivity'] = { territories, verticals, clause: '7.1' };
  const value = { partner, status: 'active', exclusivity } as const;
  return { agreement: `agreement-${partner}`, steps: [{ at: day(0), value }] };
};

export const adjudged = (at: Instant, partner: string, said: Partial<Adjudication> = {}) => ({
  adjudication: `a-${partner}-${at}`,
  at,
  deal: null,
  from: at,
  parts: [{ partner, role: 'source', weight: 10_000 }],
  evidence: [],
  ...said,
});

export const owned = (owner: string | null, at = day(0), programme = 'main'): Step<LinkValue> => ({
  at,
  value: { owner, programme },
});

export interface Known {
  readonly policies?: readonly PolicyStep[];
  readonly statuses?: Readonly<Record<string, readonly (readonly [number, PartnerStatus])[]>>;
  readonly links?: Readonly<Record<string, readonly Step<LinkValue>[]>>;
  readonly coupons?: Readonly<Record<string, readonly Step<LinkValue>[]>>;
  readonly exclusives?: readonly ExclusiveAgreement[];
  readonly adjudications?: readonly Adjudication[];
  readonly crowds?: readonly Identifier[];
}

/** Partners whom everybody knows, active since long ago. */
const PARTNERS = ['north', 'south', 'east', 'west'];

export function viewOf(pieces: readonly Told[], known: Known = {}): CustomerView {
  const { policies, statuses = {}, links = {}, coupons = {}, exclusives = [] } = known;
  const standing = new Map(
    [
      ...PARTNERS.map((partner) => [partner, [[-900, 'active']]] as const),
      ...Object.entries(statuses),
    ].map(
      ([partner, steps]) =>
        [partner, steps.map(([n, status]) => ({ at: day(n), value: { status } }))] as const,
    ),
  ) as ReadonlyMap<string, readonly Step<{ readonly status: PartnerStatus }>[]>;
  return {
    customer: ME.id,
    origins: originsOf(pieces, known.crowds ?? []),
    adjudications: known.adjudications ?? [],
    terms: {
      policies: new Map(policies ? [['main', policies]] : []),
      partners: standing,
      links: new Map(Object.entries(links)),
      coupons: new Map(Object.entries(coupons)),
      exclusives: new Map([['main', exclusives]]),
    },
  };
}

function originsOf(pieces: readonly Told[], crowds: readonly Identifier[]): Origin[] {
  const names = new Map<string, { identifier: Identifier; items: EvidenceItem[] }>();
  const of = (identifier: Identifier) => {
    const held = names.get(identifier.id) ?? { identifier, items: [] };
    names.set(identifier.id, held);
    return held;
  };
  of(ME);
  for (const crowd of crowds) of(crowd);
  for (const { of: identifier, piece } of pieces) of(identifier).items.push(piece);
  return [...names.values()].map(({ identifier, items }) => ({
    identifier,
    items,
    crowd: crowds.some(({ id }) => id === identifier.id),
  }));
}

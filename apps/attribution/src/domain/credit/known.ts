import { MAIN_PROGRAMME } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import type { Claim, CountedPayment, Deal, EvidenceItem, SignUp, Touch } from '../evidence';
import type { CustomerView, Origin } from './customer-view';
import { type Links, linksOf, reachable } from './reachable';

/** A piece of evidence of one kind. */
export type Piece<B> = EvidenceItem & { readonly body: B };

/** What is known under one name, by kind. */
export interface Evidence {
  readonly isCustomer: boolean;
  readonly isCrowd: boolean;
  readonly signUps: Piece<SignUp>[];
  readonly payments: Piece<CountedPayment>[];
  readonly touches: Piece<Touch>[];
  readonly claims: Piece<Claim>[];
  readonly deals: Piece<Deal>[];
  readonly withdrawn: EvidenceItem[];
}

/** A customer's view, sorted for the questions that decisions ask of it. */
export interface Known {
  readonly view: CustomerView;
  readonly links: Links;
  readonly evidence: ReadonlyMap<string, Evidence>;
}

/** Who the customer is at some time, and when it became one. */
export interface Identity {
  /** Identifiers and customers that are the same one, sorted. */
  readonly ids: readonly string[];
  /** The customers among them, sorted; always this one. */
  readonly customers: readonly string[];
  /** The oldest by (signed up, id); of those who have not, by first payment. */
  readonly canonical: string;
  readonly signUp: Piece<SignUp> | null;
  readonly firstPayment: Piece<CountedPayment> | null;
  /** When it was won: everything before may have brought it. */
  readonly conversionAt: Instant | null;
  readonly programme: string;
  readonly toCrowds: readonly EvidenceItem[];
}

/** What is kept of a fact that was taken back before it came; it takes back nothing that was known here. */
const MARKER = 'withdrawn.';

export function knownOf(view: CustomerView): Known {
  const evidence = new Map<string, Evidence>();
  for (const origin of view.origins) evidence.set(origin.identifier.id, evidenceOf(origin));
  return { view, links: linksOf(view.origins), evidence };
}

function evidenceOf({ identifier, crowd, items }: Origin): Evidence {
  const found: Evidence = {
    isCustomer: identifier.kind === 'customer',
    isCrowd: crowd,
    signUps: [],
    payments: [],
    touches: [],
    claims: [],
    deals: [],
    withdrawn: [],
  };
  for (const item of items) sortIn(found, item);
  return found;
}

function sortIn(found: Evidence, item: EvidenceItem): void {
  switch (item.body.kind) {
    case 'signup':
      found.signUps.push(item as Piece<SignUp>);
      break;
    case 'payment':
      found.payments.push(item as Piece<CountedPayment>);
      break;
    case 'touch':
      found.touches.push(item as Piece<Touch>);
      break;
    case 'claim':
      found.claims.push(item as Piece<Claim>);
      break;
    case 'deal':
      found.deals.push(item as Piece<Deal>);
      break;
    case 'withdrawn':
      if (!item.item.startsWith(MARKER)) found.withdrawn.push(item);
      break;
    case 'link':
      break;
  }
}

interface Candidate {
  readonly id: string;
  readonly signUp: Piece<SignUp> | null;
  readonly payment: Piece<CountedPayment> | null;
}

export function identityAt({ view, links, evidence }: Known, t: Instant): Identity {
  const { ids, toCrowds } = reachable(links, view.customer, t);
  const candidates: Candidate[] = [];
  for (const id of ids) {
    const found = evidence.get(id);
    if (id !== view.customer && !found?.isCustomer) continue;
    const signUp = found ? earliest(found.signUps, t) : null;
    const payment = found ? earliest(found.payments, t) : null;
    candidates.push({ id, signUp, payment });
  }
  const canonical = candidates.reduce((oldest, each) => (isOlder(each, oldest) ? each : oldest));
  const { signUp } = canonical;
  const payments = candidates.flatMap(({ payment }) => payment ?? []);
  const firstPayment = earliest(payments, t);
  return {
    ids,
    customers: candidates.map(({ id }) => id),
    canonical: canonical.id,
    signUp,
    firstPayment,
    conversionAt: signUp?.at ?? firstPayment?.at ?? null,
    programme: signUp?.body.programme ?? MAIN_PROGRAMME,
    toCrowds,
  };
}

/** Whoever signed up stands before whoever has only paid, and that one before whoever did neither. */
function isOlder(a: Candidate, b: Candidate): boolean {
  const [bySignUp, byPayment] = [before(a.signUp, b.signUp), before(a.payment, b.payment)];
  return (bySignUp ?? byPayment ?? a.id < b.id) === true;
}

function before(a: EvidenceItem | null, b: EvidenceItem | null): boolean | undefined {
  if (a === null || b === null) return a === b ? undefined : a !== null;
  return a.at === b.at ? undefined : a.at < b.at;
}

export function earliest<P extends EvidenceItem>(pieces: readonly P[], t: Instant): P | null {
  let first: P | null = null;
  for (const piece of pieces)
    if (piece.at <= t && (first === null || byTimeAndItem(piece, first) < 0)) first = piece;
  return first;
}

/** The order in which pieces are weighed and listed, whatever the order in which they arrived. */
export function byTimeAndItem(
  a: Pick<EvidenceItem, 'at' | 'item'>,
  b: Pick<EvidenceItem, 'at' | 'item'>,
): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.item === b.item) return 0;
  return a.item < b.item ? -1 : 1;
}

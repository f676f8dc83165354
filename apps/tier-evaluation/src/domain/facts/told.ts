import type {
  CustomerActivity,
  CustomerData,
  MeasuredData,
  QualificationData,
  Track,
} from '@tributary/contracts';
import { type Step, allocate } from '@tributary/kernel';
import { KINDS } from '../rules/content';
import type { Told, YearlyShare } from './fact';

const MONTHS_OF_YEAR = 12n;
/** Whoever wants all of them asks attribution. */
const MOST_EVIDENCE = 5;

/** What is told of a partner for one of its tracks. */
export interface ToldOfPartner {
  readonly partner: string;
  readonly track: Track;
  readonly told: Told;
}

/** Every partner that this telling names; who was named before and no longer is has to be told as well. */
export const partnersOf = ({ steps }: CustomerData): readonly string[] => [
  ...new Set(steps.flatMap(({ value }) => value.partners)),
];

export const toldOfCustomer = (data: CustomerData, partner: string): ToldOfPartner => ({
  partner,
  track: 'commercial',
  told: {
    kind: 'customer',
    customer: data.customer,
    steps: changesOf(data.steps.map(({ at, value }) => ({ at, value: shareOf(value, partner) }))),
  },
});

export const toldOfMeasure = ({
  partner,
  measure,
  subject,
  steps,
  evidence,
}: MeasuredData): ToldOfPartner => ({
  partner,
  track: 'commercial',
  told: {
    kind: 'measure',
    measure,
    subject,
    steps,
    evidence: evidence.slice(0, MOST_EVIDENCE).map(({ factId }) => factId),
  },
});

export function toldOfQualification(data: QualificationData): ToldOfPartner {
  const { partner, kind: qualification, record, steps } = data;
  const track = KINDS.integration.includes(qualification) ? 'integration' : 'commercial';
  return { partner, track, told: { kind: 'qualification', qualification, record, steps } };
}

const NOT_CREDITED: YearlyShare = {
  annual: '0',
  asset: null,
  mrr: null,
  weight: 0,
  weights: 0,
  unknown: null,
};

/** Twelve times what the subscriptions bring in a month, split by largest remainder, so that all shares are the whole. */
function shareOf(value: CustomerActivity, partner: string): YearlyShare {
  const { partners, mrr, asset } = value;
  const place = partners.indexOf(partner);
  if (place < 0) return NOT_CREDITED;
  const shares = value.shares ?? onlyOne(partners);
  if (shares === undefined)
    return { annual: null, asset, mrr, weight: 0, weights: 0, unknown: 'no_shares' };
  const own = shares.findIndex((share) => share.partner === partner);
  const weight = shares[own]?.weight ?? 0;
  const weights = shares.reduce((sum, share) => sum + share.weight, 0);
  // A customer who has never subscribed brings nothing that recurs; one who pays all the same may, and nobody has said how much.
  if (mrr === null)
    return { annual: null, asset, mrr, weight, weights, unknown: 'no_subscription' };
  if (weights === 0) return NOT_CREDITED;
  const annual = allocate(
    BigInt(mrr) * MONTHS_OF_YEAR,
    shares.map((share) => BigInt(share.weight)),
  )[own];
  return { annual: String(annual ?? 0n), asset, mrr, weight, weights, unknown: null };
}

const onlyOne = (partners: readonly string[]) =>
  partners.length === 1
    ? partners.map((partner): { partner: string; weight: number } => ({ partner, weight: 1 }))
    : undefined;

/** Steps that change nothing for this partner are nobody's business here. */
const changesOf = (steps: readonly Step<YearlyShare>[]): readonly Step<YearlyShare>[] =>
  steps.filter(({ value }, i) => !isSame(value, steps[i - 1]?.value ?? NOT_CREDITED));

const isSame = (a: YearlyShare, b: YearlyShare): boolean =>
  a.annual === b.annual &&
  a.asset === b.asset &&
  a.mrr === b.mrr &&
  a.weight === b.weight &&
  a.weights === b.weights &&
  a.unknown === b.unknown;

import { type Instant, Rational, formatMinor, parseMinor, round } from '@tributary/kernel';
import type { MissingDocument, TaxProfile, Validity, Withheld } from '../account/terms';
import type { WithholdingRule, WithholdingRules } from './rules';

/** With anything missing the payment waits, and what is withheld says nothing yet. */
export interface Withholding {
  readonly withheld: readonly Withheld[];
  /** What has to come before it can be said how much is withheld, each by name. */
  readonly missing: readonly MissingDocument[];
}

const NOTHING: Withholding = { withheld: [], missing: [] };

/**
 * What is kept back of a payment. Nobody's tax is zero because we do not know it: without a rule for such a payee, a profile, a document
 * or a declaration that holds when the money arrives, it says what is missing instead. No rules at all (null) means that two persons
 * have declared that this entity withholds nothing.
 */
export function withhold(
  rules: WithholdingRules | null,
  profile: TaxProfile | null,
  gross: bigint,
  payAt: Instant,
): Withholding {
  if (rules === null || gross <= 0n) return NOTHING;
  if (profile === null) return waitsFor('tax_profile');

  const applicable = rules.rules.filter((rule) => covers(rule, profile) && holds(rule, payAt));
  if (applicable.length === 0)
    return waitsFor(`withholding_rule:${profile.country}:${profile.kind}`);

  const missing = new Set(applicable.flatMap((rule) => missingFor(rule, profile, payAt)));
  if (missing.size > 0) return waitsFor(...[...missing].sort());

  return { withheld: keptBack(applicable, profile, gross), missing: [] };
}

function missingFor(rule: WithholdingRule, profile: TaxProfile, payAt: Instant): string[] {
  const { regime, regimeHolds, documents = [] } = profile;
  if (exempts(rule, profile)) {
    const declared = regimeHolds !== undefined && holds(regimeHolds, payAt);
    return declared ? [] : [`declaration:${regime}`];
  }
  return rule.documents
    .filter(
      (name) => !documents.some((document) => document.name === name && holds(document, payAt)),
    )
    .map((name) => `document:${name}`);
}

/** In the order of the rules, and never more than there is. */
function keptBack(
  rules: readonly WithholdingRule[],
  profile: TaxProfile,
  gross: bigint,
): Withheld[] {
  let rest = gross;
  const withheld: Withheld[] = [];
  for (const rule of rules) {
    if (exempts(rule, profile)) continue;
    const amount = taxOf(rule, gross, rest);
    if (amount === 0n) continue;
    rest -= amount;
    withheld.push({
      rule: rule.rule,
      tax: rule.tax,
      base: formatMinor(gross),
      rateBp: rule.rateBp,
      amount: formatMinor(amount),
    });
  }
  return withheld;
}

/** Rounded half up, and only then held against the floor: the law speaks of the tax as it would be paid, in whole cents. */
function taxOf({ rateBp, notAbove }: WithholdingRule, base: bigint, most: bigint): bigint {
  const tax = round(Rational.ofBasisPoints(rateBp).times(Rational.of(base)), 'half_up');
  if (tax <= parseMinor(notAbove)) return 0n;
  return tax < most ? tax : most;
}

const covers = ({ country, payees }: WithholdingRule, profile: TaxProfile): boolean =>
  country === profile.country && payees === profile.kind;

const exempts = ({ exemptRegimes }: WithholdingRule, { regime }: TaxProfile): boolean =>
  regime !== null && exemptRegimes.includes(regime);

const holds = ({ from, until }: Validity, at: Instant): boolean =>
  from <= at && (until === null || at < until);

const waitsFor = (...what: readonly string[]): Withholding => ({
  withheld: [],
  missing: what.map((each) => ({ hold: 'tax', what: each })),
});

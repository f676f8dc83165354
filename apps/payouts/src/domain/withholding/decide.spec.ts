import { type Instant, canonicalJson, instant, sha256Hex } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { TaxProfile } from '../account/terms';
import { FEWEST_EXAMPLES, flawsOf } from './check-rules';
import { type ProposeRules, type Taxes, rulesAt, tax } from './decide';
import type { TaxEvent } from './events';
import type { WithholdingRule } from './rules';
import { BRAZIL_COMPANIES } from './starter';
import { withhold } from './withhold';

const spec = specFor(tax);

describe('saying by two persons what an entity keeps back', () => {
  it('activates what a second person has read, and counts it', () => {
    spec.given().when(propose()).then(proposed());
    spec.given(proposed()).when(activate('bea')).then(activated(1));
    spec.given(proposed(), activated(1), proposed()).when(activate('bea')).then(activated(2));
  });

  it('refuses to activate what nobody proposed, another wording, or what one person proposed himself', () => {
    spec.given().when(activate('bea')).thenRejected({ code: 'no_proposal' });
    spec
      .given(proposed(), activated(1))
      .when(activate('eve'))
      .thenRejected({ code: 'no_proposal' });
    spec
      .given(proposed())
      .when({ ...activate('bea'), hash: '0'.repeat(64) })
      .thenRejected({ code: 'proposal_changed', proposal: HASH });
    spec.given(proposed()).when(activate('ana')).thenRejected({ code: 'same_person' });
  });

  it('refuses rules whose worked examples do not come out, and says what does', () => {
    const [rule] = BRAZIL_COMPANIES.rules as [WithholdingRule];
    const wrong = { ...rule, rateBp: 151, examples: rule.examples.slice(0, 2) };
    spec
      .given()
      .when(propose([wrong]))
      .thenRejected({
        code: 'rules_invalid',
        flaws: [
          {
            pointer: '/0/examples',
            code: 'too_few_examples',
            detail: `At least ${String(FEWEST_EXAMPLES)} worked examples belong to a rule.`,
          },
          {
            pointer: '/0/examples/0/withheld',
            code: 'example_differs',
            detail: 'The rule keeps 1510 back of 100000, and not 1500.',
          },
        ],
      });
  });

  it('refuses a tax that would be kept back twice, and an end before the beginning', () => {
    const [rule] = BRAZIL_COMPANIES.rules as [WithholdingRule];
    const until = instant('2026-01-01T03:00:00Z');
    expect(flawsOf([rule, { ...rule, rule: 'again' }])).toMatchObject([
      { pointer: '/1', code: 'rules_overlap' },
    ]);
    expect(
      flawsOf([
        { ...rule, until },
        { ...rule, rule: 'next', from: until },
      ]),
    ).toEqual([]);
    expect(flawsOf([rule, { ...rule, payees: 'person' }])).toEqual([]);
    expect(flawsOf([{ ...rule, until: rule.from }])).toContainEqual(
      expect.objectContaining({ pointer: '/0/until', code: 'validity_reversed' }),
    );
  });
});

describe('finding the rules of a payment', () => {
  const JUNE = instant('2026-06-01T03:00:00Z');
  const JULY = instant('2026-07-01T03:00:00Z');

  it('takes the version that began last, and of those the one activated last', () => {
    const state = after(version(1, NOW), version(2, JULY), version(3, JUNE), version(4, JUNE));
    expect(rulesAt(state, NOW)?.version).toBe(1);
    expect(rulesAt(state, JUNE)?.version).toBe(4);
    expect(rulesAt(state, JULY)?.version).toBe(2);
  });

  it('lets a payment wait for a rule where nobody has said anything for its day', () => {
    const before = rulesAt(after(version(1, JUNE)), NOW);
    expect(before).toMatchObject({ version: 0, rules: [] });
    expect(withhold(before, company, 100_000n, NOW).missing).toEqual([
      { hold: 'tax', what: 'withholding_rule:BR:company' },
    ]);
  });

  it('keeps nothing back where two persons have said so', () => {
    const declared = rulesAt(after({ ...version(1, NOW), rules: [] }), NOW);
    expect(declared).toBeNull();
    expect(withhold(declared, company, 100_000n, NOW)).toEqual({ withheld: [], missing: [] });
  });
});

describe('the starter set', () => {
  it('comes out as its own examples say', () => {
    expect(flawsOf(BRAZIL_COMPANIES.rules)).toEqual([]);
  });

  it('covers no persons: paying one waits for a rule', () => {
    const rules = { version: 1, hash: HASH, rules: BRAZIL_COMPANIES.rules };
    expect(withhold(rules, { ...company, kind: 'person' }, 100_000n, NOW).missing).toEqual([
      { hold: 'tax', what: 'withholding_rule:BR:person' },
    ]);
  });
});

const NOW = instant('2026-04-01T12:00:00Z');
const company: TaxProfile = { country: 'BR', kind: 'company', regime: null };

const worded = {
  entity: 'main',
  effectiveFrom: NOW,
  rules: BRAZIL_COMPANIES.rules,
  source: 'our accountant, 30 March',
};
const HASH = sha256Hex(canonicalJson(JSON.parse(JSON.stringify(worded)) as never));

const propose = (rules: readonly WithholdingRule[] = BRAZIL_COMPANIES.rules): ProposeRules => ({
  type: 'ProposeRules',
  ...worded,
  rules,
  by: 'ana',
  receivedAt: NOW,
});

const activate = (by: string) =>
  ({ type: 'ActivateRules', entity: 'main', hash: HASH, by, receivedAt: NOW }) as const;

const proposed = (): TaxEvent => ({
  type: 'WithholdingRulesProposed',
  data: { ...worded, hash: HASH, by: 'ana' },
  occurredAt: NOW,
});

const activated = (counted: number): TaxEvent => ({
  type: 'WithholdingRulesActivated',
  data: { ...worded, hash: HASH, version: counted, proposedBy: 'ana', by: 'bea' },
  occurredAt: NOW,
});

const version = (counted: number, effectiveFrom: Instant) => ({
  version: counted,
  hash: HASH,
  rules: BRAZIL_COMPANIES.rules,
  effectiveFrom,
});

const after = (...versions: Taxes['versions']): Taxes => ({ proposal: null, versions });

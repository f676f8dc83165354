import { type Instant, instant } from '@tributary/kernel';
import fc from 'fast-check';
import type { TaxProfile } from '../account/terms';
import type { WithholdingRule, WithholdingRules } from './rules';
import { withhold } from './withhold';

describe('withholding from a payment', () => {
  it.each([
    // Case E20.
    [100_000n, '1500'],
    [50_000n, '750'],
    [30_000n, '450'],
    // Half a cent goes up: 1,851.84 and 1,500.5 of 123,456 and 100,033.33 are told apart from a half by exact fractions only.
    [123_456n, '1852'],
    [100_033n, '1500'],
    [100_034n, '1501'],
    [100_100n, '1502'],
  ])('keeps 1.5%% of %s cents back, rounded half up', (gross, amount) => {
    const irrf = anIrrf({ notAbove: '0' });
    expect(withhold(rulesOf(irrf), company, gross, APRIL)).toEqual({
      withheld: [
        { rule: 'irrf-commissions', tax: 'IRRF', base: String(gross), rateBp: 150, amount },
      ],
      missing: [],
    });
  });

  it.each([
    [66_600n, []],
    [66_667n, []],
    [66_700n, ['1001']],
    [1n, []],
  ])('keeps nothing back of %s cents where the tax does not exceed R$ 10.00', (gross, kept) => {
    const { withheld, missing } = withhold(rulesOf(anIrrf()), company, gross, APRIL);
    expect(withheld.map(({ amount }) => amount)).toEqual(kept);
    expect(missing).toEqual([]);
  });

  it('never keeps back more than there is', () => {
    const most = anIrrf({ rule: 'most', rateBp: 9_000, notAbove: '0' });
    const more = anIrrf({ rule: 'more', rateBp: 2_000, notAbove: '0' });
    const { withheld } = withhold(rulesOf(most, more, anIrrf()), company, 1_001n, APRIL);
    expect(withheld.map(({ rule, amount }) => [rule, amount])).toEqual([
      ['most', '901'],
      ['more', '100'],
    ]);
  });

  it('keeps nothing back where two persons have declared that the entity withholds nothing', () => {
    expect(withhold(null, null, 100_000n, APRIL)).toEqual({ withheld: [], missing: [] });
  });

  it('names the rule that is missing for such a payee, and never takes it for a zero', () => {
    const rules = rulesOf(anIrrf());
    expect(waitsFor(rules, { ...company, kind: 'person' })).toEqual([
      { hold: 'tax', what: 'withholding_rule:BR:person' },
    ]);
    expect(waitsFor(rules, { ...company, country: 'AR' })).toEqual([
      { hold: 'tax', what: 'withholding_rule:AR:company' },
    ]);
    expect(waitsFor(rulesOf(), company)).toHaveLength(1);
  });

  it('names a rule as missing outside of the time in which it holds', () => {
    const from = instant('2026-04-01T03:00:00Z');
    const until = instant('2026-05-01T03:00:00Z');
    const rules = rulesOf(anIrrf({ from, until }));
    const missingAt = (text: string) =>
      withhold(rules, company, 100_000n, instant(text)).missing.length;
    expect(missingAt('2026-04-01T02:59:59.999Z')).toBe(1);
    expect(missingAt('2026-04-01T03:00:00Z')).toBe(0);
    expect(missingAt('2026-05-01T02:59:59.999Z')).toBe(0);
    expect(missingAt('2026-05-01T03:00:00Z')).toBe(1);
  });

  it('asks for a profile before it says anything', () => {
    expect(waitsFor(rulesOf(anIrrf()), null)).toEqual([{ hold: 'tax', what: 'tax_profile' }]);
  });

  it('exempts a declared regime while its declaration holds, and asks for it again afterwards', () => {
    const rules = rulesOf(anIrrf());
    const until = instant('2026-05-01T00:00:00Z');
    const simples: TaxProfile = {
      ...company,
      regime: 'simples',
      regimeHolds: { from: instant('2026-01-01T00:00:00Z'), until },
    };
    expect(withhold(rules, simples, 100_000n, APRIL)).toEqual({ withheld: [], missing: [] });
    expect(withhold(rules, simples, 100_000n, until).missing).toEqual([
      { hold: 'tax', what: 'declaration:simples' },
    ]);
    expect(waitsFor(rules, { ...company, regime: 'simples' })).toEqual([
      { hold: 'tax', what: 'declaration:simples' },
    ]);
  });

  it('withholds from a regime that is not exempt, declared or not', () => {
    const presumed = { ...company, regime: 'lucro_presumido' };
    const { withheld } = withhold(rulesOf(anIrrf()), presumed, 100_000n, APRIL);
    expect(withheld).toMatchObject([{ amount: '1500' }]);
  });

  it('waits for each document that a rule asks for, until it is there and not out of date', () => {
    const rules = rulesOf(anIrrf({ documents: ['residence', 'nota_fiscal'] }));
    const expired = { name: 'residence', from: JANUARY, until: APRIL };
    const valid = { name: 'nota_fiscal', from: JANUARY, until: null };
    expect(waitsFor(rules, { ...company, documents: [expired, valid] })).toEqual([
      { hold: 'tax', what: 'document:residence' },
    ]);
    expect(waitsFor(rules, company)).toEqual([
      { hold: 'tax', what: 'document:nota_fiscal' },
      { hold: 'tax', what: 'document:residence' },
    ]);
    const complete = { ...company, documents: [{ ...expired, until: null }, valid] };
    expect(waitsFor(rules, complete)).toEqual([]);
  });
});

describe('whatever the rules are', () => {
  const rule = fc
    .record({
      rateBp: fc.integer({ min: 1, max: 10_000 }),
      notAbove: fc.bigInt({ min: 0n, max: 5_000n }).map(String),
      exemptRegimes: fc.subarray(['mei', 'simples']),
      payees: fc.constantFrom('company', 'person'),
      documents: fc.subarray(['residence']),
    })
    .map((changed) => anIrrf(changed));
  const profile = fc.record<TaxProfile>({
    country: fc.constantFrom('BR', 'AR'),
    kind: fc.constantFrom('company', 'person'),
    regime: fc.constantFrom(null, 'mei', 'simples'),
  });

  it('keeps back whole cents of what there is, or says what is missing, and never both', () => {
    const cases = fc.property(
      fc.array(rule, { maxLength: 4 }),
      profile,
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      (rules, payee, gross) => {
        const { withheld, missing } = withhold(rulesOf(...rules), payee, gross, APRIL);
        const sum = withheld.reduce((total, { amount }) => total + BigInt(amount), 0n);
        expect(sum).toBeLessThanOrEqual(gross);
        for (const { amount } of withheld) expect(BigInt(amount)).toBeGreaterThan(0n);
        if (missing.length > 0) expect(withheld).toEqual([]);
        const covered = rules.some(({ payees }) => payee.country === 'BR' && payees === payee.kind);
        if (!covered) expect(missing).not.toEqual([]);
      },
    );
    fc.assert(cases, { numRuns: 500 });
  });
});

const JANUARY = instant('2026-01-01T00:00:00Z');
const APRIL = instant('2026-04-15T12:00:00Z');

const company: TaxProfile = { country: 'BR', kind: 'company', regime: null };

const anIrrf = (changed: Partial<WithholdingRule> = {}): WithholdingRule => ({
  rule: 'irrf-commissions',
  tax: 'IRRF',
  country: 'BR',
  payees: 'company',
  exemptRegimes: ['mei', 'simples'],
  rateBp: 150,
  base: 'gross',
  notAbove: '1000',
  trigger: 'payment',
  from: '2015-01-01T00:00:00.000Z' as Instant,
  until: null,
  source: 'RIR/2018 art. 718',
  documents: [],
  examples: [],
  ...changed,
});

const rulesOf = (...rules: readonly WithholdingRule[]): WithholdingRules => ({
  version: 1,
  hash: '0'.repeat(64),
  rules,
});

const waitsFor = (rules: WithholdingRules, profile: TaxProfile | null) =>
  withhold(rules, profile, 100_000n, APRIL).missing;

import { TRACKS } from '@tributary/contracts';
import { type Instant, type JsonObject, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { benefitsAt } from './benefits';
import type { TierRules } from './content';
import { type RulesCommand, rules } from './decide';
import type { RulesDrafted, RulesPublished } from './events';
import { readRules } from './read-rules';
import { STARTER_RULES, rulesHash } from './starter';
import { whichTier } from './tier-tree';

const { given } = specFor(rules);

const MAY = instant('2026-05-02T00:00:00Z');
const JUNE = instant('2026-06-01T00:00:00Z');
const JULY = instant('2026-07-01T00:00:00Z');
const STARTER = STARTER_RULES.commercial.content;
const LENIENT: TierRules = { ...STARTER, graceQuarters: 2 };

describe('publishing rules by two persons', () => {
  it('drafts them: what is left out is as in the built-in ones', () => {
    given().when(drafting()).then(drafted());
  });

  it('publishes what a second person has read, as the next version', () => {
    given(drafted()).when(approving()).then(published());
    given(drafted())
      .when({ ...approving(), by: 'ana' })
      .thenRejected({ code: 'same_person' });
    given(drafted(), drafted(JULY))
      .when(approving())
      .thenRejected({ code: 'draft_changed', draft: rulesHash(LENIENT, JULY) });
    given().when(approving()).thenRejected({ code: 'no_draft' });
  });

  it('refuses a start that is taken, and a track that is not there', () => {
    given(drafted(), published())
      .when(drafting())
      .thenRejected({ code: 'start_taken', version: 1, effectiveFrom: JUNE });
    given()
      .when({ ...drafting(), track: 'marketing' })
      .thenRejected({ code: 'track_unknown', track: 'marketing', tracks: Object.keys(TRACKS) });
  });
});

describe('reading rules that a person wrote', () => {
  const flaws = (given: JsonObject, track: 'commercial' | 'integration' = 'commercial') => {
    const read = readRules(track, given);
    return 'flaws' in read ? read.flaws.map(({ pointer, code }) => `${pointer} ${code}`) : [];
  };
  const tier = (name: string, criteria: readonly JsonObject[] = [CERTIFICATE]) => ({
    tier: name,
    criteria,
  });

  it('takes the built-in ones, word for word', () => {
    for (const { content } of Object.values(STARTER_RULES)) {
      const { track, ...given } = content;
      expect(readRules(track, given as unknown as JsonObject)).toEqual({ content });
    }
  });

  it('takes tiers in their order only, each once, and no more than there are', () => {
    expect(flaws({ tiers: [tier('preferred'), tier('certified')] })).toEqual([
      '/tiers tiers_out_of_order',
    ]);
    expect(flaws({ tiers: [tier('certified'), tier('certified')] })).toEqual([
      '/tiers tiers_out_of_order',
    ]);
    expect(flaws({ tiers: [] })).toEqual(['/tiers no_tiers']);
    const four = ['certified', 'preferred', 'strategic', 'strategic'].map((name) => tier(name));
    expect(flaws({ tiers: four })).toContain('/tiers not_a_list');
  });

  it('lets no track be judged by the figures of the other (M093)', () => {
    const arr = { id: 'arr', figure: 'arr', atLeast: '1' };
    expect(flaws({ tiers: [tier('joint', [arr])] }, 'integration')).toContain(
      '/tiers/0/criteria/0/figure not_allowed',
    );
    expect(flaws({ tiers: [tier('joint', [CERTIFICATE])] }, 'integration')).toContain(
      '/tiers/0/criteria/0/kind not_allowed',
    );
  });

  it('takes rates of other money, each once and more than nothing', () => {
    const rate = (asset: string, of: string) => ({ asset, rate: of });
    expect(flaws({ rates: [rate('USD/2', '5.4321'), rate('JPY/0', '0.035')] })).toEqual([]);
    expect(flaws({ rates: [rate('USD/2', '5'), rate('USD/2', '6')] })).toEqual([
      '/rates/1/asset asset_twice',
    ]);
    expect(flaws({ rates: [rate('BRL/2', '1')] })).toEqual(['/rates/0/asset asset_twice']);
    expect(flaws({ rates: [{ ...rate('US', '0.0'), since: 'today' }] })).toEqual([
      '/rates/0/since unknown_field',
      '/rates/0/rate out_of_range',
      '/rates/0/asset unknown_asset',
    ]);
  });

  it('names everything that is wrong at once', () => {
    const found = flaws({
      asset: 'XXX',
      zone: 'Mars/Base',
      graceQuarters: 9,
      review: { afterMonths: 0, owner: 'a b' },
      tiers: [
        {
          tier: 'certified',
          criteria: [
            { id: 'a', figure: 'arr', atLeast: '1.5' },
            { id: 'a', figure: 'measure', measure: 'csat', of: 'count', atLeast: 1 },
            { id: 'c', figure: 'satisfaction', instrument: 'csat', scale: {}, above: 4, months: 0 },
            { id: 'd', figure: 'qualification', kind: 'certificate', levels: [] },
          ],
          benefits: [{ id: 'x', name: '', from: 'today' }],
        },
      ],
    });
    expect(found).toEqual([
      '/asset unknown_asset',
      '/zone unknown_zone',
      '/tiers/0/criteria/0/atLeast malformed',
      '/tiers/0/criteria/1/measure not_allowed',
      '/tiers/0/criteria/2/scale/min malformed',
      '/tiers/0/criteria/2/scale/max malformed',
      '/tiers/0/criteria/2/above malformed',
      '/tiers/0/criteria/2/months out_of_range',
      '/tiers/0/criteria/3/levels no_levels',
      '/tiers/0/criteria id_twice',
      '/tiers/0/benefits/0/from not_an_instant',
      '/tiers/0/benefits/0/name not_a_text',
      '/graceQuarters out_of_range',
      '/review/afterMonths out_of_range',
      '/review/owner malformed',
    ]);
  });
});

describe('the built-in rules', () => {
  it('are the very same for ever, because scorecards name their hash', () => {
    expect([STARTER_RULES.commercial.hash, STARTER_RULES.integration.hash]).toEqual(GOLDEN);
  });
});

describe('what comes with a tier (M096)', () => {
  const dated: TierRules = {
    ...STARTER,
    tiers: STARTER.tiers.map((rule) =>
      rule.tier === 'certified'
        ? {
            ...rule,
            benefits: [
              { id: 'fair', name: 'The fair', owner: null, from: JUNE, until: JULY },
              ...rule.benefits,
            ],
          }
        : rule,
    ),
  };
  const ids = (applied: string | null, t: Instant) =>
    benefitsAt(dated, applied, t).map(({ id }) => id);

  it('is there within its dates alone, from the first instant to before the last', () => {
    const before = instant('2026-05-31T23:59:59.999Z');
    const last = instant('2026-06-30T23:59:59.999Z');
    const seen = [before, JUNE, last, JULY].map((t) => ids('certified', t).includes('fair'));
    expect(seen).toEqual([false, true, true, false]);
  });

  it('adds to that of the lower tiers, and is nothing without a tier', () => {
    expect(ids(null, JUNE)).toEqual([]);
    expect(ids('strategic', MAY)).toEqual([
      ...ids('preferred', MAY),
      'executive-sponsor',
      'roadmap',
      'custom-development',
    ]);
  });
});

describe('the which-tier tree (M098)', () => {
  it.each([
    [true, true, 'self-serve'],
    [true, false, 'self-serve'],
    [false, true, 'strategic'],
    [false, false, 'joint'],
  ])('self-serve %s, marquee %s: %s', (selfServe, marquee, tier) => {
    expect(whichTier({ selfServe, marquee })).toBe(tier);
  });
});

const CERTIFICATE = {
  id: 'certificate',
  figure: 'qualification',
  kind: 'certificate',
  levels: ['certified'],
};

const GOLDEN = [
  '52d4cabab63193e1b3579e59fe97b6b2e1c885d039597a19e811f1fa89c9b3a7',
  '5caee2e21f5a4b9d53b055239c76932e8a0dc2b0d04354b6dddcd7fc8a7c8851',
];

function drafting(effectiveFrom = JUNE): RulesCommand {
  return {
    type: 'DraftRules',
    track: 'commercial',
    content: { graceQuarters: 2 },
    effectiveFrom,
    by: 'ana',
    receivedAt: MAY,
  };
}

function approving(): RulesCommand {
  const hash = rulesHash(LENIENT, JUNE);
  return { type: 'ApproveRules', track: 'commercial', hash, by: 'bea', receivedAt: MAY };
}

const worded = (effectiveFrom: Instant) => ({
  track: 'commercial',
  hash: rulesHash(LENIENT, effectiveFrom),
  content: LENIENT,
  effectiveFrom,
});

function drafted(effectiveFrom = JUNE): RulesDrafted {
  return { type: 'RulesDrafted', data: { ...worded(effectiveFrom), by: 'ana' }, occurredAt: MAY };
}

function published(): RulesPublished {
  const { hash, content } = worded(JUNE);
  const steps = [{ at: MAY, from: JUNE, value: { version: 1, hash, content } }];
  const data = { ...worded(JUNE), version: 1, at: MAY, draftedBy: 'ana', by: 'bea', steps };
  return { type: 'RulesPublished', data, occurredAt: MAY };
}

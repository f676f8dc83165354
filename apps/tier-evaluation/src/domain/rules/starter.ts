import type { Track } from '@tributary/contracts';
import { type Instant, type JsonObject, canonicalJson, sha256Hex } from '@tributary/kernel';
import type { Benefit, Criterion, RulesVersion, TierRules } from './content';

/** Since when the built-in rules hold. */
export const BEGINNING = '0001-01-01T00:00:00.000Z' as Instant;

/** Over the canonical bytes of what was approved. */
export const rulesHash = (content: TierRules, effectiveFrom: Instant): string =>
  sha256Hex(canonicalJson({ content, effectiveFrom } as unknown as JsonObject));

const benefit = (id: string, name: string, owner: string | null = null): Benefit => ({
  id,
  name,
  owner,
  from: null,
  until: null,
});

const satisfiedAbove = (above: string): Criterion => ({
  id: 'satisfaction',
  figure: 'satisfaction',
  instrument: 'csat',
  scale: { min: '1', max: '5' },
  above,
  months: 12,
});

const shown = (level: string): Criterion => ({
  id: level.replace('_', '-'),
  figure: 'qualification',
  kind: 'integration',
  levels: [level],
});

const commercial: TierRules = {
  track: 'commercial',
  asset: 'BRL/2',
  zone: 'America/Sao_Paulo',
  tiers: [
    {
      tier: 'certified',
      criteria: [
        {
          id: 'training',
          figure: 'qualification',
          kind: 'certificate',
          levels: ['certified', 'advanced'],
        },
        {
          id: 'implementations',
          figure: 'measure',
          measure: 'implementation.completed',
          of: 'count',
          atLeast: 1,
        },
        { id: 'referrals', figure: 'commitment', measure: 'lead.accepted', atLeast: 5 },
      ],
      benefits: [
        benefit('portal', 'Partner portal'),
        benefit('materials', 'Sales and marketing materials'),
        benefit('group-training', 'Group training every month', 'enablement'),
      ],
    },
    {
      tier: 'preferred',
      criteria: [
        { id: 'arr', figure: 'arr', atLeast: '5000000' },
        satisfiedAbove('4.0'),
        {
          id: 'certification',
          figure: 'qualification',
          kind: 'certificate',
          levels: ['advanced'],
        },
      ],
      benefits: [
        benefit('partner-manager', 'A dedicated partner manager', 'partnerships'),
        benefit('early-access', 'Early access to features'),
        benefit('mdf', 'Market development funds', 'marketing'),
      ],
    },
    {
      tier: 'strategic',
      criteria: [
        { id: 'arr', figure: 'arr', atLeast: '20000000' },
        satisfiedAbove('4.5'),
        { id: 'joint-plan', figure: 'qualification', kind: 'jointplan', levels: ['aligned'] },
      ],
      benefits: [
        benefit('executive-sponsor', 'An executive sponsor', 'executive'),
        benefit('roadmap', 'A say in the roadmap', 'product'),
        benefit('custom-development', 'Custom development', 'engineering'),
      ],
    },
  ],
  graceQuarters: 1,
  review: null,
};

const INTEGRATED = [shown('live'), shown('mutual_benefit'), shown('maintenance')];

const integration: TierRules = {
  track: 'integration',
  asset: 'BRL/2',
  zone: 'America/Sao_Paulo',
  tiers: [
    {
      tier: 'self-serve',
      criteria: INTEGRATED,
      benefits: [benefit('directory', 'A place in the directory')],
    },
    {
      tier: 'joint',
      criteria: [...INTEGRATED, shown('joint')],
      benefits: [benefit('co-engineering', 'Engineering on both sides', 'engineering')],
    },
    {
      tier: 'strategic',
      criteria: [...INTEGRATED, shown('marquee')],
      benefits: [benefit('executive-sponsor', 'An executive sponsor', 'executive')],
    },
  ],
  graceQuarters: 1,
  review: { afterMonths: 6, owner: 'partnerships' },
};

const starter = (content: TierRules): RulesVersion => ({
  version: 0,
  hash: rulesHash(content, BEGINNING),
  content,
});

/** What holds where nobody has published anything. Old decisions name its hash, so it never changes. */
export const STARTER_RULES: Readonly<Record<Track, RulesVersion>> = {
  commercial: starter(commercial),
  integration: starter(integration),
};

import type { Track } from '@tributary/contracts';
import { type Instant, type Json, canonicalJson, sha256Hex } from '@tributary/kernel';
import type { Fact } from '../facts/fact';
import type { Criterion } from '../rules/content';
import type { Tier } from '../standing/starts';
import { type Schedule, entitledByEvidence, rulesAt } from './entitled';
import { type Figure, figureOf } from './figures';
import { type Overview, overviewOf } from './overview';
import { type Risk, risksAt } from './risks';
import { tierAt } from '../standing/starts';

/** One requirement, what was found, and what is missing. */
export interface Judged {
  readonly criterion: Criterion;
  readonly met: boolean;
  readonly figure: Figure;
}

export interface JudgedTier {
  readonly tier: string;
  readonly met: boolean;
  readonly criteria: readonly Judged[];
}

/** Where a partner stands at a time, figure by figure. */
export interface Scorecard {
  readonly partner: string;
  readonly track: Track;
  readonly asOf: Instant;
  readonly rules: { readonly version: number; readonly hash: string };
  /** By the evidence alone. */
  readonly entitled: Tier;
  readonly tiers: readonly JudgedTier[];
  readonly risks: readonly Risk[];
  readonly overview: Overview;
  /** Over what was found and by which rules: the same facts give the same, whatever the order they came in. */
  readonly hash: string;
}

export interface Asked {
  readonly partner: string;
  readonly track: Track;
  readonly facts: readonly Fact[];
  readonly schedule: Schedule;
  readonly asOf: Instant;
  /** How much evidence to name with each figure. */
  readonly listed: number;
}

export function scorecardOf({ partner, track, facts, schedule, asOf, listed }: Asked): Scorecard {
  const { version, hash: rulesHash, content } = rulesAt(schedule, asOf);
  const tiers = content.tiers.map(({ tier, criteria }): JudgedTier => {
    const judged = criteria.map((criterion) => {
      const figure = figureOf(criterion, facts, content, { at: asOf, listed });
      return { criterion, met: figure.missing === null, figure };
    });
    return { tier, met: judged.every(({ met }) => met), criteria: judged };
  });
  const entitled = tierAt(entitledByEvidence(facts, schedule, asOf), asOf);
  const risks = risksAt(facts, content, asOf);
  const overview = overviewOf(facts, content, asOf);
  const decided = {
    partner,
    track,
    asOf,
    rules: { version, hash: rulesHash },
    entitled,
    tiers,
    risks,
    overview,
  };
  return { ...decided, hash: hashOf(decided) };
}

/** Where something was told is left out: that depends on what came when. */
function hashOf({ tiers, ...decided }: Omit<Scorecard, 'hash'>): string {
  const found = tiers.map(({ tier, criteria }) => ({
    tier,
    criteria: criteria.map(({ criterion, figure: { value, missing, digest } }) => ({
      id: criterion.id,
      value,
      missing,
      digest,
    })),
  }));
  return sha256Hex(canonicalJson({ ...decided, tiers: found } as unknown as Json));
}

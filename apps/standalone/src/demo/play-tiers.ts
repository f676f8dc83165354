import { asked, entered, told, until } from './front-door';
import type { DemoKeys } from './play-demo';
import { publishPlan } from './publish-plan';
import { ANSWER, CERTIFIED, EARNED, EXAM, SOLD, TIERED_PARTNER, TIER_PLAN } from './tier-story';

/** What a newcomer can ask about at once: paths. */
export interface TiersCase {
  readonly scorecard: string;
  readonly earned: string;
}

const PATHS = {
  standings: `/v1/partners/${TIERED_PARTNER}/standings`,
  scorecard: `/v1/partners/${TIERED_PARTNER}/standings/commercial/scorecard`,
  earned: `/v1/lines?partner=${TIERED_PARTNER}`,
};

/**
 * Westwind is certified, sells, and is promoted in the middle of March by the answer of a customer, so that March is computed
 * again. Each step is decided once, so the story may be cut short anywhere; once westwind was promoted, it is over.
 */
export async function playTiers(address: string, keys: DemoKeys): Promise<TiersCase> {
  const { scorecard, earned } = PATHS;
  const ask = async <T>(path: string): Promise<T> => await asked<T>(address + path, keys.auditor);
  const { items } = await ask<Standings>(PATHS.standings);
  const steps = items.flatMap((standing) => standing.steps);
  if (steps.some(({ value }) => value.applied === 'preferred')) return { scorecard, earned };

  for (const entry of CERTIFIED) await entered(address, keys, entry);
  await publishPlan(address, keys, { key: 'demo-tiers-plan', plan: TIER_PLAN });
  await told(address, keys.upstream, SOLD);
  // First a fifth of everything, so that what the promotion changes can be seen.
  await until(() => ask<Lines>(earned), hasEarned(EARNED.certified, EARNED.preferred));
  await entered(address, keys, EXAM);
  await told(address, keys.upstream, ANSWER);
  await until(() => ask<Lines>(earned), hasEarned(EARNED.preferred));
  return { scorecard, earned };
}

const hasEarned =
  (...amounts: readonly string[]) =>
  ({ totals: [sum] }: Lines): boolean =>
    sum !== undefined && amounts.includes(sum.posted);

interface Standings {
  readonly items: readonly {
    readonly steps: readonly { readonly value: { readonly applied: string | null } }[];
  }[];
}

interface Lines {
  readonly totals: readonly { readonly posted: string }[];
}

import type { AgreementData } from '@tributary/contracts';
import type { Told, Topics } from '@tributary/feeds';
import { type Instant, invariant } from '@tributary/kernel';
import type { Rule, WindowLength } from '../../engines/v1/plan';
import { topicOfAgreements, topicOfPlanShape } from '../domain/earnings/topics';
import { type WindowId, windowAt } from '../domain/earnings/window';
import type { PlanStep } from '../domain/plan/events';

/** A window that a line belongs to; `child`: of the partner above whose override it may earn. */
export interface Belonging {
  readonly id: WindowId;
  readonly zone: string;
  readonly child: string | null;
}

/** Of a plan what decides about its windows. Length and zone were fixed with its first version. */
export interface PlanShape {
  readonly zone: string;
  readonly length: WindowLength;
  /** Whether any version pays the partner above. */
  readonly paysParents: boolean;
  /** Measures that may earn a bonus. */
  readonly counts: readonly string[];
}

/** Answers from what was told, in as few questions as there are steps of the way. */
export class WindowFinder {
  constructor(private readonly topics: Pick<Topics, 'told'>) {}

  /** Every window in which any of these partners may earn on a line that was paid then, under whatever was agreed at any time. */
  async find(
    tenant: string,
    partners: readonly string[],
    paidAts: readonly Instant[],
  ): Promise<readonly Belonging[]> {
    const terms = await this.termsOf(tenant, partners);
    return belongingOf(terms, paidAts);
  }

  async termsOf(tenant: string, partners: readonly string[]): Promise<AgreedTerms> {
    const agreements = await this.topics.told(tenant, partners.map(topicOfAgreements));
    const plans = [...new Set(agreements.flatMap(plansIn))];
    return {
      partners: new Set(partners),
      agreements: agreements.map(({ data }) => data as unknown as AgreementData),
      plans: await this.shapesOf(tenant, plans),
    };
  }

  async shapesOf(
    tenant: string,
    plans: readonly string[],
  ): Promise<ReadonlyMap<string, PlanShape>> {
    const told = await this.topics.told(tenant, plans.map(topicOfPlanShape));
    return new Map(told.map(({ key, data }) => [key, data as unknown as PlanShape]));
  }
}

/** Asked for with every line, so it is told apart from the plan, which is long. */
export function shapeTold(plan: string, versions: readonly Told[]): Told {
  const steps = versions.flatMap(({ data }) => data['steps'] as unknown as readonly PlanStep[]);
  const documents = steps.map(({ value }) => value.plan);
  const [first] = documents;
  invariant(first, 'a plan that is told has a version');
  const rules = documents.flatMap((document) => document.rules);
  const data = {
    zone: first.timezone,
    length: first.window,
    paysParents: rules.some(({ payee }) => payee === 'partner.parent'),
    counts: [...new Set(countedBy(rules))],
  } satisfies PlanShape;
  const revision = Math.max(...steps.map(({ value }) => value.version));
  return { topic: topicOfPlanShape(plan), key: plan, revision, data };
}

const countedBy = (rules: readonly Rule[]): readonly string[] =>
  rules.flatMap(({ pay }) => ('when' in pay && 'count' in pay.when ? [pay.when.count] : []));

export interface AgreedTerms {
  readonly partners: ReadonlySet<string>;
  readonly agreements: readonly AgreementData[];
  readonly plans: ReadonlyMap<string, PlanShape>;
}

const plansIn = ({ data }: Told): readonly string[] =>
  (data as unknown as AgreementData).steps.flatMap(({ value }) => value.plan ?? []);

export function belongingOf(
  { partners, agreements, plans }: AgreedTerms,
  paidAts: readonly Instant[],
): readonly Belonging[] {
  const found = new Map<string, Belonging>();
  const steps = agreements.flatMap((agreement) => agreement.steps);
  for (const { at, from = at, value } of steps) {
    const shape = value.plan === null ? undefined : plans.get(value.plan);
    if (shape === undefined || !partners.has(value.partner)) continue;
    for (const paidAt of paidAts.filter((each) => from <= each))
      for (const belonging of underAgreement(value, shape, paidAt)) add(found, belonging);
  }
  return [...found.values()];
}

function underAgreement(
  { partner, plan, parent }: AgreementData['steps'][number]['value'],
  { zone, length, paysParents }: PlanShape,
  paidAt: Instant,
): readonly Belonging[] {
  if (plan === null) return [];
  const window = windowAt(paidAt, zone, length);
  const own = { id: { partner, plan, window }, zone, child: null };
  if (parent === null || !paysParents) return [own];
  return [own, { id: { partner: parent, plan, window }, zone, child: partner }];
}

function add(found: Map<string, Belonging>, belonging: Belonging): void {
  const { id, child } = belonging;
  found.set(`${id.partner} ${id.plan} ${id.window} ${child ?? ''}`, belonging);
}

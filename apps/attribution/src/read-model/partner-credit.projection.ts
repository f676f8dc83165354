import type { CreditedLine, DecisionBehind } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json, Step } from '@tributary/kernel';
import { type Credit, type CreditTimelines, historiesOf } from '../domain/credit/credit';

/** What a line says of credit since a time. */
export interface CreditSince {
  readonly at: Instant;
  readonly net: string;
  readonly parts: CreditedLine['parts'];
  readonly influenced: readonly string[];
  readonly decision: string | null;
  readonly unattributed: string | null;
}

/** Who is credited with a customer, or with one of its deals, as it stands. */
export interface StandingCredit {
  readonly deal: string | null;
  readonly decision: string;
  readonly rung: Credit['rung'];
  readonly parts: Credit['parts'];
  readonly influenced: Credit['influenced'];
  readonly unattributed: Credit['unattributed'];
}

/**
 * Customers, lines and what waits, in one projection so that all of it stands at one position. A line is one row whatever it is shared
 * into: its next telling replaces the row, and with it the partners that have a share no longer.
 */
export const partnerCredit = projection({
  name: 'partner_credit',
  version: 2,
  events: {
    CreditRevised: {
      $tenant: 'text',
      $recordedAt: 'instant',
      customer: 'text',
      canonical: 'text',
      programme: 'text?',
      'credits.general': 'json',
      'credits.deals': 'json',
      signedUpAt: 'instant?',
      firstPaidAt: 'instant?',
      customerType: 'text?',
      country: 'text?',
      segment: 'text?',
    },
    LineCredited: {
      $tenant: 'text',
      $recordedAt: 'instant',
      sale: 'text',
      payment: 'text',
      line: 'text',
      programme: 'text?',
      steps: 'json',
      decisions: 'json',
    },
    OrphanNoted: {
      $tenant: 'text',
      $recordedAt: 'instant',
      payment: 'text',
      'orphan.fact.source': 'text?',
      'orphan.fact.id': 'text?',
      'orphan.fact.at': 'instant?',
      'orphan.fact.fact.factId': 'text?',
      'orphan.fact.body.kind': 'text?',
      'orphan.retraction.retracted.source': 'text?',
      'orphan.retraction.retracted.id': 'text?',
    },
    OrphanHandedOver: {
      $tenant: 'text',
      payment: 'text',
      sale: 'text',
      'orphan.fact.source': 'text?',
      'orphan.fact.id': 'text?',
    },
  },
  tables: {
    credited_customer: keyedTable({
      key: { tenant: 'text', customer: 'text' },
      sets: {
        canonical: 'text',
        programme: 'text?',
        signed_up_at: 'instant?',
        first_paid_at: 'instant?',
        customer_type: 'text?',
        country: 'text?',
        segment: 'text?',
        credits: 'json',
        /** Sourced or influenced, in any of the credits. */
        partners: 'json',
      },
      indexes: ['using gin (partners jsonb_path_ops)', '(tenant, signed_up_at)'],
    }),
    credited_line: keyedTable({
      key: { tenant: 'text', sale: 'text', payment: 'text', line: 'text' },
      sets: {
        programme: 'text?',
        customer: 'text',
        paid_at: 'instant',
        asset: 'text',
        net: 'bigint',
        /** What holds, and what is known to hold from a later day on. */
        steps: 'json',
        partners: 'json',
        /** Why nobody is credited with money that is there. */
        unattributed: 'text?',
      },
      indexes: [
        'using gin (partners jsonb_path_ops)',
        '(tenant, customer, paid_at)',
        '(tenant, paid_at) where unattributed is not null',
      ],
    }),
    waiting_fact: keyedTable({
      key: { tenant: 'text', payment: 'text', source: 'text', id: 'text' },
      // Whichever comes first, so that the order of a fact and its retraction decides nothing.
      sets: {
        fact_id: 'text',
        kind: 'text',
        at: 'instant',
        since: 'instant',
        sale: 'text?',
        taken_back: 'boolean?',
      },
      indexes: ['(tenant, at) where fact_id is not null and sale is null and taken_back is null'],
    }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    switch (event.$type) {
      case 'CreditRevised': {
        const { customer, canonical, programme, customerType, country, segment } = event;
        const { 'credits.general': general, 'credits.deals': deals } = event;
        const timelines = { general, deals } as unknown as CreditTimelines;
        const credits = creditsOf(timelines, event.$recordedAt);
        const row = {
          signed_up_at: event.signedUpAt,
          first_paid_at: event.firstPaidAt,
          customer_type: customerType,
          credits: credits as unknown as Json,
          partners: partnersIn(credits),
        };
        const what = { canonical, programme, country, segment };
        return { credited_customer: [{ tenant, customer, ...what, ...row }] };
      }
      case 'LineCredited': {
        const { sale, payment, line, programme, $recordedAt } = event;
        const decisions = listOf<DecisionBehind>(event.decisions);
        const steps = listOf<Step<CreditedLine>>(event.steps);
        const row = lineOf(steps, decisions, $recordedAt);
        return { credited_line: [{ tenant, sale, payment, line, programme, ...row }] };
      }
      case 'OrphanNoted':
        return { waiting_fact: orphanOf(event) };
      case 'OrphanHandedOver': {
        const { payment, sale, 'orphan.fact.source': source, 'orphan.fact.id': id } = event;
        if (source === null || id === null) return {};
        return { waiting_fact: [{ tenant, payment, source, id, sale }] };
      }
    }
  },
});

const listOf = <T>(json: Json): readonly T[] => json as unknown as readonly T[];

/** Of the steps of a history what holds at a time, else what will hold first, with everything behind it. */
function standing<S extends { readonly at: Instant }>(
  steps: readonly S[],
  at: Instant,
): readonly S[] {
  const index = steps.findLastIndex((step) => step.at <= at);
  return index <= 0 ? steps : steps.slice(index);
}

function creditsOf(timelines: CreditTimelines, at: Instant): StandingCredit[] {
  return historiesOf(timelines).flatMap(([deal, steps]) => {
    const credit = standing(steps, at)[0]?.value;
    if (credit === undefined) return [];
    const { decision, rung, parts, influenced, unattributed } = credit;
    return [{ deal, decision, rung, parts, influenced, unattributed }];
  });
}

function lineOf(
  steps: readonly Step<CreditedLine>[],
  decisions: readonly DecisionBehind[],
  at: Instant,
) {
  const whyOf = new Map(decisions.map(({ decision, unattributed }) => [decision, unattributed]));
  const kept = standing(steps, at);
  const now = (kept[0] as Step<CreditedLine>).value;
  const told = kept.map(({ at: since, value }): CreditSince => ({
    at: since,
    net: value.net,
    parts: value.parts,
    influenced: value.influenced.map(({ partner }) => partner),
    decision: value.decision,
    unattributed: value.decision === null ? null : (whyOf.get(value.decision) ?? null),
  }));
  const net = BigInt(now.net);
  return {
    customer: now.customer.pseudonym,
    paid_at: now.paidAt,
    asset: now.asset,
    net,
    steps: told as unknown as Json,
    partners: partnersIn(told),
    unattributed: net === 0n ? null : (told[0]?.unattributed ?? null),
  };
}

const partnersIn = (
  credits: readonly {
    readonly parts: readonly { readonly partner: string }[];
    readonly influenced: readonly string[];
  }[],
): string[] => [
  ...new Set(
    credits.flatMap(({ parts, influenced }) => [
      ...parts.map(({ partner }) => partner),
      ...influenced,
    ]),
  ),
];

/** Either a fact that waits, or the word that one which waits, or is still to come, counts no longer. */
function orphanOf(event: {
  readonly $tenant: string;
  readonly $recordedAt: Instant;
  readonly payment: string;
  readonly 'orphan.fact.source': string | null;
  readonly 'orphan.fact.id': string | null;
  readonly 'orphan.fact.at': Instant | null;
  readonly 'orphan.fact.fact.factId': string | null;
  readonly 'orphan.fact.body.kind': string | null;
  readonly 'orphan.retraction.retracted.source': string | null;
  readonly 'orphan.retraction.retracted.id': string | null;
}) {
  const { $tenant: tenant, $recordedAt: since, payment } = event;
  const { 'orphan.fact.source': source, 'orphan.fact.id': id, 'orphan.fact.at': at } = event;
  const { 'orphan.fact.fact.factId': fact_id, 'orphan.fact.body.kind': kind } = event;
  if (source !== null && id !== null && at !== null && fact_id !== null && kind !== null)
    return [{ tenant, payment, source, id, fact_id, kind, at, since }];
  const retracted = {
    source: event['orphan.retraction.retracted.source'],
    id: event['orphan.retraction.retracted.id'],
  };
  if (retracted.source === null || retracted.id === null) return [];
  const key = { tenant, payment, source: retracted.source, id: retracted.id };
  return [{ ...key, taken_back: true }];
}

import { keyedTable, projection } from '@tributary/feeds';
import type { Json } from '@tributary/kernel';

const CLICK = 'tributary.touch.click.v1';

/** What a list of items or references says of facts; only their ids are of interest here. */
type WithFact = { readonly fact: { readonly factId: string } };
type WithFactId = { readonly factId: string };

/** Pieces that are put aside for want of an answer are decided about once it is there, and until then they wait. */
const WAITING: ReadonlySet<string> = new Set(['unknown_link', 'unknown_partner']);

const idsOf = (refs: readonly WithFactId[]): string[] => [
  ...new Set(refs.map(({ factId }) => factId)),
];

/**
 * How far facts have come, and the clicks among them. What a fact says is not repeated here: whoever asks for one fact is answered from
 * its stream, so that a million facts do not cost a million rows.
 */
export const factOutcomes = projection({
  name: 'fact_outcomes',
  version: 6,
  events: {
    FactAccepted: {
      $stream: 'text',
      $tenant: 'text',
      $occurredAt: 'instant',
      source: 'text',
      id: 'text',
      type: 'text',
      programme: 'text?',
      waitsUntil: 'instant?',
      'data.partnerRef': 'text?',
      'data.linkId': 'text?',
      'data.visitorId': 'text?',
    },
    FactBecameDue: { $stream: 'text' },
    FactRetracted: { $stream: 'text', why: 'text' },
    MeasureRevised: { evidence: 'json' },
    EvidenceNoted: { items: 'json' },
    CustomerEvidenceNoted: { items: 'json' },
    SubscriptionNoted: { 'fact.factId': 'text' },
    CrowdFound: { $tenant: 'text', 'identifier.id': 'text' },
    CreditDecided: { decision: 'text', evidence: 'json', discarded: 'json' },
    LineCredited: { facts: 'json' },
  },
  tables: {
    click: keyedTable({
      key: { stream: 'text' },
      keeps: {
        tenant: 'text',
        programme: 'text',
        partner: 'text',
        link: 'text',
        visitor: 'text',
        at: 'instant',
        taken_back: 'text',
      },
      indexes: [
        '(tenant, partner, at) where partner is not null',
        '(tenant, link, at) where link is not null',
      ],
    }),
    // Only of facts that lay ahead when they came, so that whoever says what time it is finds them.
    fact_ahead: keyedTable({
      key: { stream: 'text' },
      keeps: {
        tenant: 'text',
        source: 'text',
        id: 'text',
        waits_until: 'instant',
        taken_up: 'boolean',
      },
      indexes: ['(tenant, waits_until, stream) where taken_up is null'],
    }),
    // By the fact itself: a correlation id is the sender's, who may give one to all events of a deal.
    fact_stage: keyedTable({
      key: { fact_id: 'text', stage: 'text' },
      keeps: { position: 'bigint' },
    }),
    // A decision names up to two hundred facts, so it is one row that is found by any of them.
    credit_decision: keyedTable({
      key: { decision: 'text' },
      keeps: { facts: 'json', position: 'bigint' },
      indexes: ['using gin (facts jsonb_path_ops)'],
    }),
    crowd: keyedTable({ key: { tenant: 'text', identifier: 'text' } }),
  },
  rows(event) {
    const { $position: position } = event;
    const stages = (stage: string, factIds: readonly string[]) => ({
      fact_stage: factIds.map((fact_id) => ({ fact_id, stage, position })),
    });
    switch (event.$type) {
      case 'FactAccepted': {
        const { $stream: stream, $tenant: tenant, $occurredAt: at, source, id } = event;
        const { waitsUntil: waits_until } = event;
        return {
          ...(event.type === CLICK && { click: [{ stream, tenant, at, ...clickOf(event) }] }),
          ...(waits_until !== null && {
            fact_ahead: [{ stream, tenant, source, id, waits_until }],
          }),
        };
      }
      case 'FactBecameDue':
        return { fact_ahead: [{ stream: event.$stream, taken_up: true }] };
      case 'FactRetracted':
        return { click: [{ stream: event.$stream, taken_back: event.why }] };
      case 'MeasureRevised':
        return stages('measured', idsOf(listOf<WithFactId>(event.evidence)));
      case 'EvidenceNoted':
      case 'CustomerEvidenceNoted':
        return stages('identified', idsOf(listOf<WithFact>(event.items).map(({ fact }) => fact)));
      case 'SubscriptionNoted':
        return stages('identified', [event['fact.factId']]);
      case 'CrowdFound':
        return { crowd: [{ tenant: event.$tenant, identifier: event['identifier.id'] }] };
      case 'CreditDecided': {
        const { decision, evidence, discarded } = event;
        const put = listOf<WithFact & { readonly reason: string }>(discarded);
        const judged = put.filter(({ reason }) => !WAITING.has(reason));
        const named = [...listOf<WithFactId>(evidence), ...judged.map(factOf)];
        return { credit_decision: [{ decision, facts: idsOf(named), position }] };
      }
      case 'LineCredited':
        return stages('credited', idsOf(listOf<WithFactId>(event.facts)));
    }
  },
});

const listOf = <T>(json: Json): readonly T[] => json as unknown as readonly T[];
const factOf = ({ fact }: WithFact): WithFactId => fact;

/** A column that keeps the first value is left out where there is none. */
function clickOf(event: {
  readonly programme: string | null;
  readonly 'data.partnerRef': string | null;
  readonly 'data.linkId': string | null;
  readonly 'data.visitorId': string | null;
}) {
  const { programme, 'data.partnerRef': partner, 'data.linkId': link } = event;
  const visitor = event['data.visitorId'];
  return {
    ...(programme !== null && { programme }),
    ...(partner !== null && { partner }),
    ...(partner === null && link !== null && { link }),
    ...(visitor !== null && { visitor }),
  };
}

import { Injectable } from '@nestjs/common';
import { type Instant, categoryOf, idsOf } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { DiscardReason } from '../domain/credit/credit';
import { customerStreamOf } from '../domain/customer/events';
import type { FactRef } from '../domain/evidence';
import type { FactKey } from '../domain/sale/events';
import { isOf } from '../domain/identifier/items';
import { type OrphanHandedOver, paymentStreamOf } from '../domain/payment/events';
import { topicOfLead } from '../domain/prospect/events';
import type { Command } from '../domain/routing/commands';
import { followUpsOf } from '../domain/routing/follow-ups';
import type { RoutedFact } from '../domain/routing/routed';
import { isSameKey } from '../domain/sale/state';
import { countedFacts } from '../domain/sale/which-counts';
import { topicOfIdentifier } from '../domain/topics';
import { Cases } from './cases.queries';
import { type CustomerCase, caseOf } from './customer-case';
import { type SaleFile, type WhyNot, asideOf } from './sale-file';
import { Sales } from './sales.queries';

/** Of a fact that many customers know, so many are looked at. */
const MOST_CUSTOMERS = 20;

/** What became of a piece of evidence at one customer, by the decision in force. */
export interface EvidenceOutcome {
  readonly customer: string;
  readonly deal: string | null;
  readonly decision: string | null;
  readonly winner: boolean;
  readonly partner: string | null;
  /** The share of its partner, of all shares together. */
  readonly weight: number | null;
  readonly ofWeight: number | null;
  readonly reason: DiscardReason | null;
}

/** What became of a fact of money in its sale. */
export interface SaleOutcome {
  readonly sale: string;
  readonly counts: boolean;
  readonly why: WhyNot | null;
  readonly by: (FactRef & Partial<FactKey>) | null;
}

export interface ClaimOutcome {
  readonly prospect: string;
  readonly lead: string;
  readonly state: string;
}

export type WaitingFor = 'customer_unknown' | 'invoice_unknown' | 'its_time' | 'not_linked';

/** Everything that a fact has led to, as it stands. */
export interface Consequences {
  readonly evidence: readonly EvidenceOutcome[];
  /** Customers that know of it. Of more than are listed nothing further is said. */
  readonly customers: readonly string[];
  readonly sales: readonly SaleOutcome[];
  readonly claims: readonly ClaimOutcome[];
  readonly measures: readonly {
    readonly partner: string;
    readonly measure: string;
    readonly subject: string;
  }[];
  readonly retracts: readonly FactKey[];
  /** Why nothing has come of it yet. */
  readonly waiting: WaitingFor | null;
}

/** Of a fact that lies ahead. */
export const NOTHING_YET: Consequences = {
  evidence: [],
  customers: [],
  sales: [],
  claims: [],
  measures: [],
  retracts: [],
  waiting: 'its_time',
};

/** Follows a fact along the same ways on which it was handed on, so that nothing has to be written down for whoever may ask. */
@Injectable()
export class FactConsequences {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly cases: Cases,
    private readonly sales: Sales,
  ) {}

  async of(fact: RoutedFact, on: Instant): Promise<Consequences> {
    const commands = followUpsOf(fact);
    const claims = await this.claimsOf(fact, commands);
    const { evidence, customers } = await this.evidenceOf(fact, commands, on);
    const { sales, waiting } = await this.moneyOf(fact, commands);
    const isLoose = isEvidence(fact) && customers.length === 0;
    return {
      evidence,
      customers,
      sales,
      claims,
      measures: commands.flatMap((command) =>
        command.type === 'ObserveMeasure'
          ? [{ partner: command.partner, measure: command.measure, subject: command.subject }]
          : [],
      ),
      retracts: commands.flatMap((command) =>
        command.type === 'RetractFact'
          ? [{ source: command.retraction.source, id: command.retraction.id }]
          : [],
      ),
      waiting: waiting ?? (isLoose ? 'not_linked' : null),
    };
  }

  private async evidenceOf(
    fact: RoutedFact,
    commands: readonly Command[],
    on: Instant,
  ): Promise<Pick<Consequences, 'customers' | 'evidence'>> {
    const { tenant } = fact;
    const streams = await this.followersOf(tenant, commands);
    const evidence: EvidenceOutcome[] = [];
    const customers: string[] = [];
    const isAbout = aboutIn(fact, commands);
    for (const stream of streams.slice(0, MOST_CUSTOMERS)) {
      const customer = idsOf(stream)[0] as string;
      const file = await this.cases.file(tenant, customer);
      if (!file) continue;
      const found = caseOf(file, on);
      // Who has followed a name that was un-linked since still knows it, and is not concerned.
      if (!found.evidence.some(({ item, linked }) => linked && isAbout(item))) continue;
      customers.push(customer);
      evidence.push(...outcomesIn(found, isAbout));
    }
    return { evidence, customers };
  }

  /** Customers that the fact names, and those that follow a name which it is about. */
  private async followersOf(tenant: string, commands: readonly Command[]) {
    const own = new Set(
      commands.flatMap((command) =>
        command.type === 'NoteCustomer' || command.type === 'NoteSubscription'
          ? [customerStreamOf(tenant, command.customer)]
          : [],
      ),
    );
    const topics = new Set(commands.flatMap(topicsOf));
    const followers = await this.runtime.topics.followers(tenant, [...topics]);
    for (const streams of followers.values())
      for (const stream of streams) if (categoryOf(stream) === 'customer') own.add(stream);
    return [...own];
  }

  private async claimsOf(
    { tenant }: RoutedFact,
    commands: readonly Command[],
  ): Promise<readonly ClaimOutcome[]> {
    const claims: { prospect: string; lead: string }[] = [];
    for (const command of commands) {
      if (command.type === 'RegisterClaim') claims.push(command);
      if (command.type !== 'TellLead') continue;
      const { lead } = command;
      const topic = topicOfLead(lead);
      const followers = (await this.runtime.topics.followers(tenant, [topic])).get(topic) ?? [];
      claims.push(...followers.map((stream) => ({ prospect: idsOf(stream)[0] as string, lead })));
    }
    if (claims.length === 0) return [];
    const { rows } = await this.runtime.database.query<ClaimOutcome & { readonly tenant: string }>(
      `select c.prospect, c.lead, c.state from claim c
       join unnest($2::text[], $3::text[]) a (prospect, lead) using (prospect, lead) where c.tenant = $1 order by 1, 2`,
      [tenant, claims.map(({ prospect }) => prospect), claims.map(({ lead }) => lead)],
    );
    return rows;
  }

  private async moneyOf(
    fact: RoutedFact,
    commands: readonly Command[],
  ): Promise<Pick<Consequences, 'sales' | 'waiting'>> {
    const named = new Set<string>();
    let waiting: WaitingFor | null = null;
    for (const command of commands) {
      if (command.type === 'TakeSaleFact') named.add(command.sale);
      if (command.type !== 'NoteOrphan') continue;
      const handedTo = await this.handedTo(fact, command.payment);
      for (const sale of handedTo) named.add(sale);
      if (handedTo.length === 0) waiting = 'invoice_unknown';
    }
    const sales: SaleOutcome[] = [];
    for (const sale of named) {
      const file = await this.sales.file(fact.tenant, sale);
      const outcome = file && outcomeIn(file, fact);
      if (outcome) sales.push(outcome);
      if (file && outcome?.counts === true && isNobodys(file, fact)) waiting = 'customer_unknown';
    }
    return { sales, waiting };
  }

  private async handedTo({ tenant, ...fact }: RoutedFact, payment: string): Promise<string[]> {
    const sales: string[] = [];
    for await (const { type, data } of this.runtime.log.read(paymentStreamOf(tenant, payment))) {
      if (type !== 'OrphanHandedOver') continue;
      const { sale, orphan } = data as unknown as OrphanHandedOver['data'];
      if ('fact' in orphan && isSameKey(orphan.fact, fact)) sales.push(sale);
    }
    return sales;
  }
}

const LOOSE = ['tributary.touch.', 'tributary.lead.', 'tributary.deal.', 'tributary.identity.'];

const isEvidence = ({ type }: RoutedFact): boolean =>
  LOOSE.some((prefix) => type.startsWith(prefix));

function topicsOf(command: Command): string[] {
  switch (command.type) {
    case 'NoteEvidence':
      return [topicOfIdentifier(command.identifier)];
    case 'NoteCustomer':
      return [topicOfIdentifier({ kind: 'customer', id: command.customer })];
    case 'RegisterClaim':
      return [
        topicOfIdentifier({ kind: 'lead', id: command.lead }),
        topicOfIdentifier(command.key),
      ];
    case 'TellLead':
      return [topicOfIdentifier({ kind: 'lead', id: command.lead })];
    default:
      return [];
  }
}

/** Whether an item is of this fact. What is known of a claim is one item, whichever of its facts said it. */
function aboutIn(
  { fact: { factId } }: RoutedFact,
  commands: readonly Command[],
): (item: string) => boolean {
  const leads = commands.flatMap((command) =>
    command.type === 'RegisterClaim' || command.type === 'TellLead' ? [command.lead] : [],
  );
  return (item) =>
    isOf(item, factId) ||
    (item.startsWith('claim.') && leads.some((lead) => item.endsWith(`.${lead}`)));
}

function outcomesIn(
  { customer, current }: CustomerCase,
  isAbout: (item: string) => boolean,
): EvidenceOutcome[] {
  return current.flatMap(({ deal, decision, winners, ofWeight, evidence, discarded }) => {
    const won = evidence
      .filter(({ item }) => isAbout(item))
      .map(({ partner }): EvidenceOutcome => {
        const weight = winners
          .filter((part) => part.partner === partner)
          .reduce((sum, part) => sum + part.weight, 0);
        const share = { weight, ofWeight, reason: null };
        return { customer, deal, decision, winner: true, partner, ...share };
      });
    const lost = discarded
      .filter(({ item }) => isAbout(item))
      .map(({ partner, reason }): EvidenceOutcome => {
        const share = { weight: null, ofWeight: null, reason };
        return { customer, deal, decision, winner: false, partner, ...share };
      });
    return [...won, ...lost];
  });
}

function outcomeIn(file: SaleFile, fact: FactKey): SaleOutcome | undefined {
  const { sale, state } = file;
  if (!state.taken.some((each) => isSameKey(each.fact, fact))) return undefined;
  const counted = countedFacts(state);
  if (counted.some((each) => isSameKey(each, fact)))
    return { sale, counts: true, why: null, by: null };
  const aside = asideOf(file, counted).find((each) => isSameKey(each, fact));
  return { sale, counts: false, why: aside?.why ?? null, by: aside?.by ?? null };
}

/** Whether lines that rest on this fact have no customer who is known. */
function isNobodys({ revisions }: SaleFile, { fact: { factId } }: RoutedFact): boolean {
  const latest = new Map(revisions.map(({ told }) => [`${told.payment}/${told.line}`, told]));
  const own = [...latest.values()].filter(({ facts }) =>
    facts.some((each) => each.factId === factId),
  );
  return (
    own.length > 0 &&
    own.every(({ decisions }) => decisions.at(-1)?.unattributed === 'customer_unknown')
  );
}

import type { LeadDecidedData, LeadRegisteredData, LeadUpdatedData } from '@tributary/contracts';
import { instant } from '@tributary/kernel';
import { toldOfLead } from '../prospect/consequences';
import { type About, type CompanyKey, prospectOf } from '../prospect/events';
import { type Command, noteAt } from './commands';
import { type RoutedFact, identifierOf, itemOf, linkTo } from './routed';

/** A partner claims a company: by its tax id where that is known, else by its domain. */
export function whenLeadRegistered(fact: RoutedFact<LeadRegisteredData>): Command[] {
  const { tenant, programme, at, data } = fact;
  const { leadRef: lead, partnerRef: partner, company } = data;
  const keys = keysOf(fact, company);
  const [key] = keys as [CompanyKey];
  const prospects = keys.map((each) => prospectOf(tenant, programme, each));
  const [prospect] = prospects as [string];
  const claim: Command = {
    type: 'RegisterClaim',
    prospect,
    programme,
    key,
    lead,
    partner,
    at,
    fact: fact.fact,
    about: aboutOf(data),
    // The schema of a registration asks for all that a decision needs.
    complete: true,
  };
  const named = { kind: 'lead', id: lead } as const;
  const links = keys.map((each, i) => itemOf(fact, i + 1, linkTo(each, 'lead')));
  // Only from the lead's side: a company that many claim is still one company.
  return [claim, ...links.map((item) => noteAt(named, item)), ...sameCompany(fact, prospects)];
}

/** One company under two keys has two prospects, which then compete as one. */
function sameCompany({ at, fact }: RoutedFact<object>, prospects: readonly string[]): Command[] {
  const [one, other] = prospects;
  if (one === undefined || other === undefined) return [];
  return [
    { type: 'NoteSameCompany', prospect: one, other, linked: true, at, fact },
    { type: 'NoteSameCompany', prospect: other, other: one, linked: true, at, fact },
  ];
}

function keysOf(
  fact: RoutedFact<object>,
  { taxId, domain }: LeadRegisteredData['company'],
): CompanyKey[] {
  const company = identifierOf(fact, 'company', domain) as CompanyKey;
  return taxId === undefined ? [company] : [{ kind: 'tax', id: taxId }, company];
}

function aboutOf({ company, product, value, asset, territory, vertical }: LeadUpdatedData): About {
  const { name, domain } = company ?? {};
  const about = { name, domain, product, value, asset, territory, vertical };
  return Object.fromEntries(Object.entries(about).filter(([, said]) => said !== undefined));
}

/** It names the lead alone; whichever prospect has that lead hears of it. */
export function whenLeadUpdated(fact: RoutedFact<LeadUpdatedData>): Command[] {
  const { data, at } = fact;
  const { leadRef: lead, partnerRef } = data;
  const partner = partnerRef === undefined ? {} : { partner: partnerRef };
  const about = aboutOf(data);
  const told = toldOfLead({
    type: 'UpdateClaim',
    lead,
    ...partner,
    at,
    fact: fact.fact,
    about,
    complete: false,
  });
  return [{ type: 'TellLead', lead, told }];
}

const DECISIONS = { approve: 'approved', reject: 'refused', extend: 'extended' } as const;

export function whenLeadDecided(fact: RoutedFact<LeadDecidedData>): Command[] {
  const { leadRef: lead, decision, ruleRefs: rules, protectionUntil, actor } = fact.data;
  const until = protectionUntil === undefined ? {} : { until: instant(protectionUntil) };
  const told = toldOfLead({
    type: 'DecideClaim',
    lead,
    decision: DECISIONS[decision],
    rules,
    ...until,
    decidedBy: actor,
    at: fact.at,
    fact: fact.fact,
  });
  return [{ type: 'TellLead', lead, told }];
}

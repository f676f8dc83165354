import {
  type Decider,
  type Decision,
  type Instant,
  accept,
  laterOf,
  nothing,
  unreachable,
} from '@tributary/kernel';
import type { CustomerTold, Topic } from '../customer/events';
import { isNews } from '../retraction';
import { topicOfCustomerTold, topicOfProgramme } from '../topics';
import type { LearnOrdinals, RetractSaleFact, SaleCommand } from './commands';
import { changedCounts } from './counted-payments';
import type { RankingLearned, SaleEvent } from './events';
import { changedLines } from './line-timeline';
import { type Sale, evolve, initialSale, isSameKey } from './state';
import { hasAlternatives, programmeOf } from './which-counts';

/** Fed by reactions alone, so it never refuses: what cannot be applied is said on the line. */
export const sale: Decider<SaleCommand, SaleEvent, Sale> = {
  initial: initialSale,
  decide,
  evolve,
  step: (state) => (state.isBehind ? linesToTell(state) : []),
  // A repeat is recognised by the fact's key and by revisions.
  remembersCommands: false,
  mostlyNew: true,
};

function decide(command: SaleCommand, state: Sale): Decision<SaleEvent, never> {
  const told = command.type === 'TakeSaleFact' && command.told;
  // First, so that what follows from the fact is told with it and not twice.
  const learned = told && customerLearned(command.sale, told, command.fact.at, state);
  const known = learned ? evolve(state, learned) : state;
  const news = newsOf(command, known);
  if (news === undefined && !learned) return nothing;
  const next = news ? evolve(known, news) : known;
  return accept(
    ...(learned ? [learned] : []),
    ...(news ? [withFollows(news, next)] : []),
    ...countsToTell(next),
    ...linesToTell(next),
  );
}

/** The event that takes in what was said; undefined where it was known. */
function newsOf(command: SaleCommand, state: Sale): SaleEvent | undefined {
  switch (command.type) {
    case 'TakeSaleFact': {
      const { sale, fact, supersedes } = command;
      if (state.taken.some((known) => isSameKey(known.fact, fact))) return undefined;
      const data = { sale, fact, supersedes, follows: [] };
      return { type: 'SaleFactTaken', data, occurredAt: fact.at };
    }
    case 'RetractSaleFact':
      return retracted(command, state);
    case 'LearnCustomer':
      return customerLearned(command.sale, command.told, command.at, state);
    case 'LearnOrdinals':
      return ordinalsLearned(command, state);
    case 'LearnRanking': {
      const { sale, programme, revision, sources, at } = command;
      if ((state.rankings[programme]?.revision ?? 0) >= revision) return undefined;
      const data: RankingLearned['data'] = { sale, programme, revision, sources };
      return { type: 'RankingLearned', data, occurredAt: at };
    }
    default:
      return unreachable(command);
  }
}

function retracted(
  { sale, retracted: key, factId, ...said }: RetractSaleFact,
  { withdrawn }: Sale,
): SaleEvent | undefined {
  const own = withdrawn.filter((each) => isSameKey(each, key));
  const hasNews = isNews(said, own);
  // What a superseded fact knows its heir by may be said later than that the heir is retracted.
  const knownBy = own.find((each) => each.factId !== undefined)?.factId;
  if (!hasNews && (factId === undefined || knownBy === factId)) return undefined;
  const known = hasNews ? undefined : own.find((each) => each.why === said.why);
  const { why, by, at } = known ?? said;
  const heir = factId ?? knownBy;
  const data = { sale, retracted: key, ...(heir !== undefined && { factId: heir }), by, why };
  return { type: 'SaleFactRetracted', data, occurredAt: at };
}

function customerLearned(
  sale: string,
  told: CustomerTold,
  at: Instant,
  { customers }: Sale,
): SaleEvent | undefined {
  if ((customers[told.customer]?.revision ?? 0) >= told.revision) return undefined;
  return { type: 'CustomerLearned', data: { sale, told, follows: [] }, occurredAt: at };
}

function ordinalsLearned(
  { sale, customer, revision, payments, at }: LearnOrdinals,
  { ordinals }: Sale,
): SaleEvent | undefined {
  const news = payments.filter(
    ({ payment }) => (ordinals[payment]?.[customer]?.revision ?? 0) < revision,
  );
  if (news.length === 0) return undefined;
  const data = { sale, customer, revision, payments: news };
  return { type: 'OrdinalsLearned', data, occurredAt: at };
}

/** Every customer that a payment names, and the ranking once two facts say the same thing. */
function withFollows(news: SaleEvent, next: Sale): SaleEvent {
  if (news.type !== 'CustomerLearned' && news.type !== 'SaleFactTaken') return news;
  const topics = new Set<Topic>();
  for (const { fact } of next.taken)
    if (fact.body.kind === 'paid') topics.add(topicOfCustomerTold(fact.body.customer));
  if (hasAlternatives(next)) topics.add(topicOfProgramme(programmeOf(next)));
  for (const topic of next.followed) topics.delete(topic);
  if (topics.size === 0) return news;
  const follows = [...topics];
  return news.type === 'SaleFactTaken'
    ? { ...news, data: { ...news.data, follows } }
    : { ...news, data: { ...news.data, follows } };
}

/** So many fit into one event. */
const MOST_COUNTS = 100;

function countsToTell(state: Sale): readonly SaleEvent[] {
  const events: SaleEvent[] = [];
  let left = changedCounts(state);
  for (; left.length > 0; left = left.slice(MOST_COUNTS)) {
    const payments = left.slice(0, MOST_COUNTS);
    const occurredAt = payments.map(({ paidAt }) => paidAt).reduce(laterOf);
    events.push({ type: 'PaymentsCounted', data: { sale: state.sale, payments }, occurredAt });
  }
  return events;
}

/** So many lines fit an append whatever stands in them. */
const FEW_LINES = 4;
const MOST_BYTES_AT_ONCE = 256 * 1024;

/** Lines that changed, as many as one append takes; the rest is left for the next step. */
function linesToTell(state: Sale): readonly SaleEvent[] {
  const changed = changedLines(state);
  const events: SaleEvent[] = [];
  let bytes = 0;
  for (const data of changed) {
    if (changed.length > FEW_LINES) bytes += Buffer.byteLength(JSON.stringify(data));
    if (bytes > MOST_BYTES_AT_ONCE) break;
    const occurredAt = data.steps.map(({ at }) => at).reduce(laterOf);
    events.push({ type: 'LineCredited', data, occurredAt });
  }
  const left = changed.length - events.length;
  const last = events.at(-1);
  if (left > 0 && last)
    events.push({
      type: 'LinesPostponed',
      data: { sale: state.sale, lines: left },
      occurredAt: last.occurredAt,
    });
  return events;
}

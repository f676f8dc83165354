import { type Day, type Instant, dayOf } from '@tributary/kernel';
import type { JournalLeg, Standing } from '../journal';

/** The books of one entity over some days, as they were known: all that a file is made of, so that the same bytes come again. */
export interface Exported {
  readonly entity: string;
  readonly zone: string;
  readonly position: bigint;
  readonly known: Instant | null;
  readonly from: Day;
  /** The last day, whole. */
  readonly to: Day;
  /** What stood before the first day. */
  readonly opening: readonly Standing[];
  /** As things happened; the legs of an entry stand together. */
  readonly legs: AsyncIterable<JournalLeg>;
  /** What stands after the last day, of every account that was ever used; zero as well. */
  readonly closing: readonly Standing[];
}

export type Writer = (exported: Exported) => AsyncGenerator<string, void, undefined>;

export interface Transaction {
  readonly date: Day;
  readonly first: JournalLeg;
  readonly legs: readonly JournalLeg[];
}

/** Days never run backwards, also where a zone once did. */
export async function* transactionsOf({
  legs,
  zone,
  from,
}: Exported): AsyncGenerator<Transaction, void, undefined> {
  let date = from;
  let open: JournalLeg[] = [];
  const closed = (first: JournalLeg): Transaction => {
    const day = dayOf(first.occurredAt, zone);
    if (day > date) date = day;
    return { date, first, legs: open };
  };
  for await (const leg of legs) {
    const [first] = open;
    if (first && first.position !== leg.position) {
      yield closed(first);
      open = [];
    }
    open.push(leg);
  }
  const [first] = open;
  if (first) yield closed(first);
}

/** The dimensions of a leg that are there. */
export const dimensionsOf = ({
  programme,
  partner,
  plan,
  country,
  bank,
}: JournalLeg): readonly (readonly [string, string])[] =>
  Object.entries({ programme, partner, plan, country, bank }).filter(
    (dimension): dimension is [string, string] => dimension[1] !== null,
  );

/** About the event, in the words of every format. */
export const factsOf = (leg: JournalLeg): readonly (readonly [string, string])[] =>
  Object.entries({
    event: leg.eventId,
    stream: leg.stream,
    occurred: leg.occurredAt,
    recorded: leg.recordedAt,
    period: leg.period,
    earnedin: leg.earnedIn,
  }).filter((fact): fact is [string, string] => fact[1] !== null);

/** Whom an entry is about, where that is one partner. */
export function payeeOf(legs: readonly JournalLeg[]): string {
  const partners = new Set(legs.flatMap(({ partner }) => partner ?? []));
  const [only, ...others] = partners;
  return only !== undefined && others.length === 0 ? only : '';
}

/** Control characters, and what any of the formats gives a meaning; a space would be trimmed at either end. */
// eslint-disable-next-line no-control-regex -- it is control characters that must not get into a file read by lines
const SPECIAL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029%,;|"\\[\]]|^[ ]|[ ]$/g;

/** Text of others in a comment, a tag or a name: percent-encoded where it could be taken for something else. */
export const plain = (text: string): string => text.replace(SPECIAL, encodeURIComponent);

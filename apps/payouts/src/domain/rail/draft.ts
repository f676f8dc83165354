import type { Day, Instant, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import { breakOfItem, breakOfLine, closedEvent, latestOf, openedEvent, startOf } from './breaks';
import type { Break, BreakType, Candidate } from './break-events';
import type { RailEvent } from './events';
import { evolveAhead, evolveRail, remember } from './evolve';
import { entryOfBooked } from './booked';
import {
  type BookedKind,
  type ItemMatch,
  type LineUnmatched,
  type LinesBooked,
  type Tier,
  isBooked,
} from './match-events';
import { type Rail, lineOf, ofRail } from './state';

/** An event is at most 60 KiB; a match of one line takes some 300 bytes. */
const MOST_MATCHES = 120;
const MOST_BREAKS = 120;
const MOST_ITEMS = 400;

type Booked = LinesBooked['data']['lines'][number];
interface Closing {
  readonly closed: Break;
  readonly because: string;
  readonly by: string | null;
}

/**
 * What is decided about many lines, as few events. Its state is always that after everything decided so far, so that each decision
 * sees those before it; what is pending is written in an order that leads to the same state.
 */
export class Draft {
  private readonly events: RailEvent[] = [];
  private matches: ItemMatch[] = [];
  private matchedItems = 0;
  private booked = new Map<string, { kind: BookedKind; tier: Tier; day: Day; lines: Booked[] }>();
  private opening = new Map<string, Break>();
  private closing = new Map<string, Closing>();
  /** What the events so far lead to, without what is pending. */
  private written: Rail;

  constructor(public state: Rail) {
    this.written = state;
  }

  /** How much has been decided, in what events will roughly hold. */
  get size(): number {
    return (
      this.events.length * MOST_MATCHES +
      this.matches.length +
      this.opening.size +
      this.closing.size +
      this.booked.size
    );
  }

  match(match: ItemMatch): void {
    this.matches.push(match);
    this.matchedItems += match.items.length;
    this.evolve({
      type: 'LinesMatched',
      data: { ...ofRail(this.state), matches: [match] },
      occurredAt: this.at(match.bookedOn),
    });
    this.explain(match.line, match.by);
    if (this.matches.length >= MOST_MATCHES || this.matchedItems >= MOST_ITEMS) this.flush();
  }

  /** What is no item's, as a charge of the bank; those of one day become one entry. */
  book(key: string, kind: BookedKind, tier: Tier, remittance?: Uuid): void {
    const { bookedOn: day, side, amount, code } = lineOf(this.state, key);
    const name = `${day} ${kind} ${tier}`;
    const group = this.booked.get(name) ?? { kind, tier, day, lines: [] };
    this.booked.set(name, group);
    const line = { line: key, side, amount, code, ...(remittance && { remittance }) };
    group.lines.push(line);
    this.evolve(this.bookedEvent({ ...group, lines: [line] }));
    this.explain(key, null);
    if (group.lines.length >= MOST_MATCHES) this.flush();
  }

  unmatch(
    key: string,
    by: { readonly by: string; readonly reason: string; readonly byPerson: boolean },
    part?: { readonly items: LineUnmatched['data']['items']; readonly last: boolean },
  ): void {
    const line = lineOf(this.state, key);
    if (line.match === null) return;
    this.flush();
    const { kind, remittance } = line.match;
    const entry = isBooked(kind)
      ? entryOfBooked(ofRail(this.state), kind, [line], { isUndone: true })
      : undefined;
    const named = part?.items ?? this.itemsOf(line.match.items, kind);
    const { items: said } = this.state.files;
    const items =
      kind === 'settled'
        ? named.map((each) => ({ ...each, isRejected: said.get(each.item)?.state === 'rejected' }))
        : named;
    this.emit({
      type: 'LineUnmatched',
      data: {
        ...ofRail(this.state),
        line: key,
        kind,
        bookedOn: line.bookedOn,
        items,
        last: part?.last ?? true,
        ...by,
        ...(remittance && { remittance }),
        ...(entry && { entry }),
      },
      occurredAt: this.at(line.bookedOn),
    });
    if (kind === 'returned' || kind === 'settled')
      this.close(
        items.flatMap(({ item }) => this.foundOf(item, kind)),
        'unmatched',
      );
    if (kind === 'settled') for (const { item } of items) this.openUnknown(item);
  }

  /** What the bank has said was of no weight as long as a line showed the payment. */
  private openUnknown(item: ItemId): void {
    if (this.state.files.items.get(item)?.state === 'unknown')
      this.open(breakOfItem(this.state, item, 'B15', 'unknown_answer'));
  }

  /** What ends with a match: that the item came back, or that its account does not book it, which a debit and a credit may each have. */
  private foundOf(item: ItemId, kind: 'returned' | 'settled'): readonly string[] {
    const declined = `B07.${item}`;
    if (kind === 'settled') return [declined];
    const isOfReturn = this.state.breaks.get(declined)?.side === 'credit';
    return [`B06.${item}`, ...(isOfReturn ? [declined] : [])];
  }

  /** A line that nothing explains has one break, which says what is wrong with it. */
  breakLine(
    key: string,
    type: BreakType,
    cause: string,
    candidates: readonly Candidate[] = [],
  ): void {
    const line = lineOf(this.state, key);
    const id = `${type}.${key}`;
    if (line.break === id) return;
    if (line.break !== null) this.close([line.break], 'seen_differently');
    this.open(breakOfLine(key, line, { type, cause, candidates }));
  }

  open(opening: Break): void {
    if (this.state.breaks.has(opening.id) || this.state.explained.has(opening.id)) return;
    if (this.closing.has(opening.id)) this.flush();
    this.opening.set(opening.id, opening);
    this.evolve(openedEvent(ofRail(this.state), [opening]));
    if (this.opening.size >= MOST_BREAKS) this.flush();
  }

  close(ids: readonly string[], because: string, by: string | null = null): void {
    for (const id of ids) {
      const known = this.state.breaks.get(id);
      if (known === undefined) continue;
      if (this.opening.has(id)) this.flush();
      this.closing.set(id, { closed: known, because, by });
      this.evolve(closedEvent(ofRail(this.state), [known], because, by));
      if (this.closing.size >= MOST_BREAKS) this.flush();
    }
  }

  emit(event: RailEvent): void {
    this.flush();
    this.events.push(event);
    this.state = evolveAhead(this.written, [event]);
    this.written = this.state;
  }

  finish(): readonly RailEvent[] {
    this.flush();
    return this.events;
  }

  /** What is open about a line that is explained now. */
  private explain(key: string, by: string | null): void {
    const { break: id } = lineOf(this.state, key);
    if (id !== null) this.close([id], 'matched', by);
  }

  private itemsOf(ids: readonly string[], kind: string): LineUnmatched['data']['items'] {
    return ids.flatMap((item) => {
      const known = this.state.items.get(item);
      if (!known || (kind !== 'settled' && kind !== 'returned')) return [];
      return [{ item, partner: known.partner, amount: known.amount, fee: '0' }];
    });
  }

  private flush(): void {
    const events = this.pending();
    const [first, second] = events;
    if (first === undefined) return;
    this.events.push(...events);
    // One event leads to where the draft is; several may have come about in another order than they are written in.
    if (second === undefined) remember(this.written, first, this.state);
    else this.state = evolveAhead(this.written, events);
    this.written = this.state;
    this.matches = [];
    this.matchedItems = 0;
    this.booked = new Map();
    this.opening = new Map();
    this.closing = new Map();
  }

  private pending(): readonly RailEvent[] {
    const of = ofRail(this.state);
    const events: RailEvent[] = [];
    if (this.matches.length > 0) {
      const day = latestOf(this.matches.map(({ bookedOn }) => bookedOn));
      const data = { ...of, matches: this.matches };
      events.push({ type: 'LinesMatched', data, occurredAt: this.at(day) });
    }
    for (const group of this.booked.values()) events.push(this.bookedEvent(group));
    const reasons = new Map<string, Closing[]>();
    for (const each of this.closing.values()) {
      const name = `${each.because} ${each.by ?? ''}`;
      reasons.set(name, [...(reasons.get(name) ?? []), each]);
    }
    for (const [first, ...rest] of reasons.values()) {
      if (first === undefined) continue;
      const breaks = [first, ...rest].map((each) => each.closed);
      events.push(closedEvent(of, breaks, first.because, first.by));
    }
    if (this.opening.size > 0) events.push(openedEvent(of, [...this.opening.values()]));
    return events;
  }

  private bookedEvent(group: {
    kind: BookedKind;
    tier: Tier;
    day: Day;
    lines: Booked[];
  }): RailEvent {
    const { kind, tier, day, lines } = group;
    const of = ofRail(this.state);
    const told = { kind, tier, bookedOn: day, lines, by: null, proposedBy: null, reason: null };
    const entry = entryOfBooked(of, kind, lines, { isUndone: false });
    return { type: 'LinesBooked', data: { ...of, ...told, entry }, occurredAt: this.at(day) };
  }

  private evolve(event: RailEvent): void {
    this.state = evolveRail(this.state, event);
  }

  private at(day: Day): Instant {
    return startOf(day, ofRail(this.state).zone);
  }
}

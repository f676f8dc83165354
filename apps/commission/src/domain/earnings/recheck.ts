import { type Instant, type Json, type Recorded, canonicalJson, laterOf } from '@tributary/kernel';
import { ENGINE } from '../../../engines/v1/engine';
import type { PlanTold } from '../plan/events';
import type { EarningsCommand } from './commands';
import { earnings } from './decide';
import type {
  CommissionPosted,
  CommissionReleased,
  EarningsEvent,
  ReleaseTakenBack,
} from './events';
import { type Earnings, initialEarnings } from './state';
import type { WindowId } from './window';
import { knownIn } from './window-facts';

/** Whatever moves money, or says that it is moved: what was decided, and not what was told. */
type Booked = CommissionPosted | CommissionReleased | ReleaseTakenBack;

/** A posting or a release that does not follow from what its stream has learned. */
export interface Difference {
  readonly at: Recorded;
  readonly detail: string;
  /** Of the posting, also of one that is missing; null where nothing names one, as of a release. */
  readonly engineHash: string | null;
}

/**
 * One earnings stream, decided once more: what people and other services told is taken as it stands, and everything that follows from
 * it is computed again and held against what was written. `engineHash`: only a posting of this very engine must come out the same.
 */
export class WindowRecheck {
  static readonly engineHash: string = ENGINE.hash;
  private state: Earnings = initialEarnings;
  private append: Recorded[] = [];
  postings = 0;
  releases = 0;

  /** Events that one command has brought are one append; it is judged once it is whole. */
  take(event: Recorded): readonly Difference[] {
    const isSame = this.append[0]?.commandId === event.commandId;
    const found = isSame ? [] : this.finish();
    this.append.push(event);
    return found;
  }

  /** `mayBeCut`: the log ends here, perhaps within the append, so that postings may be missing behind its last one. */
  finish(mayBeCut = false): readonly Difference[] {
    const append = this.append;
    this.append = [];
    const [first, ...others] = append;
    if (first === undefined) return [];
    // Its calendar is told, since zone rules change; so it is taken and not made again.
    const isOpening = first.type === 'WindowOpened';
    if (isOpening) this.state = earnings.evolve(this.state, first as unknown as EarningsEvent);
    const rest = isOpening ? others : append;
    const booked = rest.filter(({ type }) => BOOKED.has(type));
    const decided = this.expectedOf(rest);
    for (const event of rest)
      this.state = earnings.evolve(this.state, event as unknown as EarningsEvent);
    const compared = decided.map((expected) => {
      const wanted = mayBeCut ? expected.slice(0, booked.length) : expected;
      const off = Math.abs(wanted.length - booked.length);
      return { off, differences: differencesOf(wanted, booked, first, this.state) };
    });
    const released = booked.filter(({ type }) => type === 'CommissionReleased').length;
    this.releases += released;
    this.postings += booked.filter(({ type }) => type === 'CommissionPosted').length;
    // One of them is what was asked; where none is, the nearest tells most.
    compared.sort((a, b) => a.off - b.off || a.differences.length - b.differences.length);
    return compared[0]?.differences ?? [];
  }

  /** What may have been decided: of a release nobody noted down until when it was asked for, so there may be several. */
  private expectedOf(append: readonly Recorded[]): readonly (readonly Booked[])[] {
    const events = append as unknown as readonly (EarningsEvent & Recorded)[];
    if (events[0] !== undefined && RELEASING.has(events[0].type)) return this.releasedBy(events);
    const command = commandOf(events, this.state);
    if (command === 'nothing') return [[]];
    const decided =
      command === 'step'
        ? (earnings.step?.(this.state) ?? [])
        : eventsOf(earnings.decide(command, this.state));
    return [bookedIn(decided)];
  }

  private releasedBy(
    append: readonly (EarningsEvent & Recorded)[],
  ): readonly (readonly Booked[])[] {
    const { opened, releasing } = this.state;
    if (opened === null) return [[]];
    const last = append.at(-1);
    const isPostponed = last?.type === 'ReleasePostponed';
    // A release that is asked for while another one goes on is put off, and says so by itself.
    const isAsked = isPostponed && last.data.through === null;
    if (releasing !== null && !isAsked) return [bookedIn(earnings.step?.(this.state) ?? [])];
    const asOfs = isPostponed ? [last.data.asOf] : asOfsFrom(append, this.state);
    return asOfs.map((asOf) =>
      bookedIn(
        eventsOf(earnings.decide({ type: 'ReleaseHolds', id: opened, asOf, by: '' }, this.state)),
      ),
    );
  }
}

const BOOKED: ReadonlySet<string> = new Set([
  'CommissionPosted',
  'CommissionReleased',
  'ReleaseTakenBack',
]);
const RELEASING: ReadonlySet<string> = new Set([
  'CommissionReleased',
  'ReleaseFinished',
  'ReleasePostponed',
]);

const bookedIn = (events: readonly EarningsEvent[]): readonly Booked[] =>
  events.filter((event): event is Booked => BOOKED.has(event.type));

/**
 * A release is dated by the end of what held it, and asked for on that day or later. What else that asked-for day decides is which
 * holds stood on it, so that only the days on which one began or ended make a difference.
 */
function asOfsFrom(append: readonly EarningsEvent[], state: Earnings): readonly Instant[] {
  const latest = append.map(({ occurredAt }) => occurredAt).reduce(laterOf);
  const holds = [...state.holds, ...state.groups.entries().flatMap(([, group]) => group.holds)];
  const turns = holds.flatMap(({ from, until }) => (until === null ? [from] : [from, until]));
  return [latest, ...new Set(turns.filter((at) => at > latest).sort())];
}

const eventsOf = (decision: ReturnType<typeof earnings.decide>): readonly EarningsEvent[] =>
  'events' in decision ? decision.events : [];

/** What was asked, as its answer tells it; a step is what nobody asked for. */
function commandOf(
  append: readonly (EarningsEvent & Recorded)[],
  { opened }: Earnings,
): EarningsCommand | 'nothing' | 'step' {
  const [first] = append;
  if (first === undefined || opened === null) return 'nothing';
  const id: WindowId = opened;
  const receivedAt: Instant = first.occurredAt;
  switch (first.type) {
    case 'LineLearned': {
      const learned = append.flatMap((event) => (event.type === 'LineLearned' ? [event.data] : []));
      const lines = learned.map(({ revision, line }) => ({ revision, data: line }));
      const { child } = first.data;
      return { type: 'LearnLines', id, zone: opened.calendar.window.zone, child, lines };
    }
    case 'TermLearned': {
      const { topic, key, revision, data } = first.data;
      return { type: 'LearnTerm', id, told: { topic, key, revision, data }, at: receivedAt };
    }
    case 'HoldPlaced': {
      const { lineId: line, hold: placed, by } = first.data;
      const { id: hold, owner, condition } = placed;
      const reason = placed.reason as 'dispute' | 'fraud' | 'manual';
      return { type: 'PlaceHold', id, line, hold, reason, owner, condition, by, receivedAt };
    }
    case 'HoldLifted': {
      const { lineId: line, hold, note, by } = first.data;
      return { type: 'LiftHold', id, line, hold, note, by, receivedAt };
    }
    case 'OverrideDecided': {
      // Whether it was proposed here or decided in payouts, two persons have said what the line is worth.
      const { lineId: line, override, amount, proposedBy, by } = first.data;
      return { type: 'TakeDecision', id, line, override, amount, proposedBy, by, receivedAt };
    }
    case 'OverrideProposed':
      return 'nothing';
    default:
      return 'step';
  }
}

function differencesOf(
  expected: readonly Booked[],
  there: readonly Recorded[],
  first: Recorded,
  learned: Earnings,
): readonly Difference[] {
  const differences: Difference[] = [];
  const booked = there as unknown as readonly Booked[];
  let posting: CommissionPosted | undefined;
  for (let i = 0; i < Math.max(expected.length, there.length); i++) {
    const [wanted, written] = [expected[i], booked[i]];
    // What is taken back follows from the posting before it, and so from its engine.
    const judged = written ?? wanted;
    if (judged?.type === 'CommissionPosted') posting = judged;
    const detail = differenceOf(wanted, written);
    if (detail === undefined) continue;
    const engineHash = posting === undefined ? null : engineOf(posting, learned);
    differences.push({ at: there[i] ?? first, detail, engineHash });
    // What comes behind one too many, or too few, differs by its place alone.
    if (expected.length !== there.length) break;
  }
  return differences;
}

/**
 * What the posting names; one that is missing would have named the version that governs it. Where none does, the version that was
 * approved last says which engine was at work by then. All of that was told to the stream, so that leaving out a posting changes none of it.
 */
function engineOf({ data }: CommissionPosted, learned: Earnings): string | null {
  const named = data.version?.engineHash;
  if (named !== undefined || learned.opened === null) return named ?? null;
  let latest: PlanTold | undefined;
  for (const told of knownIn(learned).versions.values())
    if (latest === undefined || told.version > latest.version) latest = told;
  return latest?.engineHash ?? null;
}

function differenceOf(wanted: Booked | undefined, written: Booked | undefined): string | undefined {
  if (written === undefined) return wanted && `missing: ${textOf(wanted)}`;
  if (wanted === undefined) return `${textOf(written)} follows from nothing that the stream knows`;
  if (bytesOf(wanted) === bytesOf(written)) return undefined;
  const [ours, theirs] = [fieldsOf(wanted), fieldsOf(written)];
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
    (name) => jsonOf(ours[name]) !== jsonOf(theirs[name]),
  );
  if (wanted.occurredAt !== written.occurredAt) fields.push('occurredAt');
  if (wanted.type !== written.type) fields.push('type');
  return `${textOf(written)}, computed again ${textOf(wanted)}; different: ${fields.join(', ')}`;
}

const fieldsOf = ({ data }: Booked): Readonly<Record<string, unknown>> => ({ ...data });

function textOf(booked: Booked): string {
  const { data, occurredAt } = booked;
  const line = `line ${data.lineId}`;
  switch (booked.type) {
    case 'CommissionPosted': {
      const { month, exact, due } = booked.data;
      return `${line} in ${month}: ${data.amount} (exact ${exact}, due ${due}) at ${occurredAt}`;
    }
    case 'CommissionReleased':
      return `${line}: ${data.amount} released, held until ${String(booked.data.until)}, at ${occurredAt}`;
    case 'ReleaseTakenBack':
      return `${line}: ${data.amount} taken back at ${occurredAt}`;
  }
}

const bytesOf = ({ type, data, occurredAt }: Booked): string => jsonOf([type, data, occurredAt]);
const jsonOf = (value: unknown): string => canonicalJson((value ?? null) as Json);

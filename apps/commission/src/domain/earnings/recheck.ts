import { type Instant, type Json, type Recorded, canonicalJson } from '@tributary/kernel';
import { ENGINE } from '../../../engines/v1/engine';
import type { EarningsCommand } from './commands';
import { earnings } from './decide';
import type { CommissionPosted, EarningsEvent } from './events';
import { type Earnings, initialEarnings } from './state';
import type { WindowId } from './window';

/** A posting that does not follow from what its stream has learned. */
export interface Difference {
  readonly at: Recorded;
  readonly detail: string;
  /** Null where nothing names one. */
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
    const expected = this.expectedOf(rest);
    for (const event of rest)
      this.state = earnings.evolve(this.state, event as unknown as EarningsEvent);
    const posted = rest.filter(({ type }) => type === 'CommissionPosted');
    this.postings += posted.length;
    const wanted = mayBeCut ? expected.slice(0, posted.length) : expected;
    return differencesOf(wanted, posted, first);
  }

  private expectedOf(append: readonly Recorded[]): readonly CommissionPosted[] {
    const command = commandOf(
      append as unknown as readonly (EarningsEvent & Recorded)[],
      this.state,
    );
    if (command === 'nothing') return [];
    const decided =
      command === 'step'
        ? (earnings.step?.(this.state) ?? [])
        : eventsOf(earnings.decide(command, this.state));
    return decided.filter((event): event is CommissionPosted => event.type === 'CommissionPosted');
  }
}

const eventsOf = (decision: ReturnType<typeof earnings.decide>): readonly EarningsEvent[] =>
  'events' in decision ? decision.events : [];

/** What was asked, as its answer tells it; a step is what nobody asked for, and a release posts nothing. */
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
    case 'CommissionReleased':
    case 'OverrideProposed':
    case 'ReleaseFinished':
    case 'ReleasePostponed':
      return 'nothing';
    default:
      return 'step';
  }
}

function differencesOf(
  expected: readonly CommissionPosted[],
  posted: readonly Recorded[],
  first: Recorded,
): readonly Difference[] {
  const differences: Difference[] = [];
  for (let i = 0; i < Math.max(expected.length, posted.length); i++) {
    const [wanted, there] = [expected[i], posted[i]];
    const detail = differenceOf(wanted, there);
    if (detail === undefined) continue;
    const version = (there as unknown as CommissionPosted | undefined)?.data.version;
    differences.push({ at: there ?? first, detail, engineHash: version?.engineHash ?? null });
    // What comes behind a posting too many, or too few, differs by its place alone.
    if (expected.length !== posted.length) break;
  }
  return differences;
}

function differenceOf(
  wanted: CommissionPosted | undefined,
  there: Recorded | undefined,
): string | undefined {
  if (wanted === undefined && there === undefined) return undefined;
  if (there === undefined) return `missing: ${textOf(wanted as CommissionPosted)}`;
  const written = there as unknown as CommissionPosted;
  if (wanted === undefined) return `${textOf(written)} follows from nothing that the stream knows`;
  if (bytesOf(wanted) === bytesOf(written)) return undefined;
  const fields = [...new Set([...Object.keys(wanted.data), ...Object.keys(written.data)])].filter(
    (name) =>
      jsonOf(wanted.data[name as keyof typeof wanted.data]) !==
      jsonOf(written.data[name as keyof typeof written.data]),
  );
  if (wanted.occurredAt !== written.occurredAt) fields.push('occurredAt');
  return `${textOf(written)}, computed again ${textOf(wanted)}; different: ${fields.join(', ')}`;
}

const textOf = ({ data, occurredAt }: CommissionPosted): string =>
  `line ${data.lineId} in ${data.month}: ${data.amount} (exact ${data.exact}, due ${data.due}) at ${occurredAt}`;

const bytesOf = ({ data, occurredAt }: CommissionPosted): string => jsonOf([data, occurredAt]);
const jsonOf = (value: unknown): string => canonicalJson((value ?? null) as Json);

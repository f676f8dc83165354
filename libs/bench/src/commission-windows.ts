import type { EventLog } from '@tributary/event-log';
import { type StreamAppend, type StreamName, prepare, uuidV5, uuidV7 } from '@tributary/kernel';
import {
  type EarningsDecider,
  type EarningsEvent,
  learnLine,
  learnTerms,
  windowStream,
} from './commission-facts';

export const LINES_PER_WINDOW = 500;
const EVENTS_PER_APPEND = 150;

/** Each window is one of a partner of its own. */
export const partnerOf = (window: number): string => `p${window}`;

export const linesOf = (window: number): readonly number[] =>
  Array.from({ length: LINES_PER_WINDOW }, (_, k) => window * LINES_PER_WINDOW + k);

/** As the service would have left it: facts, and what was posted for them. */
export async function fillWindow(
  log: EventLog,
  decider: EarningsDecider,
  window: number,
): Promise<StreamName> {
  const stream = windowStream(partnerOf(window));
  const events = eventsOf(decider, window);
  for (const verdict of await log.appendMany(appendsOf(stream, events)))
    if (verdict.status === 'rejected') throw verdict.reason;
  return stream;
}

function eventsOf(decider: EarningsDecider, window: number): readonly EarningsEvent[] {
  const partner = partnerOf(window);
  const [first = 0, ...others] = linesOf(window);
  const commands = [
    learnLine(partner, first),
    ...learnTerms(partner),
    ...others.map((i) => learnLine(partner, i)),
  ];
  let state = decider.initial;
  const events: EarningsEvent[] = [];
  for (const command of commands) {
    const decision = decider.decide(command, state);
    if ('rejected' in decision) throw new Error(`${partner}: ${decision.rejected.code}.`);
    for (const event of decision.events) state = decider.evolve(state, event);
    events.push(...decision.events);
  }
  return events;
}

function appendsOf(stream: StreamName, events: readonly EarningsEvent[]): StreamAppend[] {
  const appends: StreamAppend[] = [];
  for (let from = 0; from < events.length; from += EVENTS_PER_APPEND) {
    const cause = {
      commandId: uuidV5(stream, String(from)),
      fingerprint: 'bench',
      actor: 'bench',
      causationId: null,
      correlationId: stream,
      traceParent: null,
    };
    appends.push({
      stream,
      expected: from === 0 ? 'none' : BigInt(from - 1),
      events: events
        .slice(from, from + EVENTS_PER_APPEND)
        .map((event, i) => prepare(event, cause, i, uuidV7(Date.now()))),
    });
  }
  return appends;
}

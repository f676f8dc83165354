import { CodedError } from '@tributary/kernel';
import type { StatementEvent, StatementFiguresIssued, StatementHead } from './events';
import type { StatementLine } from './statement-of';

/** A statement as it is shown: read from its own events alone. */
export interface StatementContent {
  readonly head: StatementHead;
  readonly lines: readonly StatementLine[];
  readonly figures: StatementFiguresIssued;
}

/** Nothing, as long as it has not been issued. */
export function contentOf(events: readonly StatementEvent[]): StatementContent | undefined {
  const lines: StatementLine[] = [];
  let head: StatementHead | undefined;
  for (const event of events) {
    if (event.type === 'StatementDrafted') head = event.data;
    else if (event.type === 'StatementLinesListed') lines.push(...event.data.lines);
    else if (head) return { head, lines, figures: event.data };
    else throw new CodedError('statement_without_head', 'A statement was issued without a draft.');
  }
  return undefined;
}

/** With what somebody has begun it. */
export const draftOf = (events: readonly StatementEvent[]): StatementHead | undefined =>
  events.find((event) => event.type === 'StatementDrafted')?.data;

import { type Decision, accept, nothing } from '@tributary/kernel';
import type { RailRejected, RefuseMatch, RefuseRepayment } from './commands';
import { Draft } from './draft';
import type { RailEvent } from './events';
import { breakOfItem } from './breaks';
import { type Rail, ofRail } from './state';

/**
 * What the account does not book must not stand here as explained. A line of its own becomes a break again; an item of a batch is one
 * beside its line, with the money that the books lack.
 */
export function refuseMatch(
  { line: key, item, because, at }: RefuseMatch,
  state: Rail,
): Decision<RailEvent, RailRejected> {
  const line = state.lines.get(key);
  const { settledBy, returnedBy } = state.items.get(item) ?? { settledBy: null, returnedBy: null };
  if (line?.match == null || (settledBy !== key && returnedBy !== key)) {
    const data = { rail: ofRail(state).rail, line: key, item, because };
    return accept({ type: 'RefusalOutdated', data, occurredAt: at });
  }
  const draft = new Draft(state);
  const cause = `account_refused: ${because}`;
  if (line.match.batch === null && line.match.items.length === 1) {
    // As if a person had: only a person can know better than the account.
    draft.unmatch(key, { by: 'tributary', reason: because, byPerson: true });
    draft.breakLine(key, 'B07', cause, [{ items: [item], tier: 'T1' }]);
  } else {
    draft.open({ ...breakOfItem(state, item, 'B07', cause), side: line.side });
  }
  return accept(...draft.finish());
}

/** What is owed was paid otherwise in the same moment: somebody has to say what the line is. */
export function refuseRepayment(
  { line: key, repayment, because }: RefuseRepayment,
  state: Rail,
): Decision<RailEvent, RailRejected> {
  if (state.lines.get(key)?.match?.repayment !== repayment) return nothing;
  const draft = new Draft(state);
  draft.unmatch(key, { by: 'tributary', reason: because, byPerson: true });
  draft.breakLine(key, 'B02', `account_refused: ${because}`);
  return accept(...draft.finish());
}

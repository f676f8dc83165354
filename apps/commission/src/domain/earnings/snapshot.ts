import { type Json, type KeyedRows, PersistentMap } from '@tributary/kernel';
import type { EarningsEvent } from './events';
import { type Earnings, type Group, type KnownLine, initialEarnings, termKeyOf } from './state';
import type { ToldTerm } from './commands';
import { groupOf, lineGroupOf } from './window';

const HEAD = 'head';
type Head = Pick<Earnings, 'behind' | 'followed' | 'holds' | 'opened' | 'overrides' | 'releasing'>;

/** Only the lines that an event touched are written again, so that a window of a hundred thousand stays cheap to keep. */
export const snapshot: KeyedRows<EarningsEvent, Earnings> = {
  decider: 'earnings',
  stateVersion: 2,
  touched,
  row,
  restore,
};

function touched(event: EarningsEvent): readonly string[] {
  switch (event.type) {
    case 'LineLearned':
      return [HEAD, `line/${lineGroupOf(event.data.line, event.data.child)}`];
    case 'TermLearned':
      return [HEAD, `term/${termKeyOf(event.data)}`];
    case 'CommissionPosted':
    case 'CommissionReleased':
    case 'CommissionSummed':
    case 'EarningExplained':
    case 'LineFrozen':
      return [`group/${groupOf(event.data.key)}`];
    case 'HoldsChanged':
      return event.data.group === null ? [HEAD] : [`group/${event.data.group}`];
    case 'HoldPlaced':
    case 'HoldLifted':
      return [`group/${event.data.group}`];
    case 'ReleaseTakenBack':
      return [];
    default:
      return [HEAD];
  }
}

function row(state: Earnings, key: string): Json | undefined {
  if (key === HEAD) {
    const { opened, overrides, followed, holds, behind, releasing } = state;
    const head: Head = { opened, overrides, followed, holds, behind, releasing };
    return head as unknown as Json;
  }
  const slash = key.indexOf('/');
  const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)];
  if (kind === 'line') return state.lines.get(name) as unknown as Json | undefined;
  if (kind === 'group') return state.groups.get(name) as unknown as Json | undefined;
  return state.terms[name] as unknown as Json | undefined;
}

function restore(rows: ReadonlyMap<string, Json>): Earnings {
  const lines: [string, KnownLine][] = [];
  const groups: [string, Group][] = [];
  const groupOfLine: [string, string][] = [];
  const terms: Record<string, ToldTerm> = {};
  for (const [key, value] of rows) {
    if (key === HEAD) continue;
    const slash = key.indexOf('/');
    const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)];
    if (kind === 'line') lines.push([name, value as unknown as KnownLine]);
    else if (kind === 'term') terms[name] = value as unknown as ToldTerm;
    else {
      const group = value as unknown as Group;
      groups.push([name, group]);
      for (const { lineId } of Object.values(group.accounts)) groupOfLine.push([lineId, name]);
      for (const lineId of Object.keys(group.reasons)) groupOfLine.push([lineId, name]);
    }
  }
  const head = rows.get(HEAD);
  return {
    ...initialEarnings,
    ...(head as unknown as Head | undefined),
    lines: PersistentMap.of(lines),
    groups: PersistentMap.of(groups),
    groupOfLine: PersistentMap.of(groupOfLine),
    terms,
    knowledge: {},
  };
}

import { type Decision, type Instant, accept, reject } from '@tributary/kernel';
import type {
  AccountRejected,
  DecideDispute,
  EndDispute,
  OpenDispute,
  ProposeDisputeDecision,
} from './commands';
import type { AccountEvent, DisputeEnded, Moved } from './events';
import { evolve } from './evolve';
import { entryOf, isMoved, setAside } from './money';
import { ofAccount } from './reserve';
import { type Account, type Line, setAsideOf } from './state';
import type { DisputedLine } from './terms';

type Answer = Decision<AccountEvent, AccountRejected>;

export const disputes = {
  OpenDispute: open,
  ProposeDisputeDecision: propose,
  DecideDispute: decide,
  EndDispute: end,
};

/** Everything that no item holds of these lines is set aside; what comes back to them later is as well. */
function open(command: OpenDispute, account: Account): Answer {
  const { dispute, lines: disputed, reason, evidence, answerBy, by, receivedAt } = command;
  if (account.disputes[dispute] !== undefined) return reject({ code: 'dispute_exists' });
  const names = new Set(disputed.map(({ line }) => line));
  if (names.size !== disputed.length || names.size === 0) return reject({ code: 'lines_differ' });
  const lines: Moved['lines'][number][] = [];
  for (const { line } of disputed) {
    const known = account.lines.get(line);
    if (Object.values(account.disputes).some((other) => other.lines[line] !== undefined))
      return reject({ code: 'line_already_disputed', line });
    if (known === undefined) continue;
    const all = setAsideOf({ ...known, disputes: [dispute] });
    lines.push(...setAside(account, line, known, all - BigInt(known.disputed)).lines);
  }
  const moved = { lines, owed: '0' };
  const entry = isMoved(moved) ? { entry: entryOf(ofAccount(account), moved, []) } : {};
  const said = { dispute, disputed, reason, evidence, answerBy, by };
  const data = { ...ofAccount(account), ...said, ...moved, ...entry };
  return accept({ type: 'DisputeOpened', data, occurredAt: receivedAt });
}

function propose(command: ProposeDisputeDecision, account: Account): Answer {
  const { dispute, decisions, reason, evidence, by, receivedAt } = command;
  const known = account.disputes[dispute];
  if (known === undefined) return reject({ code: 'dispute_unknown' });
  if (known.decided !== null) return reject({ code: 'dispute_decided' });
  const names = decisions.map(({ line }) => line);
  const isWhole =
    new Set(names).size === names.length &&
    names.length === Object.keys(known.lines).length &&
    names.every((line) => known.lines[line] !== undefined);
  if (!isWhole) return reject({ code: 'lines_differ' });
  if (decisions.some(({ due }) => due !== null && BigInt(due) < 0n))
    return reject({ code: 'invalid_amount' });
  const data = { ...ofAccount(account), dispute, decisions, reason, evidence, by };
  return accept({ type: 'DisputeDecisionProposed', data, occurredAt: receivedAt });
}

/**
 * Only commission says what a line is worth: what two persons have decided goes there, and what is disputed stays where it is until
 * the difference has come back. Refused, or not less than what was taken of the line, it is payable again at once.
 */
function decide({ dispute, by, receivedAt }: DecideDispute, account: Account): Answer {
  const known = account.disputes[dispute];
  if (known === undefined) return reject({ code: 'dispute_unknown' });
  if (known.decided !== null) return reject({ code: 'dispute_decided' });
  if (known.proposed === null) return reject({ code: 'decision_unknown' });
  const { by: proposedBy, decisions, reason, evidence } = known.proposed;
  if (proposedBy === by) return reject({ code: 'same_person' });
  const events: AccountEvent[] = decisions.map(({ line, due }) => ({
    type: 'DisputeDecided',
    data: {
      ...ofAccount(account),
      ...{ dispute, lineId: line, ...placeOf(known.lines[line]), due, reason, evidence },
      ...{ proposedBy, decidedBy: by, decidedAt: receivedAt },
    },
    occurredAt: receivedAt,
  }));
  let state = events.reduce(evolve, account);
  for (const { line } of decisions)
    for (const event of endedByItself(state, line, receivedAt)) {
      events.push(event);
      state = evolve(state, event);
    }
  return accept(...events);
}

const placeOf = (line: DisputedLine | undefined) => ({
  programme: line?.programme ?? '',
  plan: line?.plan ?? '',
  window: line?.window ?? '',
});

function end({ dispute, note, by, receivedAt }: EndDispute, account: Account): Answer {
  const known = account.disputes[dispute];
  if (known === undefined) return reject({ code: 'dispute_unknown' });
  const events: AccountEvent[] = [];
  let state = account;
  for (const line of Object.keys(known.lines).sort()) {
    const event = ended(state, dispute, line, { outcome: 'ended', by, note }, receivedAt);
    events.push(event);
    state = evolve(state, event);
  }
  return accept(...events);
}

/** A decision about this line has come to its end: nothing more will be taken of what is set aside. */
export function endedByItself(
  account: Account,
  line: string,
  at: Instant,
): readonly AccountEvent[] {
  const taken = takenAtLeast(account.lines.get(line));
  const events: AccountEvent[] = [];
  let state = account;
  for (const [dispute, { lines, decided }] of Object.entries(account.disputes)) {
    const decision = decided?.find((each) => each.line === line);
    if (lines[line] === undefined || decision === undefined) continue;
    const isRefused = decision.due === null;
    if (!isRefused && taken > BigInt(decision.due)) continue;
    const outcome = isRefused ? 'refused' : 'decided';
    const event = ended(state, dispute, line, { outcome, by: null, note: null }, at);
    events.push(event);
    state = evolve(state, event);
  }
  return events;
}

/** Of a line that was paid before, what was taken then is forgotten; but what is here was taken. */
function takenAtLeast(line: Line | undefined): bigint {
  if (line === undefined) return 0n;
  const here = BigInt(line.payable) + BigInt(line.disputed);
  return here > BigInt(line.taken) ? here : BigInt(line.taken);
}

type How = Pick<DisputeEnded['data'], 'by' | 'note' | 'outcome'>;

function ended(
  account: Account,
  dispute: string,
  line: string,
  how: How,
  occurredAt: Instant,
): AccountEvent {
  const of = ofAccount(account);
  const known = account.lines.get(line);
  const programme = known?.programme ?? account.disputes[dispute]?.lines[line]?.programme ?? '';
  const rest = known && {
    ...known,
    disputes: known.disputes.filter((each) => each !== dispute),
  };
  const moved =
    known === undefined || rest === undefined
      ? { lines: [], owed: '0' }
      : setAside(account, line, known, setAsideOf(rest) - BigInt(known.disputed));
  const entry = isMoved(moved) ? { entry: entryOf(of, moved, []) } : {};
  const data = { ...of, dispute, line, programme, ...how, ...moved, ...entry };
  return { type: 'DisputeEnded', data, occurredAt };
}

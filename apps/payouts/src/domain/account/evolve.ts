import { type Instant, appended, invariant } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { AccountEvent, Moved, OfItem } from './events';
import { noteOf, paidToAuthority } from './item-taxes';
import { forgetting, negative, remembering, withLine, withMoves, withSums } from './open-lines';
import { type Account, type Item, initialAccount, plus } from './state';

type Of<T extends AccountEvent['type']> = Extract<AccountEvent, { type: T }>;
type Evolver<T extends AccountEvent['type']> = (state: Account, event: Of<T>) => Account;

const EVOLVERS: { readonly [T in AccountEvent['type']]: Evolver<T> } = {
  AccountOpened: (_state, { data: { partner, entity, asset } }) => ({
    ...initialAccount,
    of: { partner, entity, asset },
  }),
  PayeeLearned: (state, { data: { revision, payee } }) => ({
    ...state,
    payee: { revision, payee },
  }),
  PartnerLearned: (state, { data: { revision, steps } }) => ({
    ...state,
    partner: { revision, steps: steps.map(({ at, status }) => ({ at, value: status })) },
  }),
  LinesMoved: (state, { data, occurredAt }) =>
    withMoves(state, { lines: data.lines, owed: '0' }, occurredAt),
  LinesReserved: (state, { data }) => ({
    ...state,
    reserving: state.reserving.concat(data.lines),
  }),
  ReleaseTaken: (state, { data, occurredAt }) => {
    const { line, programme, plan, window, amount } = data;
    const named = { programme, plan, window };
    const taken = withLine(state, line, named, occurredAt, (known) => ({
      ...known,
      taken: plus(known.taken, amount),
    }));
    return withSums(forgetting(withMoves(taken, data, occurredAt), [data]), { taken: amount });
  },
  LineFrozenNoted: (state, { data, occurredAt }) => {
    const { line, programme, plan, window, frozen } = data;
    const named = { programme, plan, window };
    const noted = withLine(state, line, named, occurredAt, (known) => ({ ...known, frozen }));
    return forgetting(withMoves(noted, data, occurredAt), [data]);
  },
  LinesSetAside: (state, { data, occurredAt }) => withMoves(state, data, occurredAt),

  PayoutReserved: withReservation,
  ReservationDeclined: (state) => state,
  ReservationCancelled: (state, { data, occurredAt }) =>
    withSums(closed(state, data, data, 'cancelled', occurredAt), {
      reserved: negative(data.gross),
    }),
  PayoutInstructed: (state, { data }) =>
    withSums(withItem(state, data.item, { status: 'instructed' }), {
      reserved: negative(data.gross),
      inFlight: data.net,
      withheld: data.withheld,
    }),
  PayoutAccepted: (state, { data }) => withItem(state, data.item, { status: 'accepted' }),
  PayoutUnknown: (state, { data }) => withItem(state, data.item, { status: 'unknown' }),
  PayoutRejected: (state, { data, occurredAt }) =>
    withSums(closed(state, data, data, 'rejected', occurredAt), {
      inFlight: negative(data.net),
      withheld: negative(data.withheld),
    }),
  RejectionNoted: (state, { data: { item, codes, bankReference, isSettled } }) =>
    withItem(state, item, { rejection: { codes, bankReference, ...(isSettled && { isSettled }) } }),
  RejectionDoubted: (state, { data: { item } }) => withItem(state, item, { rejection: null }),
  PayoutVoided: (state, { data }) =>
    withSums(withItem(state, data.item, { status: 'reserved' }), {
      reserved: data.gross,
      inFlight: negative(data.net),
      withheld: negative(data.withheld),
    }),
  PayoutSettled: (state, { data }) => {
    const { item, rail, bankLine, fingerprint, net } = data;
    const settled = withItem(state, item, { status: 'settled', settled: { rail, bankLine } });
    const paidTo = [...new Set([...state.paidTo, fingerprint])];
    const sums = { inFlight: negative(net), settled: net };
    return withSums({ ...settled, paidTo, open: without(state.open, item) }, sums);
  },
  SettlementUndone: (state, { data: { item, net } }) => {
    const undone = withItem(state, item, { status: 'instructed', settled: null });
    const sums = { inFlight: net, settled: negative(net) };
    return withSums({ ...undone, open: appended(state.open, item) }, sums);
  },
  PayoutReturned: (state, { data, occurredAt }) => {
    const { item, rail, bankLine, amount, fee, net, withheld } = data;
    const returned = { rail, bankLine, amount, fee };
    const moved = closed(state, data, data, 'returned', occurredAt);
    const sums = { settled: negative(net), withheld: negative(withheld) };
    return withSums(withItem(moved, item, { returned }), sums);
  },
  ReturnUndone: (state, { data, occurredAt }) => {
    const { item, net, withheld } = data;
    const paid = withItem(state, item, { status: 'settled', returned: null });
    return withSums(withMoves(paid, data, occurredAt), { settled: net, withheld });
  },
  MatchDeclined: (state) => state,
  MatchNeverBooked: (state) => state,
  ItemTaxRemitted: (state, { type, data }) => withTaxPaid(state, type, data),
  ItemTaxRecovered: (state, { type, data }) => withTaxPaid(state, type, data),

  AdjustmentProposed: (state, { data }) => {
    const { adjustment, programme, amount, reason, evidence, by } = data;
    const proposed = { adjustment, programme, amount, reason, evidence, by };
    return { ...state, adjustments: { ...state.adjustments, [adjustment]: proposed } };
  },
  AdjustmentBooked: (state, { data, occurredAt }) => {
    const { [data.adjustment]: _booked, ...adjustments } = state.adjustments;
    const moved = withMoves({ ...state, adjustments }, data, occurredAt);
    return withSums(moved, { adjusted: data.amount });
  },
  ProposalWithdrawn: withWithdrawal,

  DisputeOpened: (state, { data, occurredAt }) => {
    const { dispute, disputed } = data;
    const lines = Object.fromEntries(disputed.map((each) => [each.line, each]));
    const opened = { lines, proposed: null, decided: null };
    let next: Account = { ...state, disputes: { ...state.disputes, [dispute]: opened } };
    for (const { line, ...named } of disputed)
      next = withLine(next, line, named, occurredAt, (known) => ({
        ...known,
        disputes: appended(known.disputes, dispute),
      }));
    return withMoves(next, data, occurredAt);
  },
  DisputeDecisionProposed: (state, { data }) => {
    const { dispute, decisions, reason, evidence, by } = data;
    return withDispute(state, dispute, { proposed: { decisions, reason, evidence, by } });
  },
  DisputeDecided: (state, { data: { dispute, lineId, due } }) => {
    const decided = [...(state.disputes[dispute]?.decided ?? []), { line: lineId, due }];
    return withDispute(state, dispute, { decided, proposed: null });
  },
  DisputeEnded: withoutDispute,

  ReceivableDemanded: (state) => state,
  ReceivableRepaid: (state, { data: { amount, owed } }) =>
    withSums(state, { repaid: amount, owed }),
  WriteOffProposed: (state, { data }) => {
    const { writeOff, amount, reason, evidence, by } = data;
    const proposed = { writeOff, amount, reason, evidence, by };
    return { ...state, writeOffs: { ...state.writeOffs, [writeOff]: proposed } };
  },
  RepaymentDeclined: (state) => state,
  ReceivableWrittenOff: (state, { data: { writeOff, amount, owed, fromAllowance } }) => {
    const { [writeOff]: _decided, ...writeOffs } = state.writeOffs;
    const allowance = plus(state.allowance, negative(fromAllowance));
    return withSums({ ...state, writeOffs, allowance }, { writtenOff: amount, owed });
  },
  ReceivableAllowedFor: (state, { data: { allowance } }) => ({ ...state, allowance }),
  WriteOffReversed: (state, { data, occurredAt }) =>
    withSums(withMoves(state, data, occurredAt), { writtenOff: negative(data.amount) }),
};

export const evolve = (state: Account, event: AccountEvent): Account =>
  (EVOLVERS[event.type] as Evolver<AccountEvent['type']>)(state, event);

function withReservation(state: Account, { data, occurredAt }: Of<'PayoutReserved'>): Account {
  const { run, item, gross, withheld: taxes, net, method } = data;
  const lines = state.reserving.concat(data.lines);
  const moves = lines.map(({ line, programme, amount }) => ({
    line,
    programme,
    payable: negative(amount),
  }));
  const reserved: Item = {
    run,
    item,
    status: 'reserved',
    lines,
    gross,
    taxes,
    net,
    method,
    settled: null,
    returned: null,
  };
  const moved = withMoves({ ...state, reserving: [] }, { lines: moves, owed: '0' }, occurredAt);
  const items = moved.items.set(item, reserved);
  return withSums({ ...moved, items, open: appended(state.open, item) }, { reserved: gross });
}

function withItem(state: Account, item: ItemId, change: Partial<Item>): Account {
  const known = state.items.get(item);
  invariant(known, 'an item is reserved before anything happens to it');
  return { ...state, items: state.items.set(item, { ...known, ...change }) };
}

function withTaxPaid(
  state: Account,
  type: 'ItemTaxRecovered' | 'ItemTaxRemitted',
  { item, rule, amount, remittance }: Of<typeof type>['data'],
): Account {
  const before: Pick<Item, 'taxPaid'> = state.items.get(item) ?? {};
  const { byRule, noted } = before.taxPaid ?? { byRule: {}, noted: [] };
  const paid = String(paidToAuthority(before, rule));
  const change = type === 'ItemTaxRemitted' ? amount : negative(amount);
  const taxPaid = {
    byRule: { ...byRule, [rule]: plus(paid, change) },
    noted: appended(noted, noteOf(type, rule, remittance)),
  };
  return withItem(state, item, { taxPaid });
}

const without = (open: readonly ItemId[], item: ItemId): readonly ItemId[] =>
  open.filter((each) => each !== item);

/** What an item held is its lines' again, as far as nothing was owed; they remember which item was to pay them. */
function closed(
  state: Account,
  { item }: Pick<OfItem, 'item'>,
  moved: Moved,
  status: 'cancelled' | 'rejected' | 'returned',
  at: Instant,
): Account {
  const lines = state.items.get(item)?.lines ?? [];
  // Only what has come back may have to be paid after all, when that is found to be wrong.
  const next = withItem(state, item, { status, lines: status === 'returned' ? lines : [] });
  const back = withMoves({ ...next, open: without(state.open, item) }, moved, at);
  return remembering(back, lines, (line) =>
    status === 'cancelled' ? (line.replaces ?? null) : item,
  );
}

function withWithdrawal(state: Account, { data }: Of<'ProposalWithdrawn'>): Account {
  const { kind, proposal } = data;
  switch (kind) {
    case 'adjustment': {
      const { [proposal]: _withdrawn, ...adjustments } = state.adjustments;
      return { ...state, adjustments };
    }
    case 'write_off': {
      const { [proposal]: _withdrawn, ...writeOffs } = state.writeOffs;
      return { ...state, writeOffs };
    }
    case 'dispute_decision':
      return withDispute(state, proposal, { proposed: null });
  }
}

function withDispute(
  state: Account,
  dispute: string,
  change: Partial<Account['disputes'][string]>,
): Account {
  const known = state.disputes[dispute];
  invariant(known, 'a dispute is opened before anything happens to it');
  return { ...state, disputes: { ...state.disputes, [dispute]: { ...known, ...change } } };
}

function withoutDispute(state: Account, { data, occurredAt }: Of<'DisputeEnded'>): Account {
  const { dispute, line } = data;
  const { [dispute]: known, ...disputes } = state.disputes;
  const { [line]: _ended, ...lines } = known?.lines ?? {};
  const isOver = known === undefined || Object.keys(lines).length === 0;
  const next = {
    ...state,
    disputes: isOver ? disputes : { ...disputes, [dispute]: { ...known, lines } },
  };
  const held = next.lines.get(line);
  if (held === undefined) return withMoves(next, data, occurredAt);
  const rest = held.disputes.filter((each) => each !== dispute);
  const open = next.lines.set(line, { ...held, disputes: rest });
  return forgetting(withMoves({ ...next, lines: open }, data, occurredAt), [{ line }]);
}

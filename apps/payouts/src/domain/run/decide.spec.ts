import { uuidV5 } from '@tributary/kernel';
import { isAboveUsual } from './flags';
import { itemsOf } from './state';
import type { ReservedAnswer, RunCommand } from './commands';
import {
  AT,
  HOURS_LATER,
  RUN,
  after,
  answers,
  asks,
  declined,
  draft,
  drafted,
  exported,
  given,
  itemNamed,
  list,
  lockedWith,
  progress,
  refusal,
  reserved,
  startLocking,
} from './run.fixture';

const hashOf = (...commands: readonly RunCommand[]) => after(...commands).state.hash;
const approved = (...items: readonly ReservedAnswer[]): readonly RunCommand[] => {
  const locked = lockedWith(...items);
  return [...locked, asks('approver', { type: 'ApproveRun', hash: hashOf(...locked) })];
};
const instructed = (...partners: readonly string[]): readonly RunCommand[] => [
  ...approved(...partners.map((partner) => reserved(partner))),
  asks('approver', { type: 'ReleaseRun' }),
  { type: 'NoteInstructions', run: RUN, instructed: partners, refused: [], at: AT },
];
const typesOf = (...commands: readonly RunCommand[]) =>
  after(...commands).events.map(({ type }) => type);
const says = (partner: string, what: 'accepted' | 'rejected' | 'settled', revision: number) => ({
  partner,
  item: itemNamed(partner),
  progress: what,
  revision,
});

describe('drafting a run', () => {
  it('pins everything that its items depend on', () =>
    given().when(drafted()).then({ type: 'RunDrafted', data: draft, occurredAt: AT }));

  it('drafts the run of a month once', () =>
    given(...after(drafted()).events)
      .when(drafted({ by: 'another' }))
      .thenNothing());

  it('is unknown before', () => given().when(startLocking).thenRejected({ code: 'run_unknown' }));

  it('lists everybody once, also when the directory is read again after a crash', () => {
    const before = after(drafted(), list('a', 'c')).events;
    given(...before)
      .when(list('a', 'b', 'c'))
      .thenNothing();
    given(...before)
      .when(list('b', 'c', 'd'))
      .then({ type: 'CandidatesListed', data: { run: RUN, partners: ['d'] }, occurredAt: AT });
  });

  it('is over at once where nothing is owed to anybody', () =>
    expect(typesOf(drafted(), startLocking)).toEqual([
      'RunDrafted',
      'LockingStarted',
      'RunLocked',
      'RunClosed',
    ]));

  it('is over at once where everybody declines', () =>
    expect(
      typesOf(drafted(), list('a'), startLocking, answers([], [declined('a', 'kyc', '42728')])),
    ).toContain('RunClosed'));
});

describe('locking a run', () => {
  const asked = [drafted(), list('a', 'b', 'c'), startLocking];

  it('waits until all have answered, and then adds up', () => {
    const { state, events } = after(
      ...asked,
      answers([reserved('a', { gross: 100_000, withheld: 1_500 })]),
      answers([reserved('b', { gross: 50_000, withheld: 750 })], [declined('c', 'tax', '30000')]),
    );
    expect(state).toMatchObject({
      status: 'locked',
      totals: { count: 2, gross: '150000', withheld: '2250', net: '147750' },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'RunLocked',
      data: { declined: { tax: { accounts: 1, payable: '30000' } }, flags: {}, faulty: 0 },
    });
  });

  it('takes an answer once', () => {
    const before = after(...asked, answers([reserved('a')])).events;
    given(...before)
      .when(answers([reserved('a')]))
      .thenNothing();
    given(...before)
      .when(answers([reserved('x')]))
      .thenNothing();
  });

  it('has the same hash in whatever order they answer, and another for every cent', () => {
    const orders = [
      [answers([reserved('a')]), answers([reserved('b'), reserved('c')])],
      [answers([reserved('c')]), answers([reserved('b')]), answers([reserved('a')])],
    ];
    const [first, second] = orders.map((order) => hashOf(...asked, ...order));
    expect(first).toBe(second);
    const other = answers([reserved('a'), reserved('b'), reserved('c', { gross: 42_729 })]);
    expect(hashOf(...asked, other)).not.toBe(first);
    const elsewhere = [
      drafted({ payingAccount: 'other' }),
      ...asked.slice(1),
      ...(orders[0] ?? []),
    ];
    expect(hashOf(...elsewhere)).not.toBe(first);
  });
});

describe('flagging what an approver has to look at', () => {
  it.each([
    ['never paid', [], 42_728n, false],
    ['exactly three times', ['10000'], 30_000n, false],
    ['a cent more', ['10000'], 30_001n, true],
    [
      'the median of six, between the middle two',
      ['1', '1', '10000', '10001', '99', '99999'],
      15_148n,
      false,
    ],
    ['three times a median with half a cent', ['100', '101'], 301n, false],
    ['more than that', ['100', '101'], 302n, true],
  ])('%s', (_, recent, gross, isAbove) =>
    expect(isAboveUsual(gross, recent.map(BigInt))).toBe(isAbove),
  );

  it('finds first payments, young details, unusual amounts and shared accounts', () => {
    const { state } = after(
      ...lockedWith(
        reserved('a', { isFirst: true }),
        reserved('b', { changedAt: AT }),
        reserved('c', { recent: ['100'] }),
        reserved('d', { paidTo: 'one place' }),
        reserved('e', { paidTo: 'one place' }),
        reserved('f', { sharedWith: 'p9' }),
      ),
    );
    expect(itemsOf(state).map(({ noted }) => noted.flags)).toEqual([
      ['first_payment'],
      ['recent_details'],
      ['above_usual'],
      ['shared_account'],
      ['shared_account'],
      ['shared_account'],
    ]);
  });

  it('flags also the one who had answered before', () => {
    const { state } = after(
      drafted(),
      list('a', 'b'),
      startLocking,
      answers([reserved('a', { paidTo: 'one place' })]),
      answers([reserved('b', { paidTo: 'one place' })]),
    );
    expect(itemsOf(state).map(({ noted }) => noted.flags)).toEqual([
      ['shared_account'],
      ['shared_account'],
    ]);
  });

  it('refuses the approval until each has been acknowledged', () => {
    const locked = lockedWith(reserved('a', { isFirst: true }), reserved('b', { isFirst: true }));
    const approval = asks('approver', { type: 'ApproveRun', hash: hashOf(...locked) });
    const acknowledge = (items: readonly string[] | null) =>
      asks('approver', { type: 'AcknowledgeFlags', flag: 'first_payment', items, note: 'called' });
    given(...after(...locked).events)
      .when(approval)
      .thenRejected({ code: 'flags_unacknowledged', flags: { first_payment: 2 } });
    given(...after(...locked, acknowledge([itemNamed('a')])).events)
      .when(approval)
      .thenRejected({ code: 'flags_unacknowledged', flags: { first_payment: 1 } });
    expect(refusal(approval, ...locked, acknowledge(null))).toBeNull();
    given(...after(...locked, acknowledge(null)).events)
      .when(acknowledge(null))
      .thenNothing();
    expect(refusal(acknowledge(['XXXXXXXXXXXXXXX']), ...locked)).toBe('item_unknown');
    expect(refusal(acknowledge(null), drafted())).toBe('run_not_locked');
  });
});

describe('approving a run', () => {
  const locked = lockedWith(reserved('a', { editors: ['clerk', 'second clerk'] }), reserved('b'));
  const hash = hashOf(...locked);
  const approve = (by: string, of = hash) => asks(by, { type: 'ApproveRun', hash: of });

  it('takes a second person who has read what stands there', () => {
    given(...after(...locked).events)
      .when(approve('approver'))
      .then({
        type: 'RunApproved',
        data: { run: RUN, hash, by: 'approver' },
        occurredAt: HOURS_LATER,
      });
  });

  it.each([
    ['before it is locked', 'run_not_locked', approve('approver'), [drafted(), list('a')]],
    ['another hash', 'hash_changed', approve('approver', 'f'.repeat(64)), locked],
    ['by the drafter', 'same_person', approve('drafter'), locked],
    ['by who confirmed bank details', 'editor_of_bank_details', approve('second clerk'), locked],
  ])('refuses %s', (_, code, command, before) => expect(refusal(command, ...before)).toBe(code));

  it('refuses without an account to pay from', () => {
    const before = [drafted({ payingAccount: null }), ...locked.slice(1)];
    expect(refusal(approve('approver', hashOf(...before)), ...before)).toBe('no_paying_account');
  });

  it('is answered as then when it is asked again', () =>
    given(...after(...locked, approve('approver')).events)
      .when(approve('approver'))
      .thenNothing());
});

describe('changing a locked run', () => {
  const items = [reserved('a'), reserved('b')];
  const exclude = (...names: readonly string[]) =>
    asks('controller', {
      type: 'ExcludeItems',
      items: names.map((name) => itemNamed(name)),
      reason: 'asked to wait',
    });

  it('voids the approval, and whoever changed it approves no more', () => {
    const { state, events } = after(...approved(...items), exclude('b'));
    expect(events.slice(-3).map(({ type }) => type)).toEqual([
      'ApprovalVoided',
      'ItemsExcluded',
      'RunLocked',
    ]);
    expect(state).toMatchObject({ status: 'locked', totals: { count: 1, gross: '42728' } });
    expect(state.hash).not.toBe(hashOf(...approved(...items)));
    const hash = state.hash;
    const before = [...approved(...items), exclude('b')];
    expect(refusal(asks('controller', { type: 'ApproveRun', hash }), ...before)).toBe(
      'same_person',
    );
    expect(refusal(asks('approver', { type: 'ApproveRun', hash }), ...before)).toBeNull();
  });

  it('leaves nothing to approve where nobody is left', () => {
    const before = [...lockedWith(...items), exclude('a', 'b')];
    const approval = asks('approver', { type: 'ApproveRun', hash: hashOf(...before) });
    expect(refusal(approval, ...before)).toBe('nothing_to_pay');
    expect(refusal(exclude('a'), ...before)).toBe('item_unknown');
    expect(refusal(exclude('a'), drafted())).toBe('run_not_locked');
  });

  const changed = (what: string | null): RunCommand => ({
    type: 'NoteItemChange',
    run: RUN,
    partner: 'a',
    item: itemNamed('a'),
    what,
    at: AT,
  });

  it('voids the approval when bank details change, until they are asked anew', () => {
    const before = [...approved(...items), changed('bank_details_changed')];
    const { state, events } = after(...before);
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['ApprovalVoided', 'ItemChangeNoted']);
    const approval = asks('approver', { type: 'ApproveRun', hash: state.hash });
    given(...events)
      .when(approval)
      .thenRejected({ code: 'items_changed', items: 1, some: [itemNamed('a')] });
    const anew = [...before, asks('controller', { type: 'LockAnew' })];
    expect(after(...anew).state).toMatchObject({ status: 'locking', awaited: 1, attempt: 2 });
    const late = answers([reserved('a')]);
    given(...after(...anew).events)
      .when(late)
      .thenNothing();
    const again = [...anew, answers([reserved('a', { attempt: 2, gross: 50_000 })], [], 2)];
    expect(after(...again).state).toMatchObject({ status: 'locked', totals: { gross: '92728' } });
    expect(
      refusal(asks('approver', { type: 'ApproveRun', hash: hashOf(...again) }), ...again),
    ).toBeNull();
  });

  it('remembers a change that was told before the answer was noted', () => {
    const before = [
      drafted(),
      list('a'),
      startLocking,
      changed('bank_details_pending'),
      answers([reserved('a')]),
    ];
    const approval = asks('approver', { type: 'ApproveRun', hash: hashOf(...before) });
    expect(refusal(approval, ...before)).toBe('items_changed');
    expect(refusal(approval, ...before, changed(null))).toBeNull();
    given(...after(...before).events)
      .when(changed('bank_details_pending'))
      .thenNothing();
  });

  it('cannot be approved while an item cannot be written', () => {
    const before = lockedWith(reserved('a', { isFaulty: true }), reserved('b'));
    const approval = asks('approver', { type: 'ApproveRun', hash: hashOf(...before) });
    expect(refusal(approval, ...before)).toBe('items_faulty');
    const without = [...before, exclude('a')];
    const other = asks('approver', { type: 'ApproveRun', hash: hashOf(...without) });
    expect(refusal(other, ...without)).toBeNull();
    const mended = [
      ...before,
      asks('controller', { type: 'LockAnew' }),
      answers([reserved('a', { attempt: 2 })], [], 2),
    ];
    const third = asks('approver', { type: 'ApproveRun', hash: hashOf(...mended) });
    expect(refusal(third, ...mended)).toBeNull();
    expect(refusal(asks('controller', { type: 'LockAnew' }), ...mended)).toBe('nothing_to_ask');
  });
});

describe('paying a run', () => {
  const release = asks('approver', { type: 'ReleaseRun' });

  it('is released once it is approved', () => {
    expect(refusal(release, ...lockedWith(reserved('a')))).toBe('run_not_approved');
    expect(after(...approved(reserved('a')), release).state.status).toBe('released');
    expect(refusal(release, ...approved(reserved('a')), release)).toBe('run_not_approved');
  });

  it('is instructed once every account has answered, without those that refused', () => {
    const { state, events } = after(
      ...approved(reserved('a'), reserved('b'), reserved('c')),
      release,
      { type: 'NoteInstructions', run: RUN, instructed: ['a'], refused: [], at: AT },
      {
        type: 'NoteInstructions',
        run: RUN,
        instructed: ['a', 'b'],
        refused: [{ partner: 'c', reason: 'item_cancelled' }],
        at: AT,
      },
    );
    expect(state).toMatchObject({ status: 'instructed', totals: { count: 2, net: '85456' } });
    expect(events.at(-1)).toMatchObject({ type: 'RunInstructed', data: { refused: 1, count: 2 } });
  });

  it('is exported once all items stand in files, and again after one was voided', () => {
    const before = [...instructed('a', 'b'), exported(1)];
    expect(after(...before).state.status).toBe('instructed');
    given(...after(...before).events)
      .when(exported(1))
      .thenNothing();
    const voided: RunCommand = {
      ...(exported(1) as Extract<RunCommand, { type: 'NoteFile' }>),
      state: 'voided',
    };
    expect(after(...before, exported(1, 'f2')).state.status).toBe('exported');
    expect(after(...before, voided, exported(1, 'f2')).state.status).toBe('instructed');
    expect(after(...before, voided, exported(1, 'f2'), exported(1, 'f3')).state.status).toBe(
      'exported',
    );
  });

  it('goes through acknowledged and settling to closed, each once', () => {
    const { events } = after(
      ...instructed('a', 'b', 'c'),
      exported(3),
      progress(says('a', 'accepted', 5), says('b', 'accepted', 5)),
      progress(says('c', 'rejected', 5)),
      progress(says('a', 'settled', 6)),
      progress(says('a', 'settled', 6), says('b', 'settled', 6)),
    );
    expect(events.slice(-7).map(({ type }) => type)).toEqual([
      'ProgressNoted',
      'ProgressNoted',
      'RunAcknowledged',
      'ProgressNoted',
      'RunSettling',
      'ProgressNoted',
      'RunClosed',
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'RunClosed',
      data: { settled: 2, rejected: 1, net: '85456' },
    });
  });

  it('does not mind a bank that is faster than the news of the file', () => {
    const { events } = after(
      ...instructed('a'),
      progress(says('a', 'accepted', 5), says('a', 'settled', 6)),
      exported(1),
    );
    expect(events.slice(-4).map(({ type }) => type)).toEqual([
      'RunExported',
      'RunAcknowledged',
      'RunSettling',
      'RunClosed',
    ]);
  });

  it('takes news of an item in the order of its account, and none of another item', () => {
    const before = [...instructed('a', 'b'), exported(2), progress(says('a', 'settled', 6))];
    given(...after(...before).events)
      .when(progress(says('a', 'accepted', 5)))
      .thenNothing();
    given(...after(...before).events)
      .when(progress({ ...says('b', 'accepted', 5), item: itemNamed('b', 2) }))
      .thenNothing();
  });
});

describe('cancelling a run', () => {
  const cancel = asks('controller', { type: 'CancelRun', reason: 'wrong month' });
  const freed: RunCommand = { type: 'NoteFreed', run: RUN, at: AT };

  it.each([
    ['drafted', [drafted()]],
    ['locking', [drafted(), list('a'), startLocking]],
    ['locked', lockedWith(reserved('a'))],
    ['approved', approved(reserved('a'))],
  ])('is possible while it is %s', (_, before) =>
    expect(after(...before, cancel, freed).state).toMatchObject({
      status: 'cancelled',
      isFreed: true,
    }),
  );

  it('is too late after the release', () => {
    const released = [...approved(reserved('a')), asks('approver', { type: 'ReleaseRun' })];
    expect(refusal(cancel, ...released)).toBe('run_released');
  });

  it('is done once, and nothing is noted, listed or approved afterwards', () => {
    const before = after(drafted(), list('a'), startLocking, cancel).events;
    given(...before)
      .when(cancel)
      .thenNothing();
    given(...before)
      .when(list('b'))
      .thenNothing();
    given(...before)
      .when(asks('approver', { type: 'ApproveRun', hash: uuidV5('x') }))
      .thenRejected({ code: 'run_not_locked', status: 'cancelled' });
  });
});

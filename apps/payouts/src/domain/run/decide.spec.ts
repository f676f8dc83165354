import { isAboveUsual } from './flags';
import { itemsOf } from './state';
import type { RunCommand } from './commands';
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
  given,
  hashOf,
  itemNamed,
  list,
  lockedWith,
  refusal,
  reserved,
  startLocking,
} from './run.fixture';

const typesOf = (...commands: readonly RunCommand[]) =>
  after(...commands).events.map(({ type }) => type);

describe('drafting a run', () => {
  it('pins everything that its items depend on', () =>
    given().when(drafted()).then({ type: 'RunDrafted', data: draft, occurredAt: AT }));

  it('M110: drafts the run of a month once', () =>
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

  it('M114: has the same hash in whatever order they answer, and another for every cent', () => {
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

describe('approving a run (M114)', () => {
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

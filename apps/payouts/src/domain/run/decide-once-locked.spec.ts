import { uuidV5 } from '@tributary/kernel';
import type { ReservedAnswer, RunCommand } from './commands';
import {
  AT,
  RUN,
  after,
  answers,
  asks,
  drafted,
  exported,
  given,
  hashOf,
  itemNamed,
  list,
  lockedWith,
  progress,
  refusal,
  reserved,
  startLocking,
} from './run.fixture';

const approved = (...items: readonly ReservedAnswer[]): readonly RunCommand[] => {
  const locked = lockedWith(...items);
  return [...locked, asks('approver', { type: 'ApproveRun', hash: hashOf(...locked) })];
};
const instructed = (...partners: readonly string[]): readonly RunCommand[] => [
  ...approved(...partners.map((partner) => reserved(partner))),
  asks('approver', { type: 'ReleaseRun' }),
  { type: 'NoteInstructions', run: RUN, instructed: partners, refused: [], at: AT },
];
const says = (
  partner: string,
  what: 'accepted' | 'cancelled' | 'rejected' | 'settled' | 'voided',
  revision: number,
) => ({
  partner,
  item: itemNamed(partner),
  progress: what,
  revision,
});

describe('changing a locked run', () => {
  const items = [reserved('a'), reserved('b')];
  const exclude = (...names: readonly string[]) =>
    asks('controller', {
      type: 'ExcludeItems',
      items: names.map((name) => itemNamed(name)),
      reason: 'asked to wait',
    });

  it('M114: voids the approval, and whoever changed it approves no more', () => {
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

  it('hears of its file also where the bank has rejected all of it before', () => {
    const { events } = after(...instructed('a'), progress(says('a', 'rejected', 5)), exported(1));
    expect(events.slice(-4).map(({ type }) => type)).toEqual([
      'FileNoted',
      'RunExported',
      'RunAcknowledged',
      'RunClosed',
    ]);
  });

  const givenBack = (count: number, file = 'f1'): RunCommand => ({
    ...(exported(count, file) as Extract<RunCommand, { type: 'NoteFile' }>),
    state: 'voided',
    isGivenBack: true,
  });
  const back = progress(says('a', 'voided', 5), says('a', 'cancelled', 6));

  it.each([
    ['then', [givenBack(1), back]],
    ['before', [back, givenBack(1)]],
  ])('is over where its file is voided before it was exported, heard %s', (_, news) => {
    const { state, events } = after(...instructed('a'), ...news);
    expect(state.status).toBe('closed');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'RunClosed',
        data: { run: RUN, settled: 0, rejected: 1, net: '0' },
      }),
    );
    expect(events.map(({ type }) => type)).not.toContain('RunExported');
  });

  const paid = progress(says('b', 'settled', 5));
  it.each([
    ['void, cancellation, file', [givenBack(1), back, exported(1, 'f2'), paid]],
    ['file, cancellation, void', [exported(1, 'f2'), back, givenBack(1), paid]],
    ['cancellation, payment, file, void', [back, paid, exported(1, 'f2'), givenBack(1)]],
    ['file, void, payment, cancellation', [exported(1, 'f2'), givenBack(1), paid, back]],
    ['void, payment, cancellation, file', [givenBack(1), paid, back, exported(1, 'f2')]],
  ])('is over where one of its files is: heard as %s', (_, news) => {
    const { state, events } = after(...instructed('a', 'b'), ...news);
    expect(state.status).toBe('closed');
    const stages = events.map(({ type }) => type).filter((type) => type.startsWith('Run'));
    expect(stages.slice(stages.indexOf('RunInstructed') + 1).join(' ')).toMatch(
      /^(RunExported (RunAcknowledged )?RunSettling )?RunClosed$/,
    );
  });

  it('is exported without what a voided file has given back', () => {
    const { state, events } = after(...instructed('a', 'b'), givenBack(1), exported(1, 'f2'));
    expect(state.status).toBe('exported');
    expect(events.at(-1)).toMatchObject({ type: 'RunExported', data: { files: 1 } });
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

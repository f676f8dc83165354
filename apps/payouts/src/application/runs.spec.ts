import type { Recorded, StreamLog } from '@tributary/kernel';
import { itemsOf } from '../domain/run/state';
import { AT, RunWorld, TENANT, runNamed } from './runs.fixture';
import { RunsRead, loadRun } from './runs';

/** Locked; `release` takes it on to where its items are instructed. */
async function lockedRun(): Promise<RunWorld> {
  const world = new RunWorld();
  await world.owes({ pa: 42_728, pb: 25_000, pc: 30_000 });
  await world.drafts('first');
  await world.settle();
  return world;
}

async function release(world: RunWorld): Promise<void> {
  const on = { run: runNamed('first'), at: AT };
  const { hash } = await world.run('first');
  const looked = { items: null, note: 'looked at', by: 'approver' };
  await world.commands({ ...on, type: 'AcknowledgeFlags', flag: 'first_payment', ...looked });
  await world.commands({ ...on, type: 'ApproveRun', by: 'approver', hash });
  await world.commands({ ...on, type: 'ReleaseRun', by: 'approver' });
  await world.settle();
}

describe('what a run says to its accounts', () => {
  it('is stored for all of them together', async () => {
    const world = await lockedRun();
    expect(world.bulks).toEqual([3]);
    await release(world);
    expect(world.bulks).toEqual([3, 3]);
    expect(await world.run('first')).toMatchObject({ status: 'instructed' });
  });
});

describe('reading a run', () => {
  it('reads on from where it was read before, until it is forgotten', async () => {
    const world = await lockedRun();
    const reads: bigint[] = [];
    const runs = new RunsRead(watched(world.log, reads));
    const locked = await runs.at(TENANT, runNamed('first'));
    expect(itemsOf(locked).map(({ progress }) => progress)).toEqual([null, null, null]);
    await release(world);
    const paid = await runs.at(TENANT, runNamed('first'));
    expect(paid.counts).toEqual((await loadRun(world.log, TENANT, runNamed('first'))).counts);
    runs.forget();
    await runs.at(TENANT, runNamed('first'));
    expect(reads.map((from) => from > 0n)).toEqual([false, true, false]);
  });

  it('goes on with what is decided here, and reads what others have decided since', async () => {
    const world = new RunWorld();
    await world.drafts('first');
    const reads: bigint[] = [];
    const runs = new RunsRead(watched(world.log, reads));
    await runs.at(TENANT, runNamed('first'));
    const on = { run: runNamed('first'), at: AT };
    const listed = await world.commands({ ...on, type: 'ListCandidates', partners: ['pa'] });
    runs.follow(TENANT, runNamed('first'), listed);
    expect((await runs.at(TENANT, runNamed('first'))).entries.size).toBe(1);
    await world.commands({ ...on, type: 'ListCandidates', partners: ['pb'] });
    const cancelled = await world.commands({ ...on, type: 'CancelRun', by: 'one', reason: 'no' });
    runs.follow(TENANT, runNamed('first'), cancelled);
    runs.follow(TENANT, runNamed('first'), listed);
    runs.follow(TENANT, runNamed('second'), cancelled);
    expect(await runs.at(TENANT, runNamed('first'))).toMatchObject({ status: 'cancelled' });
    expect(reads).toEqual([0n, 2n, 2n]);
  });

  it('tells how it was at a revision, whatever was read before', async () => {
    const world = await lockedRun();
    const runs = new RunsRead(world.log);
    const { status } = await runs.at(TENANT, runNamed('first'));
    expect(status).toBe('locked');
    expect(await runs.at(TENANT, runNamed('first'), 0n)).toMatchObject({ status: 'drafted' });
    expect(await runs.at(TENANT, runNamed('first'))).toMatchObject({ status: 'locked' });
    await world.drafts('second');
    expect(await runs.at(TENANT, runNamed('second'))).toMatchObject({ status: 'drafted' });
  });
});

const watched = (log: Pick<StreamLog, 'read'>, reads: bigint[]): Pick<StreamLog, 'read'> => ({
  read(stream, from = 0n, through?: bigint): AsyncIterable<Recorded> {
    reads.push(from);
    return log.read(stream, from, through);
  },
});

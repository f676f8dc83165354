import type { StreamName } from '../stream-name';
import { ScriptedLog, add, counter, counting, settled } from './counter.fixture';
import type { Snapshot, SnapshotKey, SnapshotStore } from './snapshot-store';

describe('keeping snapshots', () => {
  it('restores state and remembered commands, and writes only rows that changed', async () => {
    const log = new ScriptedLog();
    const snapshots = new MemorySnapshots();
    const first = counter(log, { snapshots, snapshotEvery: 2 });
    await first.run(add(3), 'c1');
    await first.run(add(2), 'c2');
    await settled(log, 2);
    await first.run(add(1), 'c3');
    expect(
      snapshots.saved.map((rows) => [...rows.keys()].filter((key) => key.startsWith('state/'))),
    ).toEqual([['state/total']]);

    log.readsFrom = [];
    const second = counter(log, { snapshots, snapshotEvery: 2 });
    expect(await second.run(add(5))).toEqual({
      kind: 'rejected',
      rejected: { code: 'over_limit', total: 6 },
    });
    // The snapshot's own last event, and what came after it.
    expect(log.readsFrom).toEqual([1n, 2n]);
    expect(await second.run(add(3), 'c1')).toMatchObject({ kind: 'replayed', revision: 0n });
  });

  it('reads on from it also where the stream was taken for new', async () => {
    const log = new ScriptedLog();
    const snapshots = new MemorySnapshots();
    const first = counter(log, { snapshots, snapshotEvery: 2 });
    await first.run(add(3), 'c1');
    await first.run(add(2), 'c2');
    await settled(log, 2);
    log.readsFrom = [];
    const second = counter(log, { snapshots }, { ...counting, mostlyNew: true });
    expect(await second.run(add(4), 'c3')).toMatchObject({ kind: 'accepted', revision: 2n });
    expect(log.readsFrom).toEqual([1n, 2n]);
    expect(await second.run(add(3), 'c1')).toMatchObject({ kind: 'replayed', revision: 0n });
  });

  it('makes the first of all events there were when it was due, and the next of what came then', async () => {
    const log = new ScriptedLog();
    const snapshots = new MemorySnapshots();
    const { run } = counter(log, { snapshots, snapshotEvery: 2 });
    await run(add(3), 'c1');
    log.readsFrom = [];
    let isReadable: () => void = () => undefined;
    log.gate = new Promise((resolve) => (isReadable = resolve));
    await Promise.all([run(add(2), 'c2'), run(add(1), 'c3')]);
    // What the first shows has become something else before it is put together.
    await run(add(1), 'c4');
    isReadable();
    await settled(log, 4);
    await run(add(1), 'c5');
    await settled(log, 5);
    expect(log.readsFrom).toEqual([0n]);
    const commands = log.events.map(({ commandId }) => `command/${commandId}`);
    expect(snapshots.saved.map((rows) => [...rows.keys()])).toEqual([
      [...commands.slice(0, 3), 'state/total'],
      [...commands.slice(3), 'state/total'],
    ]);
    expect(snapshots.saved.map((rows) => rows.get('state/total'))).toEqual([6, 8]);
  });

  it('passes over a snapshot of another log than this one', async () => {
    const snapshots = new MemorySnapshots();
    await counter(new ScriptedLog(), { snapshots, snapshotEvery: 1 }).run(add(9));
    const restored = counter(new ScriptedLog(), { snapshots });
    expect(await restored.run(add(5))).toMatchObject({ kind: 'accepted', revision: 0n });
  });

  it('stands by the command when a snapshot cannot be written', async () => {
    const failed: unknown[] = [];
    const snapshots = new MemorySnapshots();
    snapshots.broken = true;
    const onBackgroundError = (_: StreamName, error: unknown) => failed.push(error);
    const { run, log } = counter(new ScriptedLog(), {
      snapshots,
      snapshotEvery: 1,
      onBackgroundError,
    });
    expect(await run(add(3))).toMatchObject({ kind: 'accepted' });
    await settled(log, 1);
    expect(failed).toHaveLength(1);
  });

  it('makes none of a stream that is not there to be read as a whole, and reads it again for the next', async () => {
    const failed: unknown[] = [];
    const snapshots = new MemorySnapshots();
    const onBackgroundError = (_: StreamName, error: unknown) => failed.push(error);
    const options = { snapshots, snapshotEvery: 2, onBackgroundError };
    const { run, log } = counter(new ScriptedLog(), options);
    await run(add(3), 'c1');
    log.endsAt = 0n;
    await run(add(2), 'c2');
    await settled(log, 2);
    expect([failed, snapshots.begun]).toEqual([
      [expect.objectContaining({ code: 'unavailable' })],
      0,
    ]);
    log.endsAt = 9n;
    await run({ type: 'Note', text: 'nothing that is shown' }, 'c3');
    await settled(log, 3);
    expect(snapshots.saved.map((rows) => [rows.size, rows.get('state/total')])).toEqual([[4, 5]]);
  });

  it('lets no command wait for one, and begins the next when it is written', async () => {
    const snapshots = new MemorySnapshots();
    const written = snapshots.waits();
    const { run, log } = counter(new ScriptedLog(), { snapshots, snapshotEvery: 1 });
    await run(add(3));
    await run(add(2));
    await run(add(1));
    expect(snapshots.begun).toBe(1);
    written();
    await settled(log, 3);
    await run(add(4));
    await settled(log, 4);
    expect(await snapshots.load()).toMatchObject({ revision: 3n });
    expect(snapshots.saved.map((rows) => rows.get('state/total'))).toEqual([3, 10]);
    expect(await counter(log, { snapshots }).run(add(1))).toMatchObject({ kind: 'rejected' });
  });

  it('shows again what one did not come to show, without reading it again', async () => {
    const snapshots = new MemorySnapshots();
    snapshots.broken = true;
    const { run, log } = counter(new ScriptedLog(), { snapshots, snapshotEvery: 1 });
    await run(add(3), 'c1');
    await settled(log, 1);
    snapshots.broken = false;
    log.readsFrom = [];
    await run({ type: 'Note', text: 'nothing that is shown' }, 'c2');
    await settled(log, 2);
    expect(log.readsFrom).toEqual([]);
    expect(snapshots.saved.map((rows) => [...rows.keys()].length)).toEqual([3]);
    expect(snapshots.saved[0]?.get('state/total')).toBe(3);
  });
});

describe('finding that another snapshot is stored than was thought', () => {
  it('goes on from that of another process, and everything is in the next', async () => {
    const log = new ScriptedLog();
    const snapshots = new MemorySnapshots();
    const [one, other] = [1, 2].map(() => counter(log, { snapshots, snapshotEvery: 1 }));
    await one?.run(add(1), 'c0');
    await settled(log, 1);
    await other?.run(add(2), 'c1');
    await settled(log, 2);
    // It stores nothing, and learns that another one has.
    await one?.run(add(3), 'c2');
    await settled(log, 3);
    expect(await snapshots.load()).toMatchObject({ revision: 1n });
    await one?.run({ type: 'Note', text: 'nothing that is shown' }, 'c3');
    await settled(log, 4);
    const stored = await snapshots.load();
    expect([stored?.revision, stored?.rows.get('state/total')]).toEqual([3n, 6]);

    log.readsFrom = [];
    const restored = counter(log, { snapshots });
    expect(await restored.run(add(2), 'c1')).toMatchObject({ kind: 'replayed', revision: 1n });
    expect(log.readsFrom.slice(0, 2)).toEqual([3n, 4n]);
    expect(await restored.run(add(3), 'c2')).toMatchObject({ kind: 'replayed', revision: 2n });
    expect(await restored.run(add(5))).toMatchObject({ rejected: { total: 6 } });
  });

  it('goes on from its own when the answer to it was lost', async () => {
    const snapshots = new MemorySnapshots();
    const onBackgroundError = () => undefined;
    const options = { snapshots, snapshotEvery: 1, onBackgroundError };
    const { run, log } = counter(new ScriptedLog(), options);
    await run(add(1));
    await settled(log, 1);
    snapshots.losesAnswer = true;
    await run(add(2));
    await settled(log, 2);
    snapshots.losesAnswer = false;
    await run(add(3));
    await settled(log, 3);
    await run(add(4));
    await settled(log, 4);
    const stored = await snapshots.load();
    expect([stored?.revision, stored?.rows.get('state/total')]).toEqual([3n, 10]);
  });

  it('asks no more often than a snapshot is due while others are ahead', async () => {
    const snapshots = new MemorySnapshots();
    snapshots.ahead = 5n;
    const { run, log } = counter(new ScriptedLog(), { snapshots, snapshotEvery: 2 });
    for (let i = 0; i < 7; i++) {
      await run(add(1));
      await settled(log, i + 1);
    }
    expect(snapshots.begun).toBe(1);
  });

  it('gives up what it cannot complete, and tries again no more often than it is due', async () => {
    const snapshots = new MemorySnapshots();
    const { run, log } = counter(new ScriptedLog(), { snapshots, snapshotEvery: 2 });
    for (let i = 0; i < 8; i++) {
      await run(add(1));
      await settled(log, i + 1);
      if (i === 1) snapshots.lose();
    }
    expect([snapshots.begun, await snapshots.load()]).toEqual([4, undefined]);
  });
});

class MemorySnapshots implements SnapshotStore {
  readonly saved: ReadonlyMap<string, unknown>[] = [];
  broken = false;
  losesAnswer = false;
  /** Of another process. */
  ahead = -1n;
  begun = 0;
  private gate: Promise<void> | undefined;
  private snapshot: Snapshot | undefined;

  /** The next is not written before what this gives is called. */
  waits(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  async load(): Promise<Snapshot | undefined> {
    return Promise.resolve(this.snapshot);
  }

  lose(): void {
    this.snapshot = undefined;
  }

  async save(
    _key: SnapshotKey,
    { from, ...at }: Parameters<SnapshotStore['save']>[1],
    changed: Parameters<SnapshotStore['save']>[2],
  ): Promise<bigint> {
    this.begun++;
    await this.gate;
    if (this.broken) throw new Error('the disk is full');
    const stored = this.snapshot?.revision ?? this.ahead;
    if (from < 0n ? stored >= at.revision : stored !== from) return stored;
    this.saved.push(changed);
    const rows = new Map(from < 0n ? [] : this.snapshot?.rows);
    for (const [key, value] of changed) if (value !== undefined) rows.set(key, value);
    this.snapshot = { ...at, rows };
    if (this.losesAnswer) throw new Error('the connection was lost');
    return at.revision;
  }
}

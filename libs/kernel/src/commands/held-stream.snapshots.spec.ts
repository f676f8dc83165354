import type { StreamName } from '../stream-name';
import { ScriptedLog, add, counter, settled } from './counter.fixture';
import type { Snapshot, SnapshotKey, SnapshotStore } from './snapshot-store';

describe('keeping snapshots', () => {
  it('restores state and remembered commands, and writes only rows that changed', async () => {
    const log = new ScriptedLog();
    const snapshots = new MemorySnapshots();
    const first = counter(log, { snapshots, snapshotEvery: 2 });
    await first.run(add(3), 'c1');
    await first.run(add(2), 'c2');
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

  it('shows again what one did not come to show', async () => {
    const snapshots = new MemorySnapshots();
    snapshots.broken = true;
    const { run, log } = counter(new ScriptedLog(), { snapshots, snapshotEvery: 1 });
    await run(add(3), 'c1');
    await settled(log, 1);
    snapshots.broken = false;
    await run({ type: 'Note', text: 'nothing that is shown' }, 'c2');
    await settled(log, 2);
    expect(snapshots.saved.map((rows) => [...rows.keys()].length)).toEqual([3]);
    expect(snapshots.saved[0]?.get('state/total')).toBe(3);
  });
});

class MemorySnapshots implements SnapshotStore {
  readonly saved: ReadonlyMap<string, unknown>[] = [];
  broken = false;
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

  async save(
    _key: SnapshotKey,
    at: { revision: bigint; position: bigint },
    changed: Parameters<SnapshotStore['save']>[2],
  ): Promise<void> {
    this.begun++;
    await this.gate;
    if (this.broken) throw new Error('the disk is full');
    this.saved.push(changed);
    const rows = new Map(this.snapshot?.rows);
    for (const [key, value] of changed) if (value !== undefined) rows.set(key, value);
    this.snapshot = { ...at, rows };
  }
}

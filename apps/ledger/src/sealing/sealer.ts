import { setTimeout } from 'node:timers/promises';
import type { EventLog } from '@tributary/event-log';
import type { OwnedCheckpoint, Running } from '@tributary/feeds';
import { consistencyProof, nodesOf } from '@tributary/proofs';
import type { Database } from '@tributary/postgres';
import type { GrowingTree } from './growing-tree';
import { SealTable } from './seal-table';
import type { Signer } from './signer';

export interface Sealing {
  readonly log: EventLog;
  readonly database: Database;
  readonly checkpoint: OwnedCheckpoint;
  /** Left out, the log is sealed and not signed. */
  readonly openSigner?: (() => Promise<Signer>) | undefined;
  readonly signEveryMs?: number;
  /** Refused, or out of reach; the next checkpoint tries again. */
  readonly signingFailed: (error: unknown) => void;
}

const SIGN_EVERY_MS = 1_000;

/**
 * Reads the whole log and gives each event its leaf. Whoever holds the lease does it alone; leaves, tiles and checkpoint are one
 * transaction, so another process goes on where this one stopped, with the same indexes.
 */
export function startSealer(sealing: Sealing): Running & { readonly done: Promise<void> } {
  const stopping = new AbortController();
  const done = sealUntil(sealing, stopping.signal);
  const ended = Promise.allSettled([done]);
  return {
    done,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function sealUntil(sealing: Sealing, stopping: AbortSignal): Promise<void> {
  const { log, database, checkpoint, openSigner } = sealing;
  const table = new SealTable(database);
  const { tree, position } = await table.load();
  const signing = openSigner && new Signing(table, openSigner, sealing, stopping);
  const live = log.subscribe(position);
  const close = () => void live.close();
  stopping.addEventListener('abort', close, { once: true });
  if (stopping.aborted) close();
  try {
    signing?.want(tree, false);
    for await (const { events, through, caughtUp } of live) {
      for (const event of events) tree.push(event);
      if (events.length > 0)
        await checkpoint.save(through, table.writes(tree, tree.take(), through));
      signing?.want(tree, caughtUp);
    }
  } finally {
    stopping.removeEventListener('abort', close);
    await live.close();
    await signing?.ended;
  }
}

interface Wanted extends Pick<GrowingTree, 'root' | 'size'> {
  /** Whether the tree has everything that stood in the log. */
  readonly isWhole: boolean;
}

/** Signs what is sealed: soon, but not each leaf by itself. A signer that refuses holds up nothing but the signatures. */
class Signing {
  ended: Promise<void> = Promise.resolve();
  private wanted: Wanted | undefined;
  private isSigning = false;
  private signer: Signer | undefined;

  constructor(
    private readonly table: SealTable,
    private readonly openSigner: () => Promise<Signer>,
    private readonly sealing: Pick<Sealing, 'signEveryMs' | 'signingFailed'>,
    private readonly stopping: AbortSignal,
  ) {}

  want({ size, root }: GrowingTree, isWhole: boolean): void {
    if (size === 0) return;
    this.wanted = { size, root, isWhole };
    if (this.isSigning) return;
    this.isSigning = true;
    this.ended = this.signAll().finally(() => {
      this.isSigning = false;
    });
  }

  private async signAll(): Promise<void> {
    const { signEveryMs = SIGN_EVERY_MS, signingFailed } = this.sealing;
    while (this.wanted) {
      const wanted = this.wanted;
      this.wanted = undefined;
      try {
        await this.sign(wanted);
      } catch (error) {
        signingFailed(error);
      }
      await Promise.allSettled([setTimeout(signEveryMs, undefined, { signal: this.stopping })]);
    }
  }

  private async sign({ size, root, isWhole }: Wanted): Promise<void> {
    this.signer ??= await this.openSigner();
    const last = await this.signer.last();
    // Tables that are filled anew are behind what was signed; that says nothing of the log.
    if (last && size < last.size && !isWhole) return;
    // What was signed and not kept, because the process ended in between, is signed once more: the same key gives the same note.
    const node = nodesOf(size, (tile) => this.table.tile(tile));
    const proof = last && last.size <= size ? await consistencyProof(last.size, size, node) : [];
    await this.table.keep(await this.signer.sign({ size, root }, proof));
  }
}

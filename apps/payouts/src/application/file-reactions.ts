import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, type ReactionContext, reaction } from '@tributary/feeds';
import {
  type CommandRunner,
  type Day,
  type Instant,
  type Outcome,
  type StreamLog,
  type Uuid,
  dayOf,
  invariant,
  uuidV5,
} from '@tributary/kernel';
import type { RailRejected } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import type { ListFileItems, NumberFile } from '../domain/rail/file-commands';
import {
  type FileItemsListed,
  type FileNumbered,
  type ListedItem,
  railStreamOf,
} from '../domain/rail/file-events';
import type { RunInstructed } from '../domain/run/events';
import { type Run, itemsOf } from '../domain/run/state';
import type { Rail } from '../rails/rail';
import { railNamed } from '../rails/rails';
import { WriteFile, type WriteFileStep } from './file-writing';
import { loadSettings, streamOfFile } from './files';
import { RunsRead } from './runs';
import { allOf } from './runs-fan-out';

type Log = Pick<StreamLog, 'read'>;

/** Of some 250 bytes each, so that an event stays well below its limit. */
const ITEMS_PER_EVENT = 150;

/** The same run, kind and predecessor make the same file, whoever asks and however often. */
export const fileIdOf = (run: Uuid, kind: string, replaces: number | null): Uuid =>
  uuidV5('payment file', run, kind, replaces === null ? '' : String(replaces));

/** Approved late, nothing is paid on a day that is over. */
export function payDayAt(at: Instant, payOn: Day, { zone }: { readonly zone: string }): Day {
  const today = dayOf(at, zone);
  return today > payOn ? today : payOn;
}

/** A number and all items of one file. */
export function commandsOfFile(
  numbered: Omit<NumberFile, 'count' | 'total' | 'type'>,
  items: readonly ListedItem[],
): readonly (ListFileItems | NumberFile)[] {
  const { rail, file, at } = numbered;
  const total = items.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const totals = { count: items.length, total: String(total) };
  const chunks: ListFileItems[] = [];
  for (let i = 0; i < items.length; i += ITEMS_PER_EVENT) {
    const part = items.slice(i, i + ITEMS_PER_EVENT);
    chunks.push({ type: 'ListFileItems', rail, file, chunk: chunks.length, items: part, at });
  }
  return [{ type: 'NumberFile', ...numbered, ...totals }, ...chunks];
}

/** What the files of one run are written down by, in this order. */
interface ListFiles {
  readonly type: 'ListFiles';
  readonly rail: string;
  readonly commands: readonly (ListFileItems | NumberFile)[];
}

/** When every account of a run has said that it is instructed, its items are divided into files and each gets its number. */
export function filesOfRuns(
  { log, runner }: { readonly log: Log; readonly runner: Pick<CommandRunner, 'run'> },
  runs = new RunsRead(log),
): Reaction<ListFiles> {
  return reaction<ListFiles, { RunInstructed: RunInstructed['data'] }>({
    name: 'files_of_runs',
    on: {
      RunInstructed: async ({ tenant, data, revision, occurredAt: at }) => {
        const { run, payingAccount, payOn } = data;
        const settings = await loadSettings(log, tenant, payingAccount);
        invariant(settings, 'a run is paid from an account that is registered');
        // As it was at this event, because a closed run forgets its items.
        const items = instructedItems(await runs.at(tenant, run, revision));
        runs.forget();
        const kinds = byKind(items, railNamed(settings.format));
        const when = { payOn: payDayAt(at, payOn, settings), replaces: null, at };
        const commands = [...kinds]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flatMap(([kind, items]) => {
            const file = fileIdOf(run, kind, null);
            return commandsOfFile({ rail: payingAccount, file, run, kind, ...when }, items);
          });
        return [{ type: 'ListFiles', rail: payingAccount, commands }];
      },
    },
    target: streamOfFile,
    dispatch: (step, context) => writeDown(runner, step, context),
  });
}

/** All at once: they queue in their order, and as many as fit share an append. The first refusal tells what was wrong. */
async function writeDown(
  runner: Pick<CommandRunner, 'run'>,
  { commands }: ListFiles,
  context: ReactionContext,
): Promise<{ readonly kind: 'accepted' } | Outcome<RailRejected>> {
  const { tenant, stream, causationId } = context;
  const outcomes = await allOf(
    commands.map((command, i) =>
      runner.run(rail, stream, command, {
        ...causeOf(context),
        commandId: uuidV5(tenant, stream, causationId, `files_of_runs.${String(i)}`),
      }),
    ),
  );
  return outcomes.find(({ kind }) => kind === 'rejected') ?? { kind: 'accepted' };
}

function byKind(items: readonly ListedItem[], of: Rail): ReadonlyMap<string, ListedItem[]> {
  const kinds = new Map<string, ListedItem[]>();
  for (const item of items) {
    const kind = of.fileKindOf(item.method);
    const others = kinds.get(kind);
    if (others) others.push(item);
    else kinds.set(kind, [item]);
  }
  return kinds;
}

const instructedItems = (state: Run): readonly ListedItem[] =>
  itemsOf(state)
    .filter(({ progress }) => progress === 'instructed')
    .map(({ noted: { item, partner, net, method } }) => {
      const { kind, version, fingerprint } = method;
      return { item, partner, amount: net, method: kind, version, fingerprint };
    });

type Listing = {
  readonly FileNumbered: FileNumbered['data'];
  readonly FileItemsListed: FileItemsListed['data'];
};

/** Files that are being listed; of others the whole stream is read. */
const MOST_REMEMBERED = 100;

/** Once a file has all its items it is written. */
export function filesWritten(bus: CommandBus): Reaction<WriteFileStep> {
  const numberedAt = new Map<Uuid, bigint>();
  return reaction<WriteFileStep, Listing>({
    name: 'files_written',
    on: {
      FileNumbered: ({ data: { file }, revision }) => {
        if (numberedAt.size >= MOST_REMEMBERED) numberedAt.clear();
        numberedAt.set(file, revision);
        return [];
      },
      FileItemsListed: ({ data: { rail, file, last }, occurredAt: at }) =>
        last ? [{ type: 'WriteFile', rail, file, from: numberedAt.get(file) ?? 0n, at }] : [],
    },
    target: ({ rail }, tenant) => railStreamOf(tenant, rail),
    dispatch: (step, context) =>
      bus.execute(new WriteFile(step, { tenant: context.tenant, cause: causeOf(context) })),
  });
}

export const causeOf = ({
  commandId,
  causationId,
  correlationId,
  traceParent,
  actor,
}: ReactionContext) => ({
  commandId,
  fingerprint: `follows:${causationId}`,
  actor,
  causationId,
  correlationId,
  traceParent,
});

import type { CommandBus } from '@nestjs/cqrs';
import { type Dispatch, type FeedEvent, type Reaction, Together, reaction } from '@tributary/feeds';
import {
  CodedError,
  type Instant,
  type Outcome,
  type StreamName,
  type Uuid,
  sha256Hex,
  uuidV5,
} from '@tributary/kernel';
import { type Means, dispatchAs } from '@tributary/platform';
import { account } from '../domain/account/decide';
import type {
  AccountEvent,
  PartnerLearned,
  PayeeLearned,
  PayoutAccepted,
  PayoutInstructed,
  PayoutRejected,
  PayoutSettled,
  PayoutUnknown,
  PayoutVoided,
  ReservationCancelled,
  SettlementUndone,
} from '../domain/account/events';
import { type Account, type Item, statusAt } from '../domain/account/state';
import type { FileExported, FileVoided } from '../domain/rail/file-events';
import type { ItemId } from '../domain/item';
import type { NoteFile, NoteItemChange, RunRejected } from '../domain/run/commands';
import { type ItemProgress, type NotedProgress, runStreamOf } from '../domain/run/events';
import { DecideRun } from './runs';

type FileFacts = {
  readonly FileExported: FileExported['data'];
  readonly FileVoided: FileVoided['data'];
};

/** A run is exported once all of its items stand in files. */
export const runFiles = (bus: CommandBus): Reaction<NoteFile> =>
  reaction<NoteFile, FileFacts>({
    name: 'run_files',
    on: {
      FileExported: ({ data: { run, file, sequence, count }, occurredAt: at }) => [
        { type: 'NoteFile', run, file, sequence, state: 'exported', count, at },
      ],
      FileVoided: ({ data: { run, file, sequence, count, then }, occurredAt: at }) => {
        const isGivenBack = then === 'back';
        return [{ type: 'NoteFile', run, file, sequence, state: 'voided', count, isGivenBack, at }];
      },
    },
    target: ({ run }, tenant) => runStreamOf(tenant, run),
    dispatch: dispatchAs(bus, DecideRun),
  });

type Learning = {
  readonly PayeeLearned: PayeeLearned['data'];
  readonly PartnerLearned: PartnerLearned['data'];
};

/** What an approver has read holds no longer once the details behind an item change: the run is told. */
export function runChanges(bus: CommandBus, { log }: Pick<Means, 'log'>): Reaction<NoteItemChange> {
  const changed = async ({
    stream,
    occurredAt: at,
  }: Pick<FeedEvent, 'occurredAt' | 'stream'>): Promise<readonly NoteItemChange[]> => {
    let state = account.initial;
    for await (const event of log.read(stream))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state.open.flatMap((name) => {
      const item = state.items.get(name);
      if (item?.status !== 'reserved') return [];
      const partner = state.of?.partner ?? '';
      const what = changeIn(state, item, at);
      return [{ type: 'NoteItemChange' as const, run: item.run, partner, item: name, what, at }];
    });
  };
  return reaction<NoteItemChange, Learning>({
    name: 'run_changes',
    on: { PayeeLearned: changed, PartnerLearned: changed },
    target: ({ run }, tenant) => runStreamOf(tenant, run),
    dispatch: dispatchAs(bus, DecideRun),
  });
}

function changeIn(state: Account, { method }: Item, at: Instant): string | null {
  const payee = state.payee?.payee;
  if (statusAt(state, at) === 'suspended') return 'suspended';
  if (payee?.changePending === true) return 'bank_details_pending';
  if (payee?.method?.version !== method.version) return 'bank_details_changed';
  return payee.missing.length > 0 ? 'documents_missing' : null;
}

type ItemFacts = {
  readonly PayoutAccepted: PayoutAccepted['data'];
  readonly PayoutInstructed: PayoutInstructed['data'];
  readonly PayoutRejected: PayoutRejected['data'];
  readonly PayoutSettled: PayoutSettled['data'];
  readonly PayoutUnknown: PayoutUnknown['data'];
  readonly PayoutVoided: PayoutVoided['data'];
  readonly ReservationCancelled: ReservationCancelled['data'];
  readonly SettlementUndone: SettlementUndone['data'];
};

interface OnItem extends Pick<FeedEvent, 'occurredAt' | 'revision'> {
  readonly data: { readonly run: Uuid; readonly item: ItemId; readonly partner: string };
}
interface Progress extends NotedProgress {
  readonly run: Uuid;
  readonly at: Instant;
}

/** Some hundred bytes each, so that an event stays well below its limit. */
const MOST_ITEMS = 300;

/** What becomes of items, added up by their runs. What comes together is told together: a large run hears of each of its items. */
export function runProgress(bus: CommandBus): Reaction<Progress> {
  const note =
    (progress: ItemProgress) =>
    ({ data: { run, item, partner }, revision, occurredAt: at }: OnItem): readonly Progress[] => [
      { run, item, partner, progress, revision: Number(revision), at },
    ];
  return reaction<Progress, ItemFacts>({
    name: 'run_progress',
    on: {
      PayoutAccepted: note('accepted'),
      PayoutRejected: note('rejected'),
      PayoutSettled: note('settled'),
      PayoutUnknown: note('unknown'),
      PayoutVoided: note('voided'),
      // The run itself has instructed it the first time, which it knows by the answer.
      PayoutInstructed: (event) => (event.data.file === null ? [] : note('instructed')(event)),
      ReservationCancelled: note('cancelled'),
      SettlementUndone: note('instructed'),
    },
    target: ({ run }, tenant) => runStreamOf(tenant, run),
    dispatch: tellTogether(bus),
  });
}

interface Telling {
  readonly item: Progress;
  readonly tenant: string;
  readonly stream: StreamName;
  readonly cause: Parameters<Dispatch<Progress>>[1];
}

function tellTogether(bus: CommandBus): Dispatch<Progress> {
  const together = new Together<Telling, Outcome<RunRejected>>(async (tellings) => {
    const byRun = new Map<StreamName, Telling[]>();
    for (const telling of tellings) {
      const same = byRun.get(telling.stream);
      if (same) same.push(telling);
      else byRun.set(telling.stream, [telling]);
    }
    const outcomes = await Promise.all(
      [...byRun].map(async ([stream, told]) => [stream, await tell(bus, told)] as const),
    );
    const of = new Map(outcomes);
    return tellings.map(({ stream }) => of.get(stream) as Outcome<RunRejected>);
  }, MOST_ITEMS);
  return (item, cause) => together.ask({ item, tenant: cause.tenant, stream: cause.stream, cause });
}

function tell(bus: CommandBus, told: readonly Telling[]): Promise<Outcome<RunRejected>> {
  const [first] = told;
  if (first === undefined) throw new CodedError('nothing_told', 'Somebody is told of something.');
  const { tenant, stream, cause } = first;
  const { run, at } = first.item;
  const items = told.map(({ item: { partner, item, progress, revision } }) => ({
    ...{ partner, item, progress, revision },
  }));
  // Delivered again it may be put together otherwise, so it is named by what it says; the run knows how far each item is.
  const content = items.map((each) => `${each.item} ${String(each.revision)}`).join('\n');
  const what = `progress ${sha256Hex(content)}`;
  const { correlationId, causationId, traceParent, actor } = cause;
  const command = { type: 'NoteProgress', run, items, at } as const;
  return bus.execute(
    new DecideRun(command, {
      tenant,
      cause: {
        commandId: uuidV5(tenant, stream, what),
        fingerprint: what,
        actor,
        causationId,
        correlationId,
        traceParent,
      },
    }),
  );
}

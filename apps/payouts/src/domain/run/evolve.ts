import { appended } from '@tributary/kernel';
import type { AnswersNoted, FileNoted, ItemsAskedAnew, ProgressNoted, RunEvent } from './events';
import { type Entry, type ItemEntry, type Run, itemEntry, newRun } from './state';

export function evolve(state: Run, event: RunEvent): Run {
  const { type, data } = event;
  switch (type) {
    case 'RunDrafted':
      return {
        ...newRun(),
        status: 'drafted',
        draft: data,
        draftedAt: event.occurredAt,
        preparers: [data.by],
      };
    case 'CandidatesListed':
      return listed(state, data.partners);
    case 'LockingStarted':
      return { ...state, status: 'locking' };
    case 'AnswersNoted':
      return answered(state, data);
    case 'RunLocked': {
      const { hash, count, gross, withheld, net } = data;
      return { ...state, status: 'locked', hash, totals: { count, gross, withheld, net } };
    }
    case 'FlagsAcknowledged':
      return changeItems(state, data.partners ?? allPartners(state), (entry) =>
        acknowledge(entry, data.flag),
      );
    case 'ItemsExcluded':
      return data.partners.reduce((run, partner) => leftOut(run, partner, { is: 'excluded' }), {
        ...state,
        preparers: withOne(state.preparers, data.by),
      });
    case 'ItemsAskedAnew':
      return askedAnew(state, data);
    case 'ItemChangeNoted': {
      const { item, what } = data;
      const changed = what === null ? state.changed.delete(item) : state.changed.set(item, what);
      return { ...state, changed };
    }
    case 'RunApproved':
      return { ...state, status: 'approved' };
    case 'ApprovalVoided':
      return { ...state, status: 'locked' };
    default:
      return evolveOnwards(state, event);
  }
}

/** From the release on, or where it was given up. */
function evolveOnwards(state: Run, { type, data }: RunEvent): Run {
  switch (type) {
    case 'RunReleased':
      return { ...state, status: 'released', toInstruct: data.count };
    case 'InstructionsNoted': {
      const refused = data.refused.map(({ partner }) => partner);
      const toInstruct = state.toInstruct - data.instructed.length - refused.length;
      const run = changeItems({ ...state, toInstruct }, data.instructed, (entry) =>
        entry.progress === null ? { ...entry, progress: 'instructed' } : entry,
      );
      const counts = { ...run.counts, instructed: run.counts.instructed + data.instructed.length };
      return refused.reduce((each, partner) => leftOut(each, partner, { is: 'excluded' }), {
        ...run,
        counts: { ...counts, refused: counts.refused + refused.length },
      });
    }
    case 'RunInstructed': {
      const { count, gross, withheld, net } = data;
      return { ...state, status: 'instructed', totals: { count, gross, withheld, net } };
    }
    case 'FileNoted':
      return withFile(state, data);
    case 'RunExported':
      return { ...state, status: 'exported' };
    case 'ProgressNoted':
      return progressed(state, data);
    case 'RunAcknowledged':
      return { ...state, status: 'acknowledged' };
    case 'RunSettling':
      return { ...state, status: 'settling' };
    case 'RunClosed':
      return { ...over(state), status: 'closed' };
    case 'RunCancelled':
      return { ...state, status: 'cancelled' };
    case 'ReservationsFreed':
      return { ...over(state), isFreed: true };
    default:
      return state;
  }
}

function withFile(state: Run, { file, state: is, count, isGivenBack }: FileNoted['data']): Run {
  // Voided before it was exported, it takes nothing away.
  const before = state.files.get(file)?.state === 'exported' ? count : 0;
  const exported = state.exported - before + (is === 'exported' ? count : 0);
  const givenBack = state.givenBack + (isGivenBack === true ? count : 0);
  return { ...state, files: state.files.set(file, { state: is, count }), exported, givenBack };
}

function listed(state: Run, partners: readonly string[]): Run {
  let { entries } = state;
  for (const partner of partners) entries = entries.set(partner, { is: 'asked' });
  const lastListed = partners.at(-1) ?? state.lastListed;
  return { ...state, entries, lastListed, awaited: state.awaited + partners.length };
}

function answered(state: Run, { items, declined, alsoShared }: AnswersNoted['data']): Run {
  let { entries, partnerOf, paidTo } = state;
  for (const noted of items) {
    const { partner, item, method } = noted;
    entries = entries.set(partner, {
      is: 'item',
      noted,
      acknowledged: [],
      progress: null,
      revision: -1,
    });
    partnerOf = partnerOf.set(item, partner);
    paidTo = paidTo.set(
      method.fingerprint,
      appended(paidTo.get(method.fingerprint) ?? [], partner),
    );
  }
  for (const { partner, reason, payable } of declined)
    entries = entries.set(partner, { is: 'declined', reason, payable });
  const awaited = state.awaited - items.length - declined.length;
  return changeItems({ ...state, entries, partnerOf, paidTo, awaited }, alsoShared, (entry) => ({
    ...entry,
    noted: { ...entry.noted, flags: withOne(entry.noted.flags, 'shared_account') },
  }));
}

function askedAnew(state: Run, { partners, attempt, by }: ItemsAskedAnew['data']): Run {
  const preparers = withOne(state.preparers, by);
  const run = partners.reduce((each, partner) => leftOut(each, partner, { is: 'asked' }), state);
  const awaited = run.awaited + partners.length;
  return { ...run, status: 'locking', attempt, preparers, awaited };
}

/** Its item is gone, and with it everything that was remembered of it. */
function leftOut(state: Run, partner: string, as: Entry): Run {
  const entry = itemEntry(state, partner);
  if (entry === undefined) return state;
  const { item, method } = entry.noted;
  const others = (state.paidTo.get(method.fingerprint) ?? []).filter((each) => each !== partner);
  return {
    ...state,
    entries: state.entries.set(partner, as),
    partnerOf: state.partnerOf.delete(item),
    changed: state.changed.delete(item),
    paidTo:
      others.length > 0
        ? state.paidTo.set(method.fingerprint, others)
        : state.paidTo.delete(method.fingerprint),
  };
}

function progressed(state: Run, { items }: ProgressNoted['data']): Run {
  const counts = { ...state.counts };
  let { entries } = state;
  for (const { partner, progress, revision } of items) {
    const entry = entries.get(partner);
    if (entry?.is !== 'item') continue;
    if (entry.progress !== null) counts[entry.progress] -= 1;
    counts[progress] += 1;
    entries = entries.set(partner, { ...entry, progress, revision });
  }
  return { ...state, entries, counts };
}

const acknowledge = (entry: ItemEntry, flag: ItemEntry['acknowledged'][number]): ItemEntry =>
  entry.noted.flags.includes(flag)
    ? { ...entry, acknowledged: withOne(entry.acknowledged, flag) }
    : entry;

function changeItems(
  state: Run,
  partners: readonly string[],
  change: (entry: ItemEntry) => ItemEntry,
): Run {
  let { entries } = state;
  for (const partner of partners) {
    const entry = entries.get(partner);
    if (entry?.is !== 'item') continue;
    const changed = change(entry);
    if (changed !== entry) entries = entries.set(partner, changed);
  }
  return { ...state, entries };
}

const allPartners = (state: Run): readonly string[] =>
  state.entries.entries().map(([partner]) => partner);

const withOne = <T>(list: readonly T[], one: T): readonly T[] =>
  list.includes(one) ? list : appended(list, one);

/** What may come back later concerns the accounts; the run itself decides nothing any more. */
const over = (state: Run): Run => {
  const { entries, partnerOf, paidTo, changed, files } = newRun();
  return { ...state, entries, partnerOf, paidTo, changed, files };
};

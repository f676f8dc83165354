import type { CommandBus } from '@nestjs/cqrs';
import type { ReactionContext } from '@tributary/feeds';
import {
  CodedError,
  type Outcome,
  type Uuid,
  invariant,
  sha256Hex,
  uuidV5,
} from '@tributary/kernel';
import type { Means } from '@tributary/platform';
import type { Declined, ReservedItem } from '../domain/account/terms';
import type { ItemId } from '../domain/item';
import type { ReservedAnswer, RunCommand, RunRejected } from '../domain/run/commands';
import { type Fault, type NotedItem, type RunDrafted, runStreamOf } from '../domain/run/events';
import { reservationHash } from '../domain/run/reservation-hash';
import { itemsOf } from '../domain/run/state';
import { DecideRun, type RunsRead } from './runs';
import { type AccountAnswer, type Behind, RunAccounts } from './runs-accounts';
import type { RunDirectory } from './runs-directory';
import { ACCOUNTS_AT_ONCE, allOf, piecesOf, slicesOf } from './runs-fan-out';

/** Before a run is locked: what the rail of its paying account could not write. */
export type FindFaults = (
  tenant: string,
  payingAccount: string,
  items: readonly ReservedItem[],
) => Promise<ReadonlyMap<ItemId, readonly Fault[]>>;

type Draft = RunDrafted['data'];
export type Directory = Pick<RunDirectory, 'allCandidates' | 'known'>;

/** What follows from an event of a run. Each can be begun again from its start, at any time. */
export type RunStep =
  | { readonly type: 'Ask'; readonly run: Uuid; readonly partners: readonly string[] }
  | {
      readonly type: 'AskAnew';
      readonly run: Uuid;
      readonly partners: readonly string[];
      readonly attempt: number;
    }
  | { readonly type: 'FreeAll'; readonly run: Uuid }
  | {
      readonly type: 'Free';
      readonly run: Uuid;
      readonly partners: readonly string[];
      readonly reason: string;
    }
  | { readonly type: 'Instruct'; readonly run: Uuid }
  | { readonly type: 'List'; readonly run: Uuid; readonly position: bigint };

/** Half a kilobyte each, so that an event stays well below its limit. */
const ANSWER_BYTES = 44 * 1024;
/** Of one event; whole slices, so that none is left over that would cost as much as a full one. */
const NAMES_AT_ONCE = 2 * ACCOUNTS_AT_ONCE;

const MOST_DRAFTS = 100;

export class Protocol {
  private readonly accounts: RunAccounts;
  private readonly drafts = new Map<Uuid, Draft>();

  constructor(
    private readonly bus: Pick<CommandBus, 'execute'>,
    private readonly means: Pick<Means, 'log' | 'runner'>,
    private readonly findFaults: FindFaults,
    private readonly directory: Directory,
    private readonly runs: RunsRead,
  ) {
    this.accounts = new RunAccounts(means.runner, means.log);
  }

  async take(step: RunStep, context: ReactionContext): Promise<void> {
    const { tenant, causationId, correlationId, traceParent, occurredAt: at } = context;
    const behind = { tenant, causationId, correlationId, traceParent, at };
    const draft = await this.draftOf(tenant, step.run);
    switch (step.type) {
      case 'List':
        return await this.list(draft, step.position, behind);
      case 'Ask':
        return await this.ask(draft, step.partners, 1, behind);
      case 'AskAnew':
        await this.free(draft, step.partners, 'asked anew', behind);
        return await this.ask(draft, step.partners, step.attempt, behind);
      case 'Free':
        return await this.free(draft, step.partners, step.reason, behind);
      case 'FreeAll':
        return await this.freeAll(draft, behind);
      case 'Instruct':
        return await this.instruct(draft, behind);
    }
  }

  private async list(draft: Draft, position: bigint, behind: Behind): Promise<void> {
    const { run, entity, asset, partners: only } = draft;
    const of = { tenant: behind.tenant, entity, asset };
    await this.runs.at(behind.tenant, run);
    for await (const partners of this.directory.allCandidates(of, position, only, NAMES_AT_ONCE))
      await this.tell({ type: 'ListCandidates', run, partners, at: behind.at }, partners, behind);
    await this.tell({ type: 'StartLocking', run, at: behind.at }, ['start'], behind);
  }

  /** The next accounts are asked, and those after them read, while the answers of those before are looked through and noted. */
  private async ask(
    draft: Draft,
    partners: readonly string[],
    attempt: number,
    behind: Behind,
  ): Promise<void> {
    const slices = slicesOf(partners, ACCOUNTS_AT_ONCE);
    await this.accounts.load(draft, slices[0] ?? [], behind);
    let answers: readonly AccountAnswer[] = [];
    for (const [i, slice] of [...slices, []].entries()) {
      const [next] = await Promise.all([
        this.accounts.reserve(draft, slice, attempt, behind),
        this.note(draft, answers, attempt, behind),
        this.accounts.load(draft, slices[i + 1] ?? [], behind),
      ]);
      answers = next;
    }
  }

  private async note(
    draft: Draft,
    answers: readonly AccountAnswer[],
    attempt: number,
    behind: Behind,
  ): Promise<void> {
    if (answers.length === 0) return;
    const { run } = draft;
    const reserved = await this.lookedThrough(
      draft,
      answers.flatMap((answer) => ('reserved' in answer ? [answer.reserved] : [])),
      behind,
    );
    const declined = answers.flatMap((answer) => ('declined' in answer ? [answer.declined] : []));
    const all: readonly (Declined | ReservedAnswer)[] = [...reserved, ...declined];
    const sizeOf = (answer: object): number => JSON.stringify(answer).length;
    await allOf(
      piecesOf(all, ANSWER_BYTES, sizeOf).map((piece) =>
        this.tell(
          {
            type: 'NoteAnswers',
            run,
            attempt,
            reserved: piece.filter((answer) => 'reserved' in answer),
            declined: piece.filter((answer): answer is Declined => !('reserved' in answer)),
            at: behind.at,
          },
          [String(attempt), ...piece.map(partnerIn)],
          behind,
        ),
      ),
    );
  }

  private async lookedThrough(
    draft: Draft,
    items: readonly ReservedItem[],
    { tenant }: Behind,
  ): Promise<readonly ReservedAnswer[]> {
    if (items.length === 0) return [];
    const { run, entity, asset, payingAccount } = draft;
    const payees = items.map(({ partner, method }) => ({
      partner,
      fingerprint: method.fingerprint,
    }));
    const [known, faults] = await Promise.all([
      this.directory.known({ tenant, entity, asset }, run, payees),
      payingAccount === null
        ? new Map<ItemId, readonly Fault[]>()
        : this.findFaults(tenant, payingAccount, items),
    ]);
    return items.map((item) => {
      const { lines, ...reserved } = item;
      const { recent = [], sharedWith = null } = known.get(item.partner) ?? {};
      const found = faults.get(item.item) ?? [];
      const hash = reservationHash(item);
      return { reserved, lines: lines.length, hash, recent, sharedWith, faults: found };
    });
  }

  private async free(
    draft: Draft,
    partners: readonly string[],
    reason: string,
    behind: Behind,
  ): Promise<void> {
    for (const slice of slicesOf(partners, ACCOUNTS_AT_ONCE)) {
      await this.accounts.load(draft, slice, behind);
      const outcomes = await this.accounts.cancel(draft, slice, reason, behind);
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.kind !== 'rejected') continue;
        const { code } = outcome.rejected;
        const partner = slice[i] as string;
        throw new CodedError('reservation_not_freed', `${partner} holds it.`, { partner, code });
      }
    }
  }

  /** Also those whose answer was not noted any more: they were asked before this. */
  private async freeAll(draft: Draft, behind: Behind): Promise<void> {
    const { run } = draft;
    const state = await this.runs.at(behind.tenant, run);
    this.runs.forget();
    const asked = state.entries
      .entries()
      .flatMap(([partner, { is }]) => (is === 'asked' || is === 'item' ? [partner] : []));
    await this.free(draft, asked, 'run cancelled', behind);
    await this.tell({ type: 'NoteFreed', run, at: behind.at }, ['freed'], behind);
  }

  private async instruct(draft: Draft, behind: Behind): Promise<void> {
    const { run } = draft;
    const items = itemsOf(await this.runs.at(behind.tenant, run));
    const open = items.flatMap(({ noted, progress }) => (progress === null ? [noted] : []));
    // Whoever was asked last is the most likely to be held in memory still.
    const slices = slicesOf(open, ACCOUNTS_AT_ONCE).toReversed();
    const load = (slice: readonly NotedItem[] = []) =>
      this.accounts.load(
        draft,
        slice.map(({ partner }) => partner),
        behind,
      );
    await load(slices[0]);
    let told: Promise<unknown> = Promise.resolve();
    for (const [i, slice] of slices.entries()) {
      const [outcomes] = await Promise.all([
        this.accounts.instruct(draft, slice, behind),
        told,
        load(slices[i + 1]),
      ]);
      const answers = slice.map(({ partner }, k) => {
        return { partner, reason: refusalIn(outcomes[k] as Outcome) };
      });
      const instructed = answers.flatMap((each) => (each.reason === null ? [each.partner] : []));
      const refused = answers.flatMap(({ partner, reason }) =>
        reason === null ? [] : [{ partner, reason }],
      );
      await this.free(
        draft,
        refused.map(({ partner }) => partner),
        'not instructed',
        behind,
      );
      told = this.tell(
        { type: 'NoteInstructions', run, instructed, refused, at: behind.at },
        slice.map(({ item }) => item),
        behind,
      );
    }
    await told;
  }

  /** Named by what it says, because a second attempt may divide it otherwise. */
  private async tell(
    command: RunCommand,
    content: readonly string[],
    { tenant, causationId, correlationId, traceParent }: Behind,
  ): Promise<void> {
    const stream = runStreamOf(tenant, command.run);
    const what = `${command.type} ${sha256Hex(content.join(' '))}`;
    const cause = {
      commandId: uuidV5(tenant, stream, causationId, what),
      fingerprint: what,
      actor: 'reaction:runs_follow',
      causationId,
      correlationId,
      traceParent,
    };
    const outcome = await this.bus.execute<DecideRun, Outcome<RunRejected>>(
      new DecideRun(command, { tenant, cause }),
    );
    this.runs.follow(tenant, command.run, outcome);
    if (outcome.kind !== 'rejected') return;
    const { code, ...facts } = outcome.rejected;
    throw new CodedError(code, `${stream} refused ${command.type}.`, facts);
  }

  /** The first event of the stream; it never changes. */
  private async draftOf(tenant: string, run: Uuid): Promise<Draft> {
    const known = this.drafts.get(run);
    if (known) return known;
    for await (const { type, data } of this.means.log.read(runStreamOf(tenant, run))) {
      invariant(type === 'RunDrafted', 'a run begins with its draft');
      const draft = data as unknown as Draft;
      if (this.drafts.size >= MOST_DRAFTS) this.drafts.clear();
      this.drafts.set(run, draft);
      return draft;
    }
    throw new CodedError('run_unknown', 'Nobody has drafted this run.', { run });
  }
}

const partnerIn = (answer: Declined | ReservedAnswer): string =>
  'reserved' in answer ? answer.reserved.partner : answer.partner;

const refusalIn = (outcome: Outcome): string | null =>
  outcome.kind === 'rejected' ? outcome.rejected.code : null;

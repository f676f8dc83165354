import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, type ReactionContext, reaction } from '@tributary/feeds';
import {
  CodedError,
  type Outcome,
  type StreamName,
  type Uuid,
  invariant,
  uuidV5,
} from '@tributary/kernel';
import type { Means } from '@tributary/platform';
import type { AccountCommand, AccountRejected } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import {
  type AnsweredItem,
  type FileVoided,
  type ItemDeclaredUnpaid,
  type ItemsAnswered,
  type ListedItem,
  railStreamOf,
} from '../domain/rail/file-events';
import { CONTRADICTS, type FileCommand } from '../domain/rail/files';
import { causeOf, commandsOfFile, fileIdOf, payDayAt } from './file-reactions';
import { DecideFile, type LoadedFile, loadFile } from './files';

interface TellAccount {
  readonly type: 'TellAccount';
  readonly of: OfAccount;
  readonly command: AccountCommand;
}

/** The items of a voided file go back to their accounts, and from there into a new one where two persons have said so. */
interface MoveItems {
  readonly type: 'MoveItems';
  readonly voided: FileVoided['data'];
  readonly revision: bigint;
}

type Facts = {
  readonly ItemDeclaredUnpaid: ItemDeclaredUnpaid['data'];
  readonly ItemsAnswered: ItemsAnswered['data'];
  readonly FileVoided: FileVoided['data'];
};

/** What the bank says of items is told to their accounts; in the order in which it was said, hence one reaction. */
export function accountsTold(
  bus: CommandBus,
  means: Pick<Means, 'log' | 'runner'>,
): Reaction<MoveItems | TellAccount> {
  return reaction<MoveItems | TellAccount, Facts>({
    name: 'accounts_told',
    on: {
      ItemsAnswered: ({ data: { answers, entity, asset }, occurredAt: at }) =>
        answers.flatMap((each) => {
          const answer = answerFor(each);
          if (answer === undefined) return [];
          const { item, partner, codes, bankReference, isSettled = false } = each;
          const of = { partner, entity, asset };
          const told = { item, answer, codes, bankReference, isSettled, at } as const;
          return [
            { type: 'TellAccount', of, command: { type: 'NoteBankAnswer', account: of, ...told } },
          ];
        }),
      ItemDeclaredUnpaid: ({ data: { item, partner, entity, asset }, occurredAt: at }) => {
        const of = { partner, entity, asset };
        const told = { item, answer: 'rejected', codes: [DECLARED_UNPAID], at } as const;
        const command = {
          type: 'NoteBankAnswer',
          account: of,
          ...told,
          bankReference: null,
        } as const;
        return [{ type: 'TellAccount', of, command }];
      },
      FileVoided: ({ data: voided, revision }) => [{ type: 'MoveItems', voided, revision }],
    },
    target: (command, tenant) =>
      command.type === 'TellAccount'
        ? accountStreamOf(tenant, command.of)
        : railStreamOf(tenant, command.voided.rail),
    dispatch: async (command, context) => {
      if (command.type === 'MoveItems')
        return await new Moving(bus, means, command, context).move();
      const { stream } = context;
      const outcome = await means.runner.run(account, stream, command.command, causeOf(context));
      return isBreak(outcome) ? { kind: 'nothing' } : outcome;
    },
  });
}

/** Stands where the bank's own words for a rejection would. */
const DECLARED_UNPAID = 'declared_unpaid';

/** Only a statement says that something was paid, or came back; and of two answers that cannot both be true none is. */
function answerFor({ answer, codes }: AnsweredItem) {
  if (answer === 'returned') return undefined;
  if (codes.includes(CONTRADICTS)) return 'doubted';
  return answer === 'claimed_paid' ? 'accepted' : answer;
}

const KNOWS_BETTER: readonly AccountRejected['code'][] = [
  'item_cancelled',
  'item_not_instructed',
  'item_rejected',
];

/** The account knows better, by a void or an earlier answer. The rail has opened a break about it, which a person sees. */
const isBreak = (outcome: Outcome<AccountRejected>): boolean =>
  outcome.kind === 'rejected' && KNOWS_BETTER.includes(outcome.rejected.code);

/** Matched with a line of the bank in the same moment: there is nothing to take back, and nothing to send again. */
const isPaid = (outcome: Outcome<AccountRejected>): boolean =>
  outcome.kind === 'rejected' &&
  (outcome.rejected.code === 'item_returned' || outcome.rejected.code === 'item_settled');

const ACCOUNTS_AT_ONCE = 250;

class Moving {
  constructor(
    private readonly bus: CommandBus,
    private readonly means: Pick<Means, 'log' | 'runner'>,
    private readonly step: MoveItems,
    private readonly context: ReactionContext,
  ) {}

  async move(): Promise<{ readonly kind: 'accepted' }> {
    const { voided, revision: until } = this.step;
    const { rail, file, run, kind, sequence, then } = voided;
    const { tenant, occurredAt: at } = this.context;
    const loaded = await loadFile(this.means.log, { tenant, rail, file, until });
    invariant(loaded, 'a voided file has a number');
    const next = then === 'new_file' ? fileIdOf(run, kind, sequence) : null;
    const again = await this.sendBack(loaded, next);
    if (next === null || again.length === 0) return { kind: 'accepted' };

    const payOn = payDayAt(at, voided.payOn, loaded.numbered.from);
    const numbered = { rail, file: next, run, kind, payOn, replaces: sequence, at };
    for (const command of commandsOfFile(numbered, again)) await this.tellRail(command);
    return { kind: 'accepted' };
  }

  /** Gives those that their accounts have instructed once more. */
  private async sendBack(
    { items, refused }: LoadedFile,
    next: Uuid | null,
  ): Promise<readonly ListedItem[]> {
    const open = items.filter(({ item }) => !refused.has(item));
    const again: ListedItem[] = [];
    for (let i = 0; i < open.length; i += ACCOUNTS_AT_ONCE) {
      const slice = open.slice(i, i + ACCOUNTS_AT_ONCE);
      const settled = await Promise.allSettled(slice.map((item) => this.sendOneBack(item, next)));
      settled.forEach((each, place) => {
        if (each.status === 'rejected') throw each.reason;
        const item = slice[place];
        if (each.value && item) again.push(item);
      });
    }
    return again;
  }

  private async sendOneBack({ item, partner }: ListedItem, next: Uuid | null): Promise<boolean> {
    const { voided } = this.step;
    const { file, run, entity, asset } = voided;
    const of = { partner, entity, asset };
    const { occurredAt: at } = this.context;
    const on = { account: of, at };
    const taken = await this.tellAccount(of, { type: 'VoidItem', ...on, item, file });
    if (isPaid(taken)) return false;
    if (taken.kind === 'rejected') throw refused(item, taken.rejected);
    if (next !== null) {
      const told = await this.tellAccount(of, { type: 'Instruct', ...on, run, item, file: next });
      if (told.kind !== 'rejected') return true;
    }
    const reason = `file ${String(voided.sequence)} voided`;
    const freed = await this.tellAccount(of, { type: 'CancelReservation', ...on, run, reason });
    if (freed.kind === 'rejected') throw refused(item, freed.rejected);
    return false;
  }

  private tellAccount(of: OfAccount, command: AccountCommand): Promise<Outcome<AccountRejected>> {
    const stream = accountStreamOf(this.context.tenant, of);
    const cause = this.causeFor(stream, `${command.type} ${this.step.voided.file}`);
    return this.means.runner.run(account, stream, command, cause);
  }

  private async tellRail(command: FileCommand): Promise<void> {
    const { tenant } = this.context;
    const chunk = 'chunk' in command ? ` ${String(command.chunk)}` : '';
    const stream = railStreamOf(tenant, command.rail);
    const cause = this.causeFor(stream, `${command.type}${chunk}`);
    const outcome = await this.bus.execute(new DecideFile(command, { tenant, cause }));
    if (outcome.kind === 'rejected') throw refused(command.type, outcome.rejected);
  }

  private causeFor(stream: StreamName, what: string) {
    const { tenant, causationId } = this.context;
    return { ...causeOf(this.context), commandId: uuidV5(tenant, stream, causationId, what) };
  }
}

const refused = (what: string, { code, ...facts }: { readonly code: string }): CodedError =>
  new CodedError(code, `${what} was refused while a voided file was taken back.`, facts);

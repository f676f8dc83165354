import type { EventLog } from '@tributary/event-log';
import {
  CodedError,
  type CommandRunner,
  type Instant,
  type Outcome,
  type StreamName,
  type Uuid,
  invariant,
  uuidV5,
} from '@tributary/kernel';
import type { AccountCommand, AccountRejected } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import {
  type Declined,
  type OfAccount,
  type ReservationTerms,
  type ReservedItem,
  type ReservedLine,
  accountStreamOf,
} from '../domain/account/terms';
import { type ItemId, itemOf } from '../domain/item';
import type { RunDrafted } from '../domain/run/events';

/** Who stands behind what a run says to its accounts. */
export interface Behind {
  readonly tenant: string;
  readonly causationId: Uuid;
  readonly correlationId: string;
  readonly traceParent: string | null;
  readonly at: Instant;
}

export type AccountAnswer = { readonly declined: Declined } | { readonly reserved: ReservedItem };

type Draft = RunDrafted['data'];

interface Said {
  readonly stream: StreamName;
  readonly command: AccountCommand;
  /** What makes it the same command whenever it is said. */
  readonly what: string;
}

export const accountOf = ({ entity, asset }: Draft, partner: string): OfAccount => ({
  partner,
  entity,
  asset,
});

/** An item that is asked anew is another one: what was reserved under the name before was given back for good. */
export const itemOfAttempt = (run: Uuid, attempt: number, stream: StreamName): ItemId =>
  itemOf(attempt === 1 ? run : uuidV5('asked anew', run, String(attempt)), stream);

export const termsOf = (draft: Draft, attempt: number, stream: StreamName): ReservationTerms => {
  const { run, payAt, minimum, rules } = draft;
  return { run, item: itemOfAttempt(run, attempt, stream), payAt, minimum, rules };
};

/** What a run says to accounts. Ids follow from run, account and attempt, so that saying it again says nothing new. */
export class RunAccounts {
  constructor(
    private readonly runner: CommandRunner,
    private readonly log: EventLog,
  ) {}

  /** Before they are asked together: accounts that are held already are decided in one turn and stored as one bulk. */
  load(draft: Draft, partners: readonly string[], { tenant }: Behind): Promise<void> {
    const streams = partners.map((partner) => accountStreamOf(tenant, accountOf(draft, partner)));
    return this.runner.load(account, streams);
  }

  /** In the order of the partners. */
  async reserve(
    draft: Draft,
    partners: readonly string[],
    attempt: number,
    behind: Behind,
  ): Promise<readonly AccountAnswer[]> {
    const asked = partners.map((partner) => {
      const of = accountOf(draft, partner);
      const stream = accountStreamOf(behind.tenant, of);
      const terms = termsOf(draft, attempt, stream);
      const command = { type: 'Reserve' as const, account: of, stream, terms, at: behind.at };
      return { stream, terms, command, what: `reserve ${terms.item}` };
    });
    const outcomes = await this.say(asked, behind);
    const answers = asked.map(({ stream, terms }, i): AccountAnswer | undefined => {
      const outcome = outcomes[i] as Outcome<AccountRejected>;
      if (outcome.kind === 'rejected') {
        const { code } = outcome.rejected;
        throw new CodedError('reservation_refused', `${stream} refused to answer.`, { code });
      }
      return answerIn(outcome.events as unknown as readonly AccountEvent[], terms);
    });
    if (!answers.includes(undefined)) return answers as readonly AccountAnswer[];
    return await Promise.all(
      asked.map(
        async ({ stream, terms }, i) => answers[i] ?? (await this.answeredBefore(stream, terms)),
      ),
    );
  }

  /** What they hold for this run, if anything. */
  cancel(
    draft: Draft,
    partners: readonly string[],
    reason: string,
    behind: Behind,
  ): Promise<readonly Outcome<AccountRejected>[]> {
    const { run } = draft;
    const said = partners.map((partner): Said => {
      const of = accountOf(draft, partner);
      return {
        stream: accountStreamOf(behind.tenant, of),
        command: { type: 'CancelReservation', account: of, run, reason, at: behind.at },
        what: `cancel ${behind.causationId}`,
      };
    });
    return this.say(said, behind);
  }

  instruct(
    draft: Draft,
    items: readonly { readonly partner: string; readonly item: ItemId }[],
    behind: Behind,
  ): Promise<readonly Outcome<AccountRejected>[]> {
    const { run } = draft;
    const said = items.map(({ partner, item }): Said => {
      const of = accountOf(draft, partner);
      return {
        stream: accountStreamOf(behind.tenant, of),
        command: { type: 'Instruct', account: of, run, item, file: null, at: behind.at },
        what: `instruct ${item}`,
      };
    });
    return this.say(said, behind);
  }

  /** Rejects once all have been answered, so that none is still at work when the caller is told of a failure. */
  private async say(
    all: readonly Said[],
    { tenant, causationId, correlationId, traceParent }: Behind,
  ): Promise<readonly Outcome<AccountRejected>[]> {
    const answers = await this.runner.runTogether(
      account,
      all.map(({ stream, command, what }) => ({
        stream,
        command,
        cause: {
          commandId: uuidV5(tenant, stream, what),
          fingerprint: what,
          actor: 'reaction:runs_follow',
          causationId,
          correlationId,
          traceParent,
        },
      })),
    );
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }

  /** Another command has asked the same: the answer stands in the stream. */
  private async answeredBefore(
    stream: StreamName,
    terms: ReservationTerms,
  ): Promise<AccountAnswer> {
    const events: AccountEvent[] = [];
    for await (const event of this.log.read(stream)) {
      if (event.type === 'LinesReserved' || event.type === 'PayoutReserved')
        events.push(event as unknown as AccountEvent);
    }
    const answer = answerIn(events, terms);
    invariant(answer, `${stream} has answered for ${terms.item}`);
    return answer;
  }
}

function answerIn(
  events: readonly AccountEvent[],
  { run, item }: ReservationTerms,
): AccountAnswer | undefined {
  const lines: ReservedLine[] = [];
  for (const { type, data } of events) {
    if (type === 'ReservationDeclined' && data.run === run) return { declined: data };
    if (type === 'LinesReserved' && data.item === item) lines.push(...data.lines);
    if (type !== 'PayoutReserved' || data.item !== item) continue;
    const { lineCount, ...reserved } = data;
    const all = [...lines, ...reserved.lines];
    invariant(all.length === lineCount, `${item} has all its lines`);
    return { reserved: { ...reserved, lines: all } };
  }
  return undefined;
}

import type { CommandBus } from '@nestjs/cqrs';
import { PARTNER, type PartnerData } from '@tributary/contracts';
import {
  type Dispatch,
  type FeedEvent,
  type Reaction,
  type Told,
  type Topics,
  reaction,
} from '@tributary/feeds';
import {
  type Instant,
  type StreamLog,
  type StreamName,
  categoryOf,
  invariant,
  parseStreamName,
  uuidV5,
} from '@tributary/kernel';
import { type Means, dispatchAs } from '@tributary/platform';
import type { LearnPartner, LearnPayee } from '../domain/account/commands';
import type { AccountOpened } from '../domain/account/events';
import type { OfAccount, PayeeTerms } from '../domain/account/terms';
import { topicOfPayee } from '../domain/payee/events';
import { DecideAccount } from './accounts';
import type { ToAccounts } from './payees';

/** What an account is told, by the name of its stream: whose it is, its first event says. */
export interface TellAccount {
  readonly stream: StreamName;
  readonly told: Told;
  readonly at: Instant;
}

export const topicOfPartner = (partner: string): string => `partner:${partner}`;

/** As `payeesTold` wants it, and the reactions below. */
export function toAccounts(bus: CommandBus, { log }: Pick<Means, 'log'>): ToAccounts<TellAccount> {
  return {
    learn: (stream, told, { occurredAt: at }) =>
      categoryOf(stream) === 'account' ? [{ stream, told, at }] : [],
    target: ({ stream }) => stream,
    dispatch: dispatchToAccount(bus, log),
  };
}

/** Read again after a crash, more may have been told; so a command is recognised by what it says, not by its place. */
function dispatchToAccount(bus: CommandBus, log: StreamLog): Dispatch<TellAccount> {
  const send = dispatchAs(bus, DecideAccount);
  return async ({ stream, told, at }, context) => {
    const { topic, revision } = told;
    const commandId = uuidV5(stream, context.causationId, `${topic} ${String(revision)}`);
    const command = learning(await ofStream(log, stream), told, at);
    return await send(command, { ...context, commandId });
  };
}

function learning(account: OfAccount, { topic, revision, data }: Told, at: Instant) {
  if (topic === topicOfPayee(account.partner)) {
    const payee = data as unknown as PayeeTerms;
    return { type: 'LearnPayee', account, revision, payee, at } satisfies LearnPayee;
  }
  const steps = (data as unknown as PartnerData).steps.map((step) => ({
    at: step.at,
    status: step.value.status,
  }));
  return { type: 'LearnPartner', account, revision, steps, at } satisfies LearnPartner;
}

/** The currency in a stream's name is without the digits of its minor unit. */
async function ofStream(log: StreamLog, stream: StreamName): Promise<OfAccount> {
  for await (const { data } of log.read(stream)) {
    const { partner, entity, asset } = data as unknown as AccountOpened['data'];
    return { partner, entity, asset };
  }
  invariant(false, `${stream} was opened before it followed anything`);
}

/** An account that was opened is registered first, and then told what is known. */
export const accountsFollow = (
  topics: Pick<Topics, 'follow'>,
  { learn, target, dispatch }: ToAccounts<TellAccount>,
): Reaction<TellAccount> =>
  reaction<TellAccount, { AccountOpened: AccountOpened['data'] }>({
    name: 'accounts_follow',
    on: {
      AccountOpened: async (event) => {
        const { partner } = event.data;
        const stream = parseStreamName(event.stream);
        const known = await topics.follow(event.tenant, stream, [
          topicOfPayee(partner),
          topicOfPartner(partner),
        ]);
        return known.flatMap((told) => learn(stream, told, event as unknown as FeedEvent));
      },
    },
    target,
    dispatch,
  });

/** A partner that is suspended is paid nothing; one that has ended, whatever is left. */
export const partnersTold = (
  topics: Pick<Topics, 'tell'>,
  { learn, target, dispatch }: ToAccounts<TellAccount>,
): Reaction<TellAccount> =>
  reaction<TellAccount, { [PARTNER]: PartnerData }>({
    name: 'partners_told',
    on: {
      [PARTNER]: async (event) => {
        const { partner, steps } = event.data;
        // Of all that is said of a partner, accounts ask for its status alone, and nothing more is kept for them.
        const statuses = steps.map(({ at, value: { status } }) => ({ at, value: { status } }));
        const told: Told = {
          topic: topicOfPartner(partner),
          key: partner,
          revision: Number(event.revision),
          data: { partner, steps: statuses },
        };
        const followers = await topics.tell(event.tenant, told);
        return followers.flatMap((stream) => learn(stream, told, event as unknown as FeedEvent));
      },
    },
    target,
    dispatch,
  });

import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, type Told, type Topics, reaction } from '@tributary/feeds';
import {
  type Recorded,
  type StreamLog,
  type StreamName,
  categoryOf,
  idsOf,
  uuidV5,
} from '@tributary/kernel';
import { dispatchAs } from '@tributary/platform';
import type { Heard, LearnEvidence, LearnKnown } from '../domain/customer/commands';
import {
  type CustomerEvidenceNoted,
  type EvidenceLearned,
  type TermLearned,
  customerStreamOf,
} from '../domain/customer/events';
import { identifierOf } from '../domain/customer/knowledge';
import type { EvidenceItem } from '../domain/evidence';
import {
  type CrowdFound,
  type EvidenceNoted,
  identifierStreamOf,
} from '../domain/identifier/events';
import { inChunks } from '../domain/identifier/items';
import { identifierOfTopic, topicOfIdentifier } from '../domain/topics';
import { ToCustomer, streamOfCustomer } from './customers';

export interface Directory {
  readonly topics: Pick<Topics, 'follow' | 'followers'>;
  /** Where identifiers and customers keep what is known of them. */
  readonly log: Pick<StreamLog, 'read'>;
}

export interface KnownUnder {
  readonly told: readonly Told[];
  /** In pieces of which each fits into one event. */
  readonly evidence: readonly Heard[];
}

/**
 * What is known under topics that a stream has begun to follow. The stream is registered first, and only then is anything read: what
 * comes in between is sent to it by the other side, and what both send is recognised by its version or revision.
 */
export async function knownUnder(
  { topics, log }: Directory,
  follower: { readonly tenant: string; readonly stream: StreamName },
  wanted: readonly string[],
): Promise<KnownUnder> {
  if (wanted.length === 0) return { told: [], evidence: [] };
  const { tenant, stream } = follower;
  const told = await topics.follow(tenant, stream, wanted);
  const evidence: Heard[] = [];
  for (const topic of wanted) {
    const of = identifierOfTopic(topic);
    if (of) evidence.push(...(await firstHand(log, tenant, of)));
  }
  return { told, evidence };
}

/** The latest of every item that stands in the stream of an identifier or a customer. */
async function firstHand(
  log: Directory['log'],
  tenant: string,
  { kind, id }: { readonly kind: 'customer' | 'identifier'; readonly id: string },
): Promise<Heard[]> {
  const stream =
    kind === 'customer'
      ? customerStreamOf(tenant, id)
      : // A stream is named by the id alone, and its events tell what kind of identifier it is.
        identifierStreamOf(tenant, { kind: 'visitor', id });
  let from = kind === 'customer' ? identifierOf(id) : undefined;
  const items = new Map<string, EvidenceItem>();
  for await (const event of log.read(stream)) {
    const said = saidBy(event);
    if (!said) continue;
    from = said.from;
    if (said.crowd) return [said];
    for (const item of said.items) items.set(item.item, item);
  }
  if (from === undefined) return [];
  const told = from;
  return inChunks([...items.values()]).map((chunk) => ({ from: told, items: chunk, crowd: false }));
}

type Telling = Pick<Recorded, 'data' | 'stream' | 'type'>;

/** What an event says of the one in whose stream it stands. */
function saidBy({ type, data, stream }: Telling): Heard | undefined {
  switch (type) {
    case 'EvidenceNoted': {
      const { identifier, items } = data as unknown as EvidenceNoted['data'];
      return { from: identifier, items, crowd: false };
    }
    case 'CrowdFound': {
      const { identifier } = data as unknown as CrowdFound['data'];
      return { from: identifier, items: [], crowd: true };
    }
    case 'CustomerEvidenceNoted': {
      const { items } = data as unknown as CustomerEvidenceNoted['data'];
      return { from: identifierOf(idsOf(stream)[0] as string), items, crowd: false };
    }
    default:
      return undefined;
  }
}

interface Followed {
  readonly stream: StreamName;
  readonly tenant: string;
  readonly data: { readonly follows: readonly string[] };
}

/** A customer is told what is known under the topics that have just become interesting to it. */
export const customersFollowing = (bus: CommandBus, directory: Directory): Reaction => {
  const learn = async ({ stream, tenant, data: { follows } }: Followed): Promise<LearnKnown[]> => {
    const customer = idsOf(stream)[0] as string;
    return learning(customer, await knownUnder(directory, { tenant, stream }, follows));
  };
  return reaction<
    LearnKnown,
    {
      CustomerEvidenceNoted: CustomerEvidenceNoted['data'];
      EvidenceLearned: EvidenceLearned['data'];
      TermLearned: TermLearned['data'];
    }
  >({
    name: 'customers_following',
    on: { CustomerEvidenceNoted: learn, EvidenceLearned: learn, TermLearned: learn },
    target: streamOfCustomer,
    dispatch: (command, context) => {
      // Read again after a crash, it may say something else; so a command is recognised by what it says, not by its place.
      const commandId = uuidV5(context.stream, context.causationId, contentOf(command));
      return dispatchAs(bus, ToCustomer)(command, { ...context, commandId });
    },
  });
};

/** What one command carries at most, so that everything that follows from it fits into one append. */
const MOST_ITEMS = 100;
const MOST_BYTES_OF_TERMS = 64 * 1024;

function learning(customer: string, { told, evidence }: KnownUnder): LearnKnown[] {
  const commands: LearnKnown[] = [];
  let [terms, heard]: [Told[], Heard[]] = [[], []];
  let [bytes, items] = [0, 0];
  const send = () => {
    if (terms.length + heard.length > 0)
      commands.push({ type: 'LearnKnown', customer, terms, evidence: heard });
    [terms, heard] = [[], []];
    [bytes, items] = [0, 0];
  };
  for (const one of told) {
    const size = Buffer.byteLength(JSON.stringify(one.data));
    if (terms.length > 0 && bytes + size > MOST_BYTES_OF_TERMS) send();
    terms.push(one);
    bytes += size;
  }
  for (const one of evidence) {
    if (items > 0 && items + one.items.length > MOST_ITEMS) send();
    heard.push(one);
    items += one.items.length;
  }
  send();
  return commands;
}

const contentOf = ({ terms, evidence }: LearnKnown): string =>
  [
    ...terms.map(({ topic, key, revision }) => `${topic} ${key} ${String(revision)}`),
    ...evidence.flatMap(({ from, items, crowd }) => [
      `${topicOfIdentifier(from)} ${String(crowd)}`,
      ...items.map(({ item, version }) => `${item} ${String(version)}`),
    ]),
  ].join('\n');

/** What is noted of an identifier or a customer goes to every customer that follows it. Of most nobody does, which costs one question. */
export const evidenceTelling = (
  bus: CommandBus,
  { topics }: Pick<Directory, 'topics'>,
): Reaction => {
  const tell = async (event: Telling & { readonly tenant: string }): Promise<LearnEvidence[]> => {
    const said = saidBy(event);
    // Some events of a customer only name what it follows from now on.
    if (!said || (said.items.length === 0 && !said.crowd)) return [];
    const topic = topicOfIdentifier(said.from);
    const followers = (await topics.followers(event.tenant, [topic])).get(topic) ?? [];
    return followers
      .filter((stream) => categoryOf(stream) === 'customer')
      .map((stream) => ({
        type: 'LearnEvidence',
        customer: idsOf(stream)[0] as string,
        ...said,
      }));
  };
  return reaction<
    LearnEvidence,
    Record<'CrowdFound' | 'CustomerEvidenceNoted' | 'EvidenceNoted', Recorded['data']>
  >({
    name: 'evidence_telling',
    on: { EvidenceNoted: tell, CrowdFound: tell, CustomerEvidenceNoted: tell },
    target: streamOfCustomer,
    dispatch: dispatchAs(bus, ToCustomer),
  });
};

import type { CommandBus } from '@nestjs/cqrs';
import { type FeedEvent, type Reaction, type Topics, reaction } from '@tributary/feeds';
import { type Instant, type StreamLog, type StreamName, idsOf } from '@tributary/kernel';
import {
  type FactAccepted,
  type FactBecameDue,
  type FactRetracted,
  factIdOf,
  factStreamNamed,
  factStreamOf,
} from '../domain/fact/events';
import type { Command } from '../domain/routing/commands';
import { followUpsOf } from '../domain/routing/follow-ups';
import { MAIN_PROGRAMME, type RoutedFact } from '../domain/routing/routed';
import { heirRetracted, takenBack } from '../domain/routing/take-back';
import { type Addressed, dispatchTo, streamOfCommand } from './desks';
import { withTold } from './sales';

/** Where the facts of this service lie, and who follows what. */
interface Whereabouts {
  readonly log: StreamLog;
  readonly topics: Topics;
}

interface Heard {
  readonly FactAccepted: FactAccepted['data'];
  readonly FactBecameDue: FactBecameDue['data'];
  readonly FactRetracted: FactRetracted['data'];
}

/**
 * Hands what an accepted fact says on to everything that it is about, once its time has come, and takes it back there when the fact is.
 * The name is older than most of what it does; command ids are made of it.
 */
export const observations = (bus: CommandBus, whereabouts: Whereabouts): Reaction =>
  reaction<Addressed, { readonly [T in keyof Heard]: Heard[T] }>({
    name: 'observations',
    on: {
      FactAccepted: (event) =>
        event.data.waitsUntil === undefined
          ? addressed(followUpsOf(routed(event)), event, whereabouts)
          : [],
      FactBecameDue: async (event) => {
        const fact = await factIn(event.stream, event.revision + 1n, whereabouts.log);
        return fact ? addressed(followUpsOf(fact), event, whereabouts) : [];
      },
      FactRetracted: async (event) => {
        const fact = await factIn(event.stream, event.revision, whereabouts.log);
        // A retraction that came first, or while it waits; it is said again behind the fact.
        if (!fact) return [];
        const { data, occurredAt: at } = event;
        const commands = followUpsOf(fact).flatMap(
          (command) => takenBack(command, fact, data, at) ?? [],
        );
        const revived = await revivals(fact, { data, at }, whereabouts.log);
        return addressed([...commands, ...revived], event, whereabouts);
      },
    },
    target: streamOfCommand,
    dispatch: dispatchTo(bus),
  });

type AcceptedEvent = Pick<
  FeedEvent<'FactAccepted', FactAccepted['data']>,
  'contentHash' | 'data' | 'occurredAt' | 'tenant'
>;

function routed({ data, contentHash = '', occurredAt, tenant }: AcceptedEvent): RoutedFact {
  const { programme = MAIN_PROGRAMME, source, type } = data;
  const fact = { factId: factIdOf(tenant, source, data.id), hash: contentHash };
  return { tenant, fact, type, source, id: data.id, at: occurredAt, programme, data: data.data };
}

/** The fact, before a revision of its stream where one is given; undefined where none was accepted yet, or it still waits. */
async function factIn(
  stream: StreamName,
  before: bigint | undefined,
  log: StreamLog,
): Promise<RoutedFact | undefined> {
  let waiting: RoutedFact | undefined;
  for await (const event of log.read(stream)) {
    if (before !== undefined && event.revision >= before) return undefined;
    if (event.type === 'FactBecameDue') return waiting;
    if (event.type !== 'FactAccepted') continue;
    const accepted = event as unknown as AcceptedEvent;
    if (accepted.data.waitsUntil === undefined) return routed(accepted);
    waiting = routed(accepted);
  }
  return undefined;
}

interface Retracted {
  readonly data: FactRetracted['data'];
  readonly at: Instant;
}

/**
 * What a fact has superseded may belong to another sale, which hears here that its heir is retracted. Said when the heir is retracted
 * and when something turns out to be superseded: each stands in its stream before the other one is read, so that one of them sees both.
 */
async function revivals(
  fact: RoutedFact,
  retracted: Retracted,
  log: StreamLog,
): Promise<readonly Command[]> {
  const { tenant } = fact;
  const { why, by } = retracted.data;
  if (why === 'superseded') {
    const end = await retractionIn(factStreamNamed(tenant, by.factId), log);
    return end ? heirRetracted(fact, by.factId, end.data, end.at) : [];
  }
  const commands: Command[] = [];
  for (const command of followUpsOf(fact)) {
    if (command.type !== 'RetractFact' || command.retraction.why !== 'superseded') continue;
    const { source, id } = command.retraction;
    const target = await factIn(factStreamOf(tenant, source, id), undefined, log);
    if (target)
      commands.push(...heirRetracted(target, fact.fact.factId, retracted.data, retracted.at));
  }
  return commands;
}

/** Of several the last one: only one that holds before the others is said behind them. */
async function retractionIn(stream: StreamName, log: StreamLog): Promise<Retracted | undefined> {
  let found: Retracted | undefined;
  for await (const { type, data, occurredAt: at } of log.read(stream)) {
    if (type !== 'FactRetracted') continue;
    const said = data as unknown as FactRetracted['data'];
    if (said.why === 'retracted') found = { data: said, at };
  }
  return found;
}

async function addressed(
  commands: readonly Command[],
  { tenant }: Pick<FeedEvent, 'tenant'>,
  { topics }: Whereabouts,
): Promise<Addressed[]> {
  const all: Addressed[] = [];
  for (const command of commands) {
    if (command.type === 'TellLead') {
      for (const stream of await topics.tell(tenant, command.told)) {
        const prospect = idsOf(stream)[0] as string;
        all.push({ type: 'LearnClaimTerm', prospect, ...command.told });
      }
    } else if (command.type === 'TakeSaleFact') all.push(await withTold(command, tenant, topics));
    else all.push(command);
  }
  return all;
}

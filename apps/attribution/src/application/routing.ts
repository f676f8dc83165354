import type { CommandBus } from '@nestjs/cqrs';
import { type FeedEvent, type Reaction, type Topics, reaction } from '@tributary/feeds';
import { type StreamLog, type StreamName, idsOf } from '@tributary/kernel';
import { type FactAccepted, type FactRetracted, factIdOf } from '../domain/fact/events';
import type { Command } from '../domain/routing/commands';
import { followUpsOf } from '../domain/routing/follow-ups';
import { MAIN_PROGRAMME, type RoutedFact } from '../domain/routing/routed';
import { takenBack } from '../domain/routing/take-back';
import { type Addressed, dispatchTo, streamOfCommand } from './desks';

/** Where the facts of this service lie, and who follows what. */
interface Whereabouts {
  readonly log: StreamLog;
  readonly topics: Topics;
}

/**
 * Hands what an accepted fact says on to everything that it is about, and takes it back there when the fact is. The name is older than
 * most of what it does; command ids are made of it.
 */
export const observations = (bus: CommandBus, whereabouts: Whereabouts): Reaction =>
  reaction<Addressed, { FactAccepted: FactAccepted['data']; FactRetracted: FactRetracted['data'] }>(
    {
      name: 'observations',
      on: {
        FactAccepted: (event) => addressed(followUpsOf(routed(event)), event, whereabouts),
        FactRetracted: async (event) => {
          const fact = await factIn(event.stream, event.revision, whereabouts.log);
          // A retraction that came first; it is said again behind the fact.
          if (!fact) return [];
          const commands = followUpsOf(fact).flatMap(
            (command) => takenBack(command, fact, event.data, event.occurredAt) ?? [],
          );
          return addressed(commands, event, whereabouts);
        },
      },
      target: streamOfCommand,
      dispatch: dispatchTo(bus),
    },
  );

type AcceptedEvent = Pick<
  FeedEvent<'FactAccepted', FactAccepted['data']>,
  'contentHash' | 'data' | 'occurredAt' | 'tenant'
>;

function routed({ data, contentHash = '', occurredAt, tenant }: AcceptedEvent): RoutedFact {
  const { programme = MAIN_PROGRAMME, source, type } = data;
  const fact = { factId: factIdOf(tenant, source, data.id), hash: contentHash };
  return { tenant, fact, type, source, id: data.id, at: occurredAt, programme, data: data.data };
}

/** The fact before a revision of its stream; undefined where none was accepted yet. */
async function factIn(
  stream: StreamName,
  before: bigint,
  log: StreamLog,
): Promise<RoutedFact | undefined> {
  for await (const event of log.read(stream)) {
    if (event.revision >= before) return undefined;
    if (event.type === 'FactAccepted') return routed(event as unknown as AcceptedEvent);
  }
  return undefined;
}

async function addressed(
  commands: readonly Command[],
  { tenant }: Pick<FeedEvent, 'tenant'>,
  { topics }: Whereabouts,
): Promise<Addressed[]> {
  const all: Addressed[] = [];
  for (const command of commands) {
    if (command.type !== 'TellLead') {
      all.push(command);
      continue;
    }
    for (const stream of await topics.tell(tenant, command.told)) {
      const prospect = idsOf(stream)[0] as string;
      all.push({ type: 'LearnClaimTerm', prospect, ...command.told });
    }
  }
  return all;
}

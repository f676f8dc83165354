import {
  type Dispatch,
  type FeedEvent,
  type Reaction,
  type Told,
  type Topics,
  reaction,
} from '@tributary/feeds';
import { type JsonObject, type StreamName, categoryOf, idsOf } from '@tributary/kernel';
import type { LearnTerm } from '../domain/customer/commands';
import type { Term } from '../domain/terms';

export interface TermTelling<C> {
  readonly name: string;
  /** By the type of the event: what it tells. */
  readonly on: Readonly<Record<string, (event: FeedEvent) => readonly Term[]>>;
  /** How a follower is told; nothing for one that has no use for it. */
  readonly learn: (stream: StreamName, told: Told, event: FeedEvent) => readonly C[];
  readonly target: (command: C, tenant: string) => StreamName;
  readonly dispatch: Dispatch<C>;
  /** Where a later event of the same stream tells all of it anew, nothing is lost when only that one goes round. */
  readonly isOutdated?: (event: FeedEvent) => Promise<boolean>;
}

/** Fewer are told at once, without a look at what came later. */
const MANY_FOLLOWERS = 16;

/**
 * A partner, a link, a policy: what it is now goes to everybody who follows it. They may be thousands, so this is a reaction of its
 * own, and others go on meanwhile. It is told first, and then the followers are read: whoever follows from then on reads it himself.
 */
export function termTelling<C>(
  topics: Pick<Topics, 'tell'>,
  { name, on, learn, target, dispatch, isOutdated }: TermTelling<C>,
): Reaction<C> {
  const telling = Object.entries(on).map(([type, termsOf]) => {
    const tell = async (event: FeedEvent): Promise<C[]> => {
      const commands: C[] = [];
      for (const term of termsOf(event)) {
        const followers = await topics.tell(event.tenant, term);
        if (followers.length > MANY_FOLLOWERS && (await isOutdated?.(event)) === true) continue;
        commands.push(...followers.flatMap((stream) => learn(stream, term, event)));
      }
      return commands;
    };
    return [type, tell] as const;
  });
  return reaction<C, Record<string, JsonObject>>({
    name,
    on: Object.fromEntries(telling),
    target,
    dispatch,
  });
}

/** How a follower that is a customer is told. */
export const learnTermOf = (stream: StreamName, told: Told): LearnTerm[] =>
  categoryOf(stream) === 'customer'
    ? [{ type: 'LearnTerm', customer: idsOf(stream)[0] as string, ...told }]
    : [];

import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, reaction } from '@tributary/feeds';
import type { Means } from '@tributary/platform';
import {
  type CandidatesListed,
  type ItemsAskedAnew,
  type ItemsExcluded,
  type RunCancelled,
  type RunDrafted,
  type RunReleased,
  runStreamOf,
} from '../domain/run/events';
import { RunsRead } from './runs';
import { RunDirectory } from './runs-directory';
import { type Directory, type FindFaults, Protocol, type RunStep } from './runs-steps';

type Facts = {
  readonly RunDrafted: RunDrafted['data'];
  readonly CandidatesListed: CandidatesListed['data'];
  readonly ItemsAskedAnew: ItemsAskedAnew['data'];
  readonly ItemsExcluded: ItemsExcluded['data'];
  readonly RunCancelled: RunCancelled['data'];
  readonly RunReleased: RunReleased['data'];
};

/**
 * The reservation protocol. One reaction for a run's whole life, because events of a stream are delivered in order: whoever was asked
 * has answered before a cancellation that came later frees it.
 */
export function runsFollow(
  bus: Pick<CommandBus, 'execute'>,
  means: Pick<Means, 'database' | 'log' | 'runner'>,
  findFaults: FindFaults,
  runs = new RunsRead(means.log),
  directory: Directory = new RunDirectory(means.database),
): Reaction<RunStep> {
  const protocol = new Protocol(bus, means, findFaults, directory, runs);
  return reaction<RunStep, Facts>({
    name: 'runs_follow',
    on: {
      RunDrafted: ({ data: { run }, position }) => [{ type: 'List', run, position }],
      CandidatesListed: ({ data: { run, partners } }) => [{ type: 'Ask', run, partners }],
      ItemsAskedAnew: ({ data: { run, partners, attempt } }) => [
        { type: 'AskAnew', run, partners, attempt },
      ],
      ItemsExcluded: ({ data: { run, partners, reason } }) => [
        { type: 'Free', run, partners, reason },
      ],
      RunCancelled: ({ data: { run } }) => [{ type: 'FreeAll', run }],
      RunReleased: ({ data: { run } }) => [{ type: 'Instruct', run }],
    },
    target: ({ run }, tenant) => runStreamOf(tenant, run),
    dispatch: async (step, context) => {
      await protocol.take(step, context);
      return { kind: 'accepted' };
    },
  });
}

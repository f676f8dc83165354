import { type FeedEvent, type Reaction, reaction } from '@tributary/feeds';
import type { CommandRunner, JsonObject } from '@tributary/kernel';
import { earnings } from '../domain/earnings/decide';

/** What is too large for one append goes on by itself; after a restart somebody has to remember which windows had begun. */
export const windowsBehind = (runner: CommandRunner): Reaction => {
  const resume = async ({ stream }: Pick<FeedEvent, 'stream'>): Promise<never[]> => {
    await runner.resume(earnings, stream);
    return [];
  };
  return reaction<never, Record<string, JsonObject>>({
    name: 'windows_behind',
    on: { ReleasePostponed: resume, WindowFellBehind: resume },
    target: (command) => command,
    dispatch: (command) => command,
  });
};

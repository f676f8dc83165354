import type { CopyTarget } from '../port';
import { appending } from './appending.fixture';
import { copying } from './copying.fixture';
import { concurrentWriters } from './concurrent-writers.fixture';
import type { Abilities, LogHarness, Suite } from './harness.fixture';
import { readingAll, readingFields } from './reading.fixture';
import { repeating } from './repeating.fixture';
import { subscribing } from './subscribing.fixture';

/** Everything that an adapter promises. Whoever passes may stand behind the port. */
export function eventLogContract(
  name: string,
  makeHarness: () => Promise<LogHarness>,
  abilities: Abilities = {},
): void {
  describe(`the event log on ${name}`, () => {
    const opened: CopyTarget[] = [];
    let harness: LogHarness;
    let current: Suite | undefined;

    beforeAll(async () => {
      harness = await makeHarness();
      const open = async () => {
        const log = await harness.open();
        opened.push(log);
        return log;
      };
      current = { harness, open, log: await open(), other: await open() };
    });

    afterAll(async () => {
      for (const log of opened) await log.close();
      await harness.cleanUp();
    });

    const suite = (): Suite => {
      if (current === undefined) throw new Error('The harness was not made.');
      return current;
    };
    appending(suite);
    repeating(suite);
    concurrentWriters(suite);
    copying(suite);
    readingAll(suite);
    readingFields(suite);
    subscribing(suite, abilities);
  });
}

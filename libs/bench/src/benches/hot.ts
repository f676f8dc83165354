import {
  type Cause,
  CommandRunner,
  type Decider,
  type DomainEvent,
  type JsonObject,
  accept,
  instantOfMs,
  streamOf,
  uuidV7,
} from '@tributary/kernel';
import type { BenchContext } from '../context';
import { newStream, postingData } from '../fixtures';
import type { Section } from '../report';
import { type Variant, alternate, ratioOf, underLoad } from '../rounds';

type Posted = DomainEvent<'CommissionPosted', JsonObject>;

const counting: Decider<number, Posted, number> = {
  initial: 0,
  decide: (i) =>
    accept({ type: 'CommissionPosted', data: postingData(i), occurredAt: instantOfMs(i) }),
  evolve: (count) => count + 1,
  remembersCommands: false,
};

/** Commands of one stream, decided in order through its queue, against commands of as many streams as there are callers. */
export async function hotBench(context: BenchContext): Promise<Section[]> {
  const log = await context.openLog();
  const runner = new CommandRunner(log, { now: Date.now });
  let next = 0;
  const sections: Section[] = [];
  for (const callers of [32, 256] as const) {
    const hot = streamOf('earnings', 'bench', `hot${callers}`);
    let sent = 0;
    const variants: Variant[] = [
      {
        name: 'a new stream each',
        role: 'limit',
        run: () =>
          underLoad(callers, context.roundMs, () =>
            runner.run(counting, newStream(next), next++, cause()),
          ),
      },
      {
        name: 'one hot stream',
        role: 'ours',
        run: async () => {
          const post = () => runner.run(counting, hot, sent++, cause());
          // The new streams have pushed it out of memory, and reading all of it again is no work of its queue.
          await post();
          return await underLoad(callers, context.roundMs, post);
        },
      },
    ];
    const measured = await alternate(variants, { rounds: context.rounds });
    let stored = 0;
    for await (const event of log.read(hot)) {
      if (event.revision !== BigInt(stored++))
        throw new Error(`Revision ${event.revision} stands at place ${stored}.`);
    }
    if (stored !== sent)
      throw new Error(`${sent} commands were answered, but ${stored} events are stored.`);
    const [distinct, one] = measured;
    if (!distinct || !one) continue;
    const ratio = ratioOf(one, distinct);
    const figures = [
      { goal: `P5 ${callers}`, what: 'one hot stream against distinct ones', ratio },
    ];
    sections.push({ title: `hot stream, ${callers} callers`, measured, figures });
  }
  await log.close();
  return sections;
}

function cause(): Cause {
  const commandId = uuidV7(Date.now());
  return {
    commandId,
    fingerprint: 'bench',
    actor: 'bench',
    causationId: null,
    correlationId: 'bench',
    traceParent: null,
  };
}

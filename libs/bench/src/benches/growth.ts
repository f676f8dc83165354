import type { EventLog } from '@tributary/event-log';
import type { BenchContext } from '../context';
import { newStream, posting } from '../fixtures';
import type { Section } from '../report';
import { alternate, ratioOf, underLoad } from '../rounds';
import { fill } from './replay';

const CALLERS = 256;

/** Appends to a log that holds a hundred times as much. */
export async function growthBench(context: BenchContext): Promise<Section[]> {
  const small = context.full ? 100_000 : Math.max(2_000, Math.floor(context.events / 100));
  const large = context.full ? 10_000_000 : context.events;
  const logs = { small: await context.openLog(), large: await context.openLog() };
  await fill(logs.small, small);
  await fill(logs.large, large);
  let next = large;
  const load = (log: EventLog) => () =>
    underLoad(CALLERS, context.roundMs, () => {
      const i = next++;
      return log.append(newStream(i), 'none', [posting(i)]);
    });
  const measured = await alternate(
    [
      { name: `into ${small} events`, role: 'limit', run: load(logs.small) },
      { name: `into ${large} events`, role: 'ours', run: load(logs.large) },
    ],
    { rounds: context.rounds },
  );
  await Promise.all([logs.small.close(), logs.large.close()]);
  const [before, after] = measured;
  if (!before || !after) return [];
  const ratio = ratioOf(after, before);
  const what = `appends into ${large} events against ${small}`;
  return [{ title: 'growth', measured, figures: [{ goal: 'P14', what, ratio }] }];
}

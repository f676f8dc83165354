import type { BenchContext } from '../context';
import { MatchingScene } from '../matching-scene';
import type { Section } from '../report';
import { type Measured, alternate, ratioOf } from '../rounds';

const LINES = { few: 5_000, many: 20_000, full: 100_000 };

/** From the bytes of a statement to the last line that is matched in the log, against reading the very same bytes. */
export async function matchingBench(context: BenchContext): Promise<Section[]> {
  const lines = LINES[context.full ? 'full' : context.events < 100_000 ? 'few' : 'many'];
  const scene = await MatchingScene.open(await context.freshDatabase(), lines);
  try {
    const measured = await alternate(
      [
        { name: 'read, imported and matched', role: 'ours', run: () => scene.match() },
        { name: 'read', role: 'limit', run: () => scene.parse() },
      ],
      { rounds: context.rounds, afterRound: () => scene.next() },
    );
    const [ours, limit] = measured as [Measured, Measured];
    const ratio = ratioOf(ours, limit);
    return [
      {
        title: `matching of a statement of ${String(lines)} lines, lines a second`,
        measured,
        figures: [{ goal: 'matching', what: 'matching a statement against reading it', ratio }],
        notes: [`camt.053 of ${scene.megabytes.toFixed(1)} MB; every line names its item`],
      },
    ];
  } finally {
    await scene.close();
  }
}

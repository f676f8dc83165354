import { CodedError } from '@tributary/kernel';
import type { BenchContext } from '../context';
import { type DemoArchive, measureDemoArchives } from '../demo-archive';
import type { Section } from '../report';
import { type Measured, alternate, ratioOf, timed } from '../rounds';
import { tributary } from '../tributary-command';

interface Table {
  readonly service: string;
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
}

interface Replayed {
  readonly events: number;
  readonly parked: number;
  readonly findings: readonly object[];
  readonly tables: readonly Table[];
  readonly importSeconds: number;
  readonly rebuildSeconds: number;
}

/** From an export to every table of every service, with every posting decided again, against the import of the same log. */
export const replayExportBench = (context: BenchContext): Promise<Section[]> =>
  measureDemoArchives(context, measured);

async function measured(context: BenchContext, archive: DemoArchive): Promise<Section> {
  const { events } = archive;
  const states: Replayed[] = [];
  const all = await alternate(
    [
      {
        name: 'import',
        role: 'limit',
        run: async () => {
          const into = await context.freshDatabase();
          return await timed(events, () => imported(archive, into));
        },
      },
      {
        name: 'replay',
        role: 'ours',
        run: async () => {
          const into = await context.freshDatabase();
          return await timed(events, async () => states.push(await replayed(archive, into)));
        },
      },
    ],
    { rounds: context.rounds },
  );
  for (const state of states) assertWhole(state, events, states[0] as Replayed);
  const [limit, ours] = all as [Measured, Measured];
  const filled = states[0]?.tables.filter(({ rows }) => rows > 0) ?? [];
  const rows = filled.reduce((sum, each) => sum + each.rows, 0);
  return {
    title: `replay of an export, ${events} events`,
    measured: all,
    figures: [
      { goal: 'replay', what: 'full state against the import alone', ratio: ratioOf(ours, limit) },
    ],
    notes: [
      `${rows} rows in ${filled.length} tables, digested; the same digests in each round`,
      ...states.map(
        ({ importSeconds, rebuildSeconds }) =>
          `${importSeconds} s to import and verify, everything rebuilt ${rebuildSeconds} s later`,
      ),
    ],
  };
}

async function imported({ file, events }: DemoArchive, into: string): Promise<void> {
  const { code, answer } = await tributary('import', '--from', file, '--into', into);
  if (code !== 0 || (answer as { readonly events?: number }).events !== events)
    throw new CodedError('bench_import', `import ended with ${code}: ${JSON.stringify(answer)}`);
}

async function replayed({ file }: DemoArchive, into: string): Promise<Replayed> {
  const { code, answer } = await tributary('replay', '--archive', file, '--into', into);
  if (code !== 0)
    throw new CodedError('bench_replay', `replay ended with ${code}: ${JSON.stringify(answer)}`);
  return answer as Replayed;
}

function assertWhole({ events, parked, findings, tables }: Replayed, count: number, of: Replayed) {
  const digests = (some: readonly Table[]) => some.map(({ sha256 }) => sha256).join();
  if (events !== count || parked !== 0 || findings.length > 0)
    throw new Error(`${events} events, ${parked} parked, ${findings.length} findings.`);
  if (digests(tables) !== digests(of.tables)) throw new Error('Two replays differ.');
}

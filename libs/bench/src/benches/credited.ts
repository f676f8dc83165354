import { LINE_CREDITED } from '@tributary/contracts';
import type { Database } from '@tributary/postgres';
import { Arrivals } from '../arrivals';
import { AttributionProgram } from '../attribution-program';
import type { BenchContext } from '../context';
import { atRates } from '../rates';
import type { Section } from '../report';
import { LINES_OF_AN_INVOICE } from '../upstream-facts';

/** From the call until anybody can read in `published` who is credited, while facts come at a fixed rate, one by one. */
export async function creditedBench(context: BenchContext): Promise<Section[]> {
  const program = await AttributionProgram.start(context);
  try {
    const arrivals = await Arrivals.open(program, lookIn(program.database));
    const sections = await atRates(context, arrivals, {
      goal: 'credited',
      what: 'credited',
      variant: 'credit published',
    });
    await verify(program, arrivals.invoices);
    return sections;
  } finally {
    await program.stop();
  }
}

function lookIn(database: Database) {
  let seen = '0';
  return async (): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ id: string; position: string }>(
      `select correlation_id as id, position::text from published
       where position > $1 and type = $2 order by published.position`,
      [seen, LINE_CREDITED],
    );
    seen = rows.at(-1)?.position ?? seen;
    return rows.map(({ id }) => id);
  };
}

/** Every line of every invoice stands with its partner, and with all of its money. */
async function verify(program: AttributionProgram, invoices: number): Promise<void> {
  await program.assertNothingParked();
  const { rows } = await program.database.pool.query<{ lines: string; whole: string }>(
    `select count(*)::text as lines, count(*) filter (where value->'parts'->0->>'basis' = value->>'net')::text as whole
     from (select distinct on (data->>'sale', data->>'line') data->'steps'->-1->'value' as value from published
            where type = $1 order by data->>'sale', data->>'line', position desc) latest`,
    [LINE_CREDITED],
  );
  const expected = invoices * LINES_OF_AN_INVOICE;
  const { lines = '', whole = '' } = rows[0] ?? {};
  if (Number(lines) !== expected || Number(whole) !== expected)
    throw new Error(`${lines} of ${expected} lines were credited, ${whole} of them wholly.`);
}

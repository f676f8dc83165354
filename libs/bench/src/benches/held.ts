import { Topics } from '@tributary/feeds';
import { Database } from '@tributary/postgres';
import { resolve } from 'node:path';
import { Arrivals } from '../arrivals';
import { AttributionProgram, TENANT } from '../attribution-program';
import { termsOfPlan, termsOf } from '../commission-facts';
import type { BenchContext } from '../context';
import { atRates } from '../rates';
import type { Section } from '../report';
import { LINES_OF_AN_INVOICE, factPartners, heldOfAnInvoice } from '../upstream-facts';

const BOTH = {
  program: resolve(__dirname, '../credit-and-commission-main.js'),
  listensTo: ['partners', 'payouts', 'tiers'],
};

/** From an accepted event until the line of the portal. */
const M028 = { name: 'M028', p95Ms: 5_000 } as const;

/** From the call until the held line can be asked for, while facts come at a fixed rate: attribution and commission in one process. */
export async function heldBench(context: BenchContext): Promise<Section[]> {
  const program = await AttributionProgram.start(context, BOTH);
  const commission = await Database.open({ url: program.databaseUrl, schema: 'commission' });
  try {
    await termsAre(commission, factPartners);
    const arrivals = await Arrivals.open(program, lookIn(commission));
    const sections = await atRates(context, arrivals, {
      goal: 'held',
      what: 'held',
      variant: 'held line visible',
      promise: M028,
    });
    await verify(program, commission, arrivals.invoices);
    return sections;
  } finally {
    await program.stop();
    await commission.close();
  }
}

/** What partners and its own plans would have told commission, as far as windows ask for it. */
async function termsAre(commission: Database, partners: readonly string[]): Promise<void> {
  const topics = new Topics(commission);
  const told = [...termsOfPlan(), ...partners.flatMap((partner) => termsOf(partner))];
  for (const one of told) await topics.tell(TENANT, one);
}

/** A part that is held is a row of its own, written once. */
function lookIn(commission: Database) {
  let seen = '0';
  return async (): Promise<readonly string[]> => {
    const { rows } = await commission.pool.query<{ id: string; position: string }>(
      `select e.correlation_id as id, m.position::text from held_move m join log.event e on e.position = m.position
       where m.position > $1 order by m.position, m.n`,
      [seen],
    );
    seen = rows.at(-1)?.position ?? seen;
    return rows.map(({ id }) => id);
  };
}

/** Every line of every invoice is held, and all together come to what was reckoned without the engine. */
async function verify(
  program: AttributionProgram,
  commission: Database,
  invoices: number,
): Promise<void> {
  await program.assertNothingParked();
  const { rows } = await commission.pool.query<{ lines: string; held: string; parked: string }>(
    `select count(*)::text as lines, coalesce(sum(held), 0)::text as held,
       (select count(*)::text from parked where status = 'parked') as parked
     from commission_line where held > 0`,
  );
  const { lines = '', held = '', parked = '' } = rows[0] ?? {};
  const expected = [invoices * LINES_OF_AN_INVOICE, BigInt(invoices) * heldOfAnInvoice, 0].join();
  if ([lines, held, parked].join() !== expected)
    throw new Error(
      `Lines, cents and parked streams are ${[lines, held, parked].join()}, not ${expected}.`,
    );
}

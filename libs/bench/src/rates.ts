import { type Arrivals, INVOICES_OF_TEN } from './arrivals';
import type { BenchContext } from './context';
import type { Section } from './report';
import { type Measured, alternate, median, ratioOf } from './rounds';

const JUDGED_PER_SECOND = 1_000;
const OFFERED = [100, 200, 400, JUDGED_PER_SECOND] as const;
/** A round ends when the last invoice is visible, which comes a little after the last fact. */
const SUSTAINED = 0.8;
/** What was promised is told at a load that any machine sustains. */
const PROMISED_PER_SECOND = OFFERED[0];

interface Figure {
  readonly goal: string;
  /** What has become of an invoice when it is visible. */
  readonly what: string;
  readonly variant: string;
  /** An absolute time that was promised of it, which says more about the machine than about us: reported, and not judged. */
  readonly promise?: { readonly name: string; readonly p95Ms: number };
}

/** How long it takes until what was accepted is visible, against its acknowledgement under the same load, at one rate after the other. */
export async function atRates(
  context: BenchContext,
  arrivals: Arrivals,
  figure: Figure,
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const perSecond of OFFERED)
    sections.push(await atRate(context, arrivals, figure, perSecond));
  return sections;
}

async function atRate(
  context: BenchContext,
  arrivals: Arrivals,
  { goal, what, variant, promise }: Figure,
  perSecond: number,
): Promise<Section> {
  const measured = await alternate(
    [
      {
        name: 'fact acknowledged',
        role: 'limit',
        run: () => arrivals.load(perSecond, context.roundMs),
      },
      { name: variant, role: 'ours', run: () => arrivals.seen() },
    ],
    { rounds: context.rounds },
  );
  const [ack, ours] = measured as [Measured, Measured];
  const offered = (perSecond * INVOICES_OF_TEN) / 10;
  const isSustained = median(ours.ratesPerSecond) >= offered * SUSTAINED;
  const named = `${goal}${perSecond === JUDGED_PER_SECOND ? '' : ` at ${perSecond}/s`}`;
  const each = await arrivals.eventsPerFact();
  const isPromised = promise !== undefined && perSecond === PROMISED_PER_SECOND;
  return {
    title: `accepted to ${what} at ${perSecond} facts a second, ${INVOICES_OF_TEN} invoices and ${10 - INVOICES_OF_TEN} clicks of ten`,
    measured,
    figures: [
      {
        // Under overload both wait in the same queue, and their ratio says nothing: such a rate is reported, and not judged.
        goal: isSustained ? named : `${named}, not sustained,`,
        what: `p99 until ${what} against p99 until acknowledged`,
        ratio: ratioOf(ours, ack, 'p99PerRoundMs'),
      },
      ...(isPromised
        ? [
            {
              goal: `${promise.name} at ${perSecond}/s`,
              what: `p95 until ${what} against the ${promise.p95Ms} ms that are promised`,
              ratio: median(ours.p95PerRoundMs) / promise.p95Ms,
            },
          ]
        : []),
    ],
    notes: [`${each.toFixed(1)} events of each fact so far, itself included`],
  };
}

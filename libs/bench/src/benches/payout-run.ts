import type { EventLog } from '@tributary/event-log';
import type { Recorded } from '@tributary/kernel';
import type { BenchContext } from '../context';
import { CopiedEvents } from '../copied-events';
import { PayoutsSite, RAIL } from '../payouts-site';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf, timed } from '../rounds';

const PARTNERS = { few: 2_000, many: 10_000, full: 100_000 };
/** More than the usual is flagged, so each is owed as much in every round. */
const OWED = 42_728n;

/** From the draft of a run to the file that its bank gets, against writing down the very same events. */
export async function payoutRunBench(context: BenchContext): Promise<Section[]> {
  const partners = PARTNERS[context.full ? 'full' : context.events < 100_000 ? 'few' : 'many'];
  const site = await PayoutsSite.start(await context.freshDatabase());
  const copies = await context.openLog();
  try {
    const scene = new PayoutRunScene(site, copies, partners);
    await scene.open();
    const measured = await alternate(
      [
        {
          name: 'drafted, locked, approved, released, in a file',
          role: 'ours',
          run: () => scene.pay(),
        },
        { name: 'the same events, appended in bulk', role: 'limit', run: () => scene.append() },
      ],
      { rounds: context.rounds, afterRound: () => scene.next() },
    );
    const [ours, limit] = measured as [Measured, Measured];
    const ratio = ratioOf(ours, limit);
    return [
      {
        title: `payout run of ${String(partners)} partners, from draft to file, events a second`,
        measured,
        figures: [{ goal: 'payout run', what: 'a run against bulk append', ratio }],
        notes: [`${scene.eventsPerPartner.toFixed(2)} events of each partner; ${scene.stages}`],
      },
    ];
  } finally {
    await site.stop();
    await copies.close();
  }
}

class PayoutRunScene {
  stages = '';
  private readonly partners: readonly string[];
  private round = 0;
  private events: readonly Recorded[] = [];

  constructor(
    private readonly site: PayoutsSite,
    private readonly copies: EventLog,
    count: number,
  ) {
    this.partners = Array.from({ length: count }, (_, i) => `p${String(i).padStart(6, '0')}`);
  }

  get eventsPerPartner(): number {
    return this.events.length / this.partners.length;
  }

  async open(): Promise<void> {
    await this.site.opened(this.partners);
    await this.next();
  }

  /** Everybody is owed something again. */
  async next(): Promise<void> {
    this.round += 1;
    await this.site.owes(this.partners, OWED);
    await this.site.quiet();
  }

  /** People decide at once; what is measured is what happens in between. */
  async pay(): Promise<Sample> {
    const { site } = this;
    const head = await site.runtime.log.head();
    const startMs = performance.now();
    const asked = { entity: 'main', asset: 'BRL/2' };
    const { id, token } = await site.post('/v1/payout-runs', asked);
    const { hash, flags } = await site.runIs(id, 'locked', token);
    const lockedMs = performance.now();
    for (const flag of Object.keys(flags as object))
      await site.post(`/v1/payout-runs/${id}/acknowledgements`, { flag, note: 'looked at' });
    await site.post(`/v1/payout-runs/${id}/approvals`, { hash }, 'approver');
    await site.post(`/v1/payout-runs/${id}/releases`, {});
    await site.runIs(id, 'exported', token);
    const elapsedMs = performance.now() - startMs;
    this.stages = `locked after ${String(Math.round(lockedMs - startMs))} of ${String(Math.round(elapsedMs))} ms`;
    await site.quiet();
    await this.look(head, id);
    return { count: this.events.length, elapsedMs };
  }

  async append(): Promise<Sample> {
    const copied = new CopiedEvents(this.copies, this.events, `r${String(this.round)}`);
    return await timed(this.events.length, () => copied.append());
  }

  /** Every partner is in the file, with what it is owed. */
  private async look(after: bigint, run: string): Promise<void> {
    const events: Recorded[] = [];
    for await (const { events: some } of this.site.runtime.log.readAll(after)) events.push(...some);
    this.events = events;
    const { items } = await this.site.read(`/v1/payment-files?payingAccount=${RAIL}&run=${run}`);
    const total = String(OWED * BigInt(this.partners.length));
    const [file] = items;
    if (items.length !== 1 || file.count !== this.partners.length || file.total !== total)
      throw new Error(`${run} came to ${JSON.stringify(items)}.`);
  }
}

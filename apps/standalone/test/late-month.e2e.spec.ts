import { type Deployed, type Site, distributed, embedded } from './profiles.fixture';
import { type Answer, Story, balanceOf } from './story.fixture';

jest.setTimeout(180_000);

const SIGNED = '2026-01-01T00:00:00-03:00';
const MAIN = { id: 'main', name: 'Main', currency: 'BRL/2', zone: 'America/Sao_Paulo' };
const [APRIL, MAY] = ['2026-04', '2026-05'];
const EXPENSE = 'Expenses:Commission';
const HELD = 'Liabilities:Commission:Held';

/** A quarter's lines depend on one another: once the band is reached, all of them are paid at its rate. */
const RETROACTIVE = {
  id: 'accel',
  group: 'base',
  pay: {
    kind: 'schedule',
    mode: 'retroactive',
    measure: { sum: 'credited.net', window: 'calendar_quarter' },
    bands: [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }],
  },
};

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`E15: April is soft-closed before its fact arrives, ${name}${reason}`, () => {
    let deployed: Deployed;
    let story: Story;

    beforeAll(async () => {
      // What two persons agree on counts from then on. Whoever was handed this clock keeps it, so it is set and not replaced.
      const { now } = Date;
      let behindMs = now() - Date.parse('2026-03-02T12:00:00Z');
      jest.spyOn(Date, 'now').mockImplementation(() => now() - behindMs);
      deployed = await deploy();
      story = new Story(deployed);
      await agreed();
      await brought();
      behindMs = 0;
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await deployed.stop();
    });

    it('posts what May is worth alone, and cuts April with nothing in it', async () => {
      await paid('05-12', 500_000);
      await linesWorth('100000');
      await booked(100_000n);
      const { payouts, ledger } = deployed;
      await story.command(payouts, `/v1/periods/main/${APRIL}/soft-close`, {
        as: 'finance',
        body: {},
      });
      const cut = await story.eventually(
        () => story.read(`/v1/ledger/periods/main/${APRIL}`, ledger),
        ({ state }) => state === 'taken',
      );
      expect(cut).toMatchObject({ state: 'taken', blockers: [] });
    });

    it('gives April and May to commission as if nothing had been late', async () => {
      await paid('04-10', 4_876_543);
      const { items } = await linesWorth('1344136');
      const months = items.map(({ paidAt, months: each }: Answer) => [
        paidAt,
        each.map(({ month, amount }: Answer) => `${month}: ${amount}`),
      ]);
      expect(months).toEqual([
        ['2026-04-10T15:00:00.000Z', ['2026-04: 975309', '2026-05: 243827']],
        ['2026-05-12T15:00:00.000Z', ['2026-05: 125000']],
      ]);
      for (const { line, posted } of items)
        expect(await story.read(`/v1/lines/${line}/explain`, deployed.commission)).toMatchObject({
          recomputed: true,
          posted,
        });
    });

    it('shows the entry of April in the books of May, earned in April', async () => {
      await booked(1_344_136n);
      const { items } = await ledger('entries?entity=main');
      expect(expensesOf(items)).toEqual({
        [`${MAY}, earned in ${APRIL}`]: '975309',
        [MAY]: '368827',
      });
      const statement = await ledger(`accounts/${EXPENSE}/statement?entity=main&asset=BRL/2`);
      expect(statement).toMatchObject({ closing: '1344136' });
      expect(expensesOf([{ legs: statement.movements }])).toEqual(expensesOf(items));
      expect(statement.movements[0]).toMatchObject({
        ...{ occurredAt: '2026-04-10T15:00:00.000Z', period: MAY, earnedIn: APRIL },
        ...{ debit: '975309', credit: '0' },
      });
    });

    it('leaves the trial balance of April as it was cut, and tells apart what May took in', async () => {
      const april = await ledger(`trial-balance?period=${APRIL}`);
      expect(balanceOf(april, EXPENSE)).toBe(0n);
      const may = await ledger(`trial-balance?period=${MAY}`);
      expect([balanceOf(may, EXPENSE), balanceOf(may, HELD)]).toEqual([1_344_136n, -1_344_136n]);
      expect(may).toMatchObject({ totals: [{ difference: '0' }] });
      const { items, accounts } = await ledger(`prior-period-impact?entity=main&month=${MAY}`);
      const taken = items.filter(({ account }: Answer) => account === EXPENSE);
      expect(taken).toMatchObject([{ earnedIn: APRIL, balance: '975309' }]);
      const expense = accounts.filter(({ account }: Answer) => account === EXPENSE);
      expect(expense).toMatchObject([
        { opening: '0', own: '368827', prior: '975309', closing: '1344136' },
      ]);
      const { months } = await ledger(`roll-forward?from=${APRIL}&to=${MAY}&entity=main`);
      expect(months).toMatchObject([{ period: MAY, posted: '1344136', closing: '1344136' }]);
    });

    const ledger = (path: string): Promise<Answer> =>
      story.read(`/v1/ledger/${path}`, deployed.ledger);

    const linesWorth = async (posted: string): Promise<Answer> => {
      const lines = await story.eventually(
        () => story.read('/v1/lines?partner=northwind', deployed.commission),
        ({ totals }) => totals[0]?.posted === posted,
      );
      expect(lines).toMatchObject({ totals: [{ posted }] });
      return lines;
    };

    const booked = async (expense: bigint): Promise<void> => {
      const books = await story.eventually(
        () => ledger('trial-balance'),
        (body) => balanceOf(body, EXPENSE) === expense,
      );
      expect(balanceOf(books, EXPENSE)).toBe(expense);
    };

    async function agreed(): Promise<void> {
      const { partners, commission } = deployed;
      const made = (site: Site, path: string, body: object): Promise<Answer> =>
        story.command(site, path, { as: 'programme', body });
      const approved = (site: Site, path: string, body: object): Promise<Answer> =>
        story.command(site, path, { as: 'admin', body });
      await made(partners, '/v1/entities', MAIN);
      const partner = { id: 'northwind', name: 'Northwind', type: 'channel', kind: 'agency' };
      await made(partners, '/v1/partners', { ...partner, effectiveAt: SIGNED });
      const terms = { id: 'a1', partner: 'northwind', plan: 'accelerator', effectiveFrom: SIGNED };
      await made(partners, '/v1/agreements', terms);
      await approved(partners, '/v1/agreements/a1/approvals', { version: 1 });
      const { starters } = await story.read('/v1/plan-starters', commission);
      const { plan } = starters.find(({ id }: Answer) => id === 'agency');
      const own = { planId: 'accelerator', effective: { from: SIGNED, to: null } };
      const { token } = await made(commission, '/v1/plans', {
        ...{ ...plan, ...own, rules: [RETROACTIVE] },
      });
      const { draft } = await story.read(`/v1/plans/accelerator?token=${token}`, commission);
      await approved(commission, '/v1/plans/accelerator/approvals', {
        hash: draft.hash,
        override: {
          codes: draft.findings.map(({ code }: Answer) => code),
          reason: 'the programme began in January',
        },
      });
    }

    /** The customer, whom the partner's link has led here. */
    async function brought(): Promise<void> {
      const clicked = { clickId: 'click-1', partnerRef: 'northwind', consent: true };
      await story.told('touch.click.v1', 'click-1', '2026-02-01T10:00:00Z', {
        ...{ ...clicked, visitorId: 'visitor-1' },
      });
      await story.told('customer.signed_up.v1', 'signup-1', '2026-02-05T10:00:00Z', {
        ...{ customerRef: 'CUST-1', visitorId: 'visitor-1', country: 'BR' },
      });
    }

    /** At noon, one line. */
    async function paid(day: string, netMinor: number): Promise<void> {
      const [paidAt, net] = [`2026-${day}T12:00:00-03:00`, String(netMinor)];
      const amounts = { quantity: '1', gross: net, discount: '0', tax: '0', net };
      await story.told('invoice.paid.v1', `paid-${day}`, paidAt, {
        ...{ invoiceRef: `INV-${day}`, paymentRef: `PAY-${day}`, customerRef: 'CUST-1' },
        ...{ currency: 'BRL', paidAt, lines: [{ lineRef: 'l1', productRef: 'pro', ...amounts }] },
      });
    }
  });
}

/** By the month of the books, and the month that it was earned in where that is another one. */
function expensesOf(entries: readonly Answer[]): Readonly<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const leg of entries.flatMap(({ legs }) => legs)) {
    if (leg.account !== EXPENSE) continue;
    const { period, earnedIn, debit, credit } = leg;
    const month = earnedIn === null ? period : `${period}, earned in ${earnedIn}`;
    sums[month] = String(BigInt(sums[month] ?? 0) + BigInt(debit) - BigInt(credit));
  }
  return sums;
}

import { type Deployed, type Site, distributed, embedded } from './profiles.fixture';
import { type Answer, Story, balanceOf, invoice } from './story.fixture';

jest.setTimeout(180_000);

const HELD = 'Liabilities:Commission:Held';
const RELEASED = 'Liabilities:Commission:Released';
const PAYABLE = 'Liabilities:Commission:Payable';
const SIGNED = '2026-01-01T00:00:00-03:00';

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`what a partner has earned, ${name}${reason}`, () => {
    // Well within the hold of a line that is paid now, whenever this runs.
    const paidNow = new Date(Date.now() - 3_600_000).toISOString();
    let deployed: Deployed;
    let story: Story;

    beforeAll(async () => {
      deployed = await deploy();
      story = new Story(deployed);
    });
    afterAll(() => deployed.stop());

    it('agrees with a partner, grants it a tier and publishes a plan, by two persons each', async () => {
      const { partners, tierEvaluation, commission } = deployed;
      const partner = { id: 'northwind', name: 'Northwind', type: 'channel', kind: 'agency' };
      await made(partners, '/v1/partners', { ...partner, effectiveAt: SIGNED });
      const terms = { id: 'a1', partner: 'northwind', plan: 'tiers', effectiveFrom: SIGNED };
      await made(partners, '/v1/agreements', terms);
      await approved(partners, '/v1/agreements/a1/approvals', { version: 1 });

      const standing = '/v1/partners/northwind/standings/commercial';
      const grant = { tier: 'preferred', effectiveAt: SIGNED, reason: 'as signed' };
      await made(tierEvaluation, `${standing}/proposals`, grant);
      await approved(tierEvaluation, `${standing}/approvals`, { proposal: 1 });

      const { starters } = await read('/v1/plan-starters', commission);
      const { plan } = starters.find(({ id }: { id: string }) => id === 'tiers');
      const drafted = await made(commission, '/v1/plans', {
        ...plan,
        effective: { from: SIGNED, to: null },
      });
      const { draft } = await read(`/v1/plans/tiers?token=${drafted.token}`, commission);
      expect(draft.findings).toMatchObject([{ code: 'retroactive' }]);
      await approved(commission, '/v1/plans/tiers/approvals', {
        hash: draft.hash,
        override: { codes: ['retroactive'], reason: 'the programme began in January' },
      });
    });

    it('posts what each line of an invoice is worth by the tier that held', async () => {
      await told(
        'invoice.paid.v1',
        'paid-1',
        '2026-02-10T10:00:00Z',
        invoice('1', 150_000, 49_900),
      );
      await told('invoice.paid.v1', 'paid-2', paidNow, invoice('2', 10_001, 20_002, paidNow));
      await told('customer.signed_up.v1', 'signup-1', '2026-02-05T10:00:00Z', {
        customerRef: 'CUST-1',
        visitorId: 'visitor-1',
        country: 'BR',
      });
      await told('touch.click.v1', 'click-1', '2026-02-01T10:00:00Z', {
        clickId: 'click-1',
        partnerRef: 'northwind',
        visitorId: 'visitor-1',
        consent: true,
      });

      const { items, totals } = await lines(({ totals: [sum] }) => sum?.posted === '57476');
      // 25% of each line; 2,500.25 and 5,000.5 are rounded line by line, half up.
      expect(amounts(items)).toEqual(['12475', '2500', '37500', '5001']);
      expect(totals).toMatchObject([{ lines: 4, held: '57476', released: '0', asset: 'BRL/2' }]);
    });

    it('says who has to do what before each cent is released', async () => {
      const held = await eventually(holds, ({ items }) => items.length === 4);
      expect(held).toMatchObject({ totals: [{ amount: '57476' }] });
      const conditions = held.items.map(({ waitsFor }: Answer) => waitsFor[0].condition).sort();
      expect(conditions).toEqual([
        'holds are released',
        'holds are released',
        'its time has passed',
        'its time has passed',
      ]);
    });

    it('releases what has been held long enough, and that alone, once', async () => {
      const asOf = new Date().toISOString();
      const release = () => made(deployed.commission, '/v1/releases', { asOf });
      expect(await release()).toMatchObject({ released: 2 });
      const { totals } = await lines(({ totals: [sum] }) => sum?.released === '49975');
      expect(totals).toMatchObject([{ posted: '57476', held: '7501' }]);
      expect(await release()).toMatchObject({ released: 0 });
    });

    it('takes back what a refund takes back, to the cent', async () => {
      await told('payment.refunded.v1', 'refund-1', '2026-03-10T10:00:00Z', {
        refundRef: 'R-1',
        paymentRef: 'PAY-1',
        amount: '19990',
        currency: 'BRL',
        reason: 'requested',
        refundedAt: '2026-03-10T10:00:00Z',
      });
      // A tenth of 1,500.00 and of 499.00; 25% of what is left of the second is 112.275, rounded up.
      const { items } = await lines(({ totals: [sum] }) => sum?.posted === '52479');
      expect(amounts(items)).toEqual(['11228', '2500', '33750', '5001']);
      const { items: entries } = await eventually(
        () => read('/v1/ledger/entries', deployed.ledger),
        (body) => negatives(body).length === 2,
      );
      expect(negatives({ items: entries })).toEqual(['1247', '3750']);
    });

    it('explains every line down to its facts, and has its amount again from that alone', async () => {
      const { items } = await lines(() => true);
      expect(items).toHaveLength(4);
      for (const { line, posted } of items) {
        const explained = await read(`/v1/lines/${line}/explain`, deployed.commission);
        expect(explained).toMatchObject({ recomputed: true, differences: [], posted });
        const months = explained.months.flatMap(({ postings }: Answer) => postings);
        expect(months.length).toBeGreaterThan(0);
      }
    });

    it('has books that balance, and agree with what commission says', async () => {
      const { totals } = await lines(() => true);
      const { totals: heldNow } = await holds();
      const [{ held, released }] = totals;
      // Payouts takes what is released, so that nothing stays between the two for long.
      const books = await eventually(
        () => read('/v1/ledger/trial-balance', deployed.ledger),
        (body) => balanceOf(body, PAYABLE) === -BigInt(released),
      );
      expect(books).toMatchObject({ parked: 0, totals: [{ asset: 'BRL/2', difference: '0' }] });
      expect([
        balanceOf(books, HELD),
        balanceOf(books, RELEASED),
        balanceOf(books, PAYABLE),
      ]).toEqual([-BigInt(held), 0n, -BigInt(released)]);
      expect(heldNow).toMatchObject([{ amount: held }]);
    });

    it('stands at one position in every service, whichever moment of our clock is asked about', async () => {
      const { attribution, commission, ledger } = deployed;
      const { items } = await lines(() => true);
      const { items: entries } = await read('/v1/ledger/entries', ledger);
      const moments = new Set(entries.map(({ knownAt }: Answer) => knownAt as string));
      for (const moment of [...moments].slice(-4)) {
        const known = `known=${String(moment)}`;
        const books = await read(`/v1/ledger/trial-balance?${known}`, ledger);
        const accruals = await read(
          `/v1/reports/accruals?from=2026-01&to=2035-12&${known}`,
          commission,
        );
        const explained = await Promise.all(
          items.map(({ line }: Answer) => read(`/v1/lines/${line}/explain?${known}`, commission)),
        );
        const { sale } = items[0].key;
        const plan = await read(`/v1/plans/tiers?${known}`, commission);
        const sold = await read(`/v1/sales/${sale}?${known}`, attribution);
        const { position } = books;
        for (const answer of [accruals, plan, sold, ...explained])
          expect(answer).toMatchObject({ known: moment, position });
        const posted = explained.reduce((sum, each) => sum + BigInt(each.posted as string), 0n);
        const expense = balanceOf(books, 'Expenses:Commission');
        expect([BigInt(accruals.totals[0].posted as string), posted]).toEqual([expense, expense]);
      }
    });

    it('has nothing parked at the end', async () => {
      const { partners, attribution, tierEvaluation, commission, ledger } = deployed;
      const sites = { partners, attribution, commission, ledger };
      expect(await story.parked({ ...sites, 'tier-evaluation': tierEvaluation })).toEqual({});
    });

    /** By whoever runs the programme, and the books; a second person approves. */
    const made = (site: Site, path: string, body: object): Promise<Answer> =>
      story.command(site, path, { as: path === '/v1/releases' ? 'finance' : 'programme', body });
    const approved = (site: Site, path: string, body: object): Promise<Answer> =>
      story.command(site, path, { as: 'admin', body });
    const told: Story['told'] = (...fact) => story.told(...fact);
    const read: Story['read'] = (...asked) => story.read(...asked);
    const eventually: Story['eventually'] = (...asked) => story.eventually(...asked);

    const lines = (isSo: (body: Answer) => boolean): Promise<Answer> =>
      eventually(() => read('/v1/lines?partner=northwind', deployed.commission), isSo);

    const holds = (): Promise<Answer> =>
      read(`/v1/holds?on=${new Date().toISOString()}`, deployed.commission);
  });
}

const amounts = (items: Answer): string[] =>
  items.map(({ posted }: { posted: string }) => posted).sort();

/** What was taken back of the expense, leg by leg. */
const negatives = ({ items }: Answer): string[] =>
  items
    .flatMap(({ legs }: Answer) => legs)
    .filter(({ account, credit }: Answer) => account === 'Expenses:Commission' && credit !== '0')
    .map(({ credit }: { credit: string }) => credit)
    .sort();

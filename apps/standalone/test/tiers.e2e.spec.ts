import { type Deployed, type Site, distributed, embedded } from './profiles.fixture';

jest.setTimeout(180_000);

const SHOP = 'https://shop.example/production';
const SIGNED = '2026-01-01T00:00:00-03:00';
const PROMOTED = '2026-03-17T14:00:00-03:00';
/** E2 of the commission cases: what was paid when, and what it earns once the promotion is known. */
const MARCH = [
  ['2026-03-05T12:00:00-03:00', 234_567, '46913'],
  ['2026-03-17T13:59:59-03:00', 99_999, '20000'],
  [PROMOTED, 123_455, '30864'],
  ['2026-03-29T12:00:00-03:00', 78_001, '19500'],
  ['2026-03-10T12:00:00-03:00', 33_333, '6667'],
] as const;

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`a partner who is promoted in the middle of a month, ${name}${reason}`, () => {
    let deployed: Deployed;
    let commands = 0;

    beforeAll(async () => {
      deployed = await deploy();
    });
    afterAll(() => deployed.stop());

    it('is under an agreement that both sides have signed, and a plan that pays by tier', async () => {
      const { partners, commission } = deployed;
      const partner = { id: 'northwind', name: 'Northwind', type: 'channel', kind: 'agency' };
      await made(partners, '/v1/partners', { ...partner, effectiveAt: SIGNED });
      const term = { until: null, noticeDays: 30 };
      const terms = { id: 'a1', partner: 'northwind', plan: 'tiers', effectiveFrom: SIGNED, term };
      await made(partners, '/v1/agreements', terms);
      await approved(partners, '/v1/agreements/a1/approvals', { version: 1 });
      for (const party of ['partner', 'programme'])
        await made(partners, '/v1/agreements/a1/signatures', {
          version: 1,
          party,
          signedAt: SIGNED,
          document: { reference: 'envelope 7', sha256: 'a'.repeat(64) },
        });

      const { starters } = await read('/v1/plan-starters', commission);
      const { plan } = starters.find(({ id }: { id: string }) => id === 'tiers');
      const effective = { from: SIGNED, to: null };
      const drafted = await made(commission, '/v1/plans', { ...plan, effective });
      const { draft } = await read(`/v1/plans/tiers?token=${drafted.token}`, commission);
      await approved(commission, '/v1/plans/tiers/approvals', {
        hash: draft.hash,
        override: { codes: ['retroactive'], reason: 'the programme began in January' },
      });
    });

    it('is certified with the last of training, demo, pilot, commitment and implementation', async () => {
      const { partners } = deployed;
      const steps = [
        ['technical', 240, '05'],
        ['product', 480, '08'],
        ['demo', 0, '12'],
        ['pilot', 0, '20'],
      ] as const;
      for (const [step, minutes, day] of steps)
        await made(partners, '/v1/partners/northwind/certification/steps', {
          record: step,
          step,
          minutes,
          completedAt: `2026-01-${day}T12:00:00-03:00`,
          evidence: [`document ${step}`],
        });
      await made(partners, '/v1/partners/northwind/qualifications/commitment/main', {
        level: '5',
        effectiveAt: SIGNED,
        evidence: ['agreement a1'],
      });
      await told('implementation.completed.v1', 'impl-1', '2026-01-22T12:00:00-03:00', {
        partnerRef: 'northwind',
        implementationRef: 'impl-1',
      });
      expect(await standing('certified')).toMatchObject({
        value: { applied: 'certified', entitled: 'certified' },
      });
    });

    it('earns a fifth of everything, as long as nothing else is known', async () => {
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
      await told('subscription.started.v1', 'sub-1', '2026-02-06T10:00:00Z', {
        subscriptionRef: 'SUB-1',
        customerRef: 'CUST-1',
        items: [],
        mrr: '450000',
        asset: 'BRL/2',
        interval: 'month',
        effectiveAt: '2026-02-06T10:00:00Z',
      });
      for (const [i, [paidAt, net]] of MARCH.entries())
        await told('invoice.paid.v1', `paid-${i}`, paidAt, invoice(i, paidAt, net));
      const { items } = await lines('113871');
      expect(items).toHaveLength(MARCH.length);
    });

    it('is a step away from the next tier, and reads which', async () => {
      const path = '/v1/partners/northwind/standings/commercial/scorecard';
      const card = await eventually(
        () => read(path, deployed.tierEvaluation),
        ({ progress }) => progress?.steps[0]?.met === true,
      );
      expect(card.progress).toMatchObject({
        tier: 'preferred',
        steps: [{ text: 'ARR R$54,000 of R$50,000', met: true }, { met: false }, { met: false }],
        missing: ['csat none, above 4.0', 'certificate none, advanced'],
      });
    });

    it('is promoted by the answer that was missing, and March is computed again (E2)', async () => {
      await made(deployed.partners, '/v1/partners/northwind/qualifications/certificate/exam7', {
        level: 'advanced',
        effectiveAt: '2026-03-02T12:00:00-03:00',
        evidence: ['exam 2026-118'],
      });
      await told('csat.recorded.v1', 'response-1', PROMOTED, {
        partnerRef: 'northwind',
        responseRef: 'response-1',
        instrument: 'csat',
        scale: { min: '1', max: '5' },
        value: '4.6',
      });
      const { steps } = await standing('preferred');
      const since = new Date(PROMOTED).toISOString();
      expect(steps.at(-1)).toMatchObject({ value: { applied: 'preferred' } });
      expect(steps.at(-1).from ?? steps.at(-1).at).toBe(since);

      const { items } = await lines('123944');
      expect(amounts(items)).toEqual(MARCH.map(([, , posted]) => posted).sort());
    });

    it('is owed what March is worth by now, to the cent, and nothing more', async () => {
      const { commission, payouts } = deployed;
      const asOf = new Date().toISOString();
      await command(commission, '/v1/releases', 'finance', { asOf });
      const { items } = await eventually(
        () => read('/v1/partners/northwind/accounts', payouts),
        ({ items: [account] }) => account?.payable === '123944',
      );
      expect(items).toMatchObject([{ payable: '123944', owed: '0', asset: 'BRL/2' }]);
    });

    it('keeps its revenue a year when an invoice is refunded (M101), and loses the commission', async () => {
      await told('payment.refunded.v1', 'refund-1', '2026-03-30T10:00:00Z', {
        refundRef: 'R-1',
        paymentRef: 'PAY-3',
        amount: '78001',
        currency: 'BRL',
        reason: 'requested',
        refundedAt: '2026-03-30T10:00:00Z',
      });
      await lines('104444');
      const path = '/v1/partners/northwind/standings/commercial/scorecard';
      const { tiers, entitled } = await read(path, deployed.tierEvaluation);
      expect([entitled, tiers[1].criteria[0].figure.value]).toEqual(['preferred', '5400000']);
    });

    it('has a scorecard of the quarter once time has passed, and nothing parked', async () => {
      const { partners, attribution, tierEvaluation, commission } = deployed;
      const asOf = new Date().toISOString();
      const advanced = await made(tierEvaluation, '/v1/tier-evaluations', { asOf });
      expect(advanced).toMatchObject({ standings: 1, changed: 1 });
      const cards = '/v1/partners/northwind/standings/commercial/scorecards';
      const { items } = await read(`${cards}?token=${advanced.token}`, tierEvaluation);
      expect(items[0]).toMatchObject({ reason: 'quarterly', entitled: 'preferred' });
      expect(items[0].risks).toMatchObject([{ criterion: 'referrals', found: 0, committed: 5 }]);
      const sites = { partners, attribution, 'tier-evaluation': tierEvaluation, commission };
      for (const [service, site] of Object.entries(sites)) {
        const { subscriptions } = await read(`/v1/feeds/${service}`, site);
        const parked = subscriptions.filter((one: { parked: number }) => one.parked > 0);
        expect([service, parked]).toEqual([service, []]);
      }
    });

    /** By whoever runs the programme; a second person approves. */
    const made = (site: Site, path: string, body: object): Promise<Answer> =>
      command(site, path, 'programme', body);
    const approved = (site: Site, path: string, body: object): Promise<Answer> =>
      command(site, path, 'admin', body);

    async function command(
      { url, keys }: Site,
      path: string,
      key: keyof Site['keys'],
      body: object,
    ): Promise<Answer> {
      commands += 1;
      const response = await fetch(url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `command-${commands}`,
          authorization: `Bearer ${keys[key]}`,
        },
        body: JSON.stringify(body),
      });
      const answer = await response.json();
      expect([path, response.ok ? 'done' : answer]).toEqual([path, 'done']);
      return answer;
    }

    async function told(type: string, id: string, time: string, data: object): Promise<void> {
      const { url, keys } = deployed.attribution;
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents+json',
          authorization: `Bearer ${keys.upstream}`,
        },
        body: JSON.stringify({
          specversion: '1.0',
          id,
          source: SHOP,
          type: `tributary.${type}`,
          time,
          subject: 'CUST-1',
          datacontenttype: 'application/json',
          dataschema: `/v1/schemas/${type}`,
          data,
        }),
      });
      expect([await response.json(), response.status]).toEqual([expect.anything(), 202]);
    }

    async function read(path: string, { url, keys }: Site): Promise<Answer> {
      const headers = { authorization: `Bearer ${keys.admin}` };
      return (await fetch(url + path, { headers })).json();
    }

    const lines = async (posted: string): Promise<Answer> => {
      const body = await eventually(
        () => read('/v1/lines?partner=northwind', deployed.commission),
        ({ totals: [sum] }) => sum?.posted === posted,
      );
      expect(body.totals).toMatchObject([{ posted }]);
      return body;
    };

    const standing = async (tier: string): Promise<Answer> => {
      const { items } = await eventually(
        () => read('/v1/partners/northwind/standings', deployed.tierEvaluation),
        (body) => body.items[0]?.value?.applied === tier,
      );
      return items[0];
    };
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
type Answer = any;

const amounts = (items: Answer): string[] =>
  items.map(({ posted }: { posted: string }) => posted).sort();

/** One line, without taxes. */
function invoice(n: number, paidAt: string, net: number) {
  const line = {
    lineRef: 'subscription',
    productRef: 'suite',
    quantity: '1',
    gross: String(net),
    discount: '0',
    tax: '0',
    net: String(net),
  };
  return {
    invoiceRef: `INV-${n}`,
    paymentRef: `PAY-${n}`,
    customerRef: 'CUST-1',
    currency: 'BRL',
    paidAt,
    lines: [line],
  };
}

/** Until it is so; gives what is there then, or at the end, for the test to look at. */
async function eventually(
  ask: () => Promise<Answer>,
  isSo: (body: Answer) => boolean,
): Promise<Answer> {
  let last: Answer;
  for (let attempt = 0; attempt < 300; attempt++) {
    last = await ask();
    if (isSo(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return last;
}

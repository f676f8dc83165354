import { SandboxBank, openBank, scenarioOf } from '@tributary/sandbox-bank';
import { type Deployed, distributed, embedded } from './profiles.fixture';
import { type Answer, Story, balanceOf, invoice } from './story.fixture';

jest.setTimeout(240_000);

const SIGNED = '2026-01-01T00:00:00-03:00';
const ZONE = 'America/Sao_Paulo';
const CNPJ = '11222333000181';
const ACCOUNT = { bank: '341', branch: '1234', number: '56789', digit: '0', kind: 'checking' };
const OPENING = '10000000';
const [PAYABLE, IN_TRANSIT, TAX, CASH, RELEASED] = [
  'Liabilities:Commission:Payable',
  'Liabilities:InTransit',
  'Liabilities:Tax:Withholding',
  'Assets:Cash',
  'Liabilities:Commission:Released',
];
/** Everybody is paid by PIX; the letters of a new CNPJ travel as they are. */
const PAYEES = {
  northwind: {
    name: 'Northwind Agência Ltda',
    document: '12ABC34501DE35',
    key: 'pay@northwind.example',
  },
  southwind: {
    name: 'Southwind Comércio S/A',
    document: '11444777000161',
    key: 'pay@southwind.example',
  },
} as const;

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`paying partners, ${name}${reason}`, () => {
    let deployed: Deployed;
    let story: Story;
    let bank: SandboxBank;
    let run: string;
    let stated = 0;

    beforeAll(async () => {
      deployed = await deploy();
      story = new Story(deployed);
      bank = new SandboxBank(
        openBank({
          account: { ...ACCOUNT, holder: 'TRIBUTARY DEMO LTDA', document: CNPJ },
          openingMinor: OPENING,
          on: today(),
          scenario: scenarioOf({
            rules: [
              {
                when: { payee: 'SOUTHWIND' },
                then: { kind: 'returned', afterDays: 1, reason: 'AC03' },
              },
            ],
          }),
        }),
      );
    });
    afterAll(() => deployed.stop());

    it('agrees with partners who earn, and learns where they are paid, by two persons', async () => {
      const { partners, commission, payouts } = deployed;
      const entity = { id: 'main', name: 'Main', currency: 'BRL/2', zone: ZONE };
      await made(partners, '/v1/entities', entity);
      for (const id of Object.keys(PAYEES)) {
        const partner = { id, name: id, type: 'channel', kind: 'agency' };
        await made(partners, '/v1/partners', { ...partner, effectiveAt: SIGNED });
        const terms = { id: `a${id}`, partner: id, plan: 'agency', effectiveFrom: SIGNED };
        await made(partners, '/v1/agreements', terms);
        await approved(partners, `/v1/agreements/a${id}/approvals`, { version: 1 });
      }
      const { starters } = await story.read('/v1/plan-starters', commission);
      const { plan } = starters.find(({ id }: Answer) => id === 'agency');
      const effective = { from: SIGNED, to: null };
      const drafted = await made(commission, '/v1/plans', { ...plan, effective });
      const { draft } = await story.read(`/v1/plans/agency?token=${drafted.token}`, commission);
      await approved(commission, '/v1/plans/agency/approvals', {
        hash: draft.hash,
        override: { codes: ['retroactive'], reason: 'the programme began in January' },
      });
      for (const [id, payee] of Object.entries(PAYEES)) await payeeOf(id, payee);

      const starter = (await story.read('/v1/withholding-starters', payouts)).starters[0];
      const { source, rules } = starter;
      await financed('/v1/withholding/main/proposals', { effectiveFrom: SIGNED, source, rules });
      const { proposal } = await story.read('/v1/withholding/main', payouts);
      await approved(payouts, '/v1/withholding/main/activations', { hash: proposal.hash });
      await financed('/v1/paying-accounts', {
        ...{ id: 'itau', name: 'Tributary Demo Ltda', entity: 'main', asset: 'BRL/2', zone: ZONE },
        ...{ format: 'cnab240-341', cnpj: CNPJ, agreement: '123456', account: ACCOUNT },
        ...{ opening: OPENING, on: today() },
      });
    });

    it('takes over what commission has released', async () => {
      await earns('northwind', 'CUST-1', 400_000, 80_000);
      await earns('southwind', 'CUST-2', 200_000, 40_000);
      await story.eventually(
        () => story.read('/v1/lines', deployed.commission),
        ({ totals }) => totals[0]?.posted === '180000',
      );
      await story.command(deployed.commission, '/v1/releases', {
        as: 'finance',
        body: { asOf: new Date().toISOString() },
      });
      const books = await trialBalance(({ accounts }) => owed({ accounts }) === 180_000n);
      expect([owed(books), balanceOf(books, RELEASED)]).toEqual([180_000n, 0n]);
    });

    it('drafts the same run that a dry run shows, and lets only a second person approve it', async () => {
      const { payouts } = deployed;
      const asked = { entity: 'main', asset: 'BRL/2' };
      const dry = await story.command(payouts, '/v1/payout-runs/dry-runs', {
        as: 'finance',
        body: asked,
      });
      ({ id: run } = await financed('/v1/payout-runs', asked));
      const locked = await runIs('locked');
      expect(locked).toMatchObject({ gross: '180000', withheld: '1800', net: '178200' });
      const { items } = await story.read(`/v1/payout-runs/${run}/items`, payouts);
      const figures = ({ partner, gross, net }: Answer) => ({ partner, gross, net });
      expect(items.map(figures)).toEqual(dry.items.map(figures));

      expect(await refused(`/v1/payout-runs/${run}/approvals`, { hash: locked.hash })).toBe(
        'flags_unacknowledged',
      );
      for (const flag of ['first_payment', 'recent_details']) {
        const note = 'called the partner and compared the account';
        await financed(`/v1/payout-runs/${run}/acknowledgements`, { flag, note });
      }
      const { hash } = await runIs('locked');
      expect(await refused(`/v1/payout-runs/${run}/approvals`, { hash }, 'finance')).toBe(
        'same_person',
      );
      await approved(payouts, `/v1/payout-runs/${run}/approvals`, { hash });
      await financed(`/v1/payout-runs/${run}/releases`, {});
      await runIs('exported');
      const books = await trialBalance(
        ({ accounts }) => balanceOf({ accounts }, IN_TRANSIT) !== 0n,
      );
      expect([owed(books), -balanceOf(books, IN_TRANSIT), -balanceOf(books, TAX)]).toEqual([
        0n,
        178_200n,
        1_800n,
      ]);
    });

    it('sends a file that the bank takes, and hears that it was accepted', async () => {
      const { payouts } = deployed;
      const file = await fileOf();
      expect(await fileOf()).toEqual(file);
      expect(bank.receive(file)).toMatchObject({
        outcome: 'taken',
        payments: 2,
        totalMinor: '178200',
      });
      for (const { bytes } of bank.returnFiles()) {
        await story.upload(payouts, '/v1/payment-files/itau/returns', bytes);
        const again = await story.upload(payouts, '/v1/payment-files/itau/returns', bytes);
        expect(again).toMatchObject({ duplicate: true });
      }
      await runIs('acknowledged');
    });

    it('calls it paid when the statement says so, and not before', async () => {
      expect(balanceOf(await trialBalance(() => true), CASH)).toBe(BigInt(OPENING));
      await statementsOf(1);
      const books = await trialBalance(
        ({ accounts }) => balanceOf({ accounts }, IN_TRANSIT) === 0n,
      );
      expect([balanceOf(books, CASH), balanceOf(books, IN_TRANSIT)]).toEqual([
        BigInt(OPENING) - 178_200n,
        0n,
      ]);
      await runIs('closed');
      const { items } = await story.read(`/v1/reports/payouts?run=${run}`, deployed.payouts);
      expect(items.map(({ state, bankLine }: Answer) => [state, typeof bankLine])).toEqual([
        ['settled', 'string'],
        ['settled', 'string'],
      ]);
    });

    it('M116: owes again what comes back, and pays it with the next run', async () => {
      const { payouts } = deployed;
      // A bank gives back on business days only.
      await statementsOf(5);
      const books = await trialBalance(({ accounts }) => owed({ accounts }) === 60_000n);
      expect(owed(books)).toBe(60_000n);
      const { items } = await story.read('/v1/reports/returns', payouts);
      const kind = 'returned';
      const endToEndId = expect.stringMatching(/^D607011902\d{22}$/);
      expect(items).toMatchObject([{ partner: 'southwind', net: '60000', kind, endToEndId }]);
      ({ id: run } = await financed('/v1/payout-runs', { entity: 'main', asset: 'BRL/2' }));
      await runIs('locked');
      const again = await story.read(`/v1/payout-runs/${run}/items`, payouts);
      expect(again.items).toMatchObject([
        { partner: 'southwind', gross: '60000', net: '60000', replaces: [items[0].item] },
      ]);
    });

    it('has books that balance, and a bank that agrees with them', async () => {
      const books = await trialBalance(() => true);
      expect(books).toMatchObject({ parked: 0, totals: [{ asset: 'BRL/2', difference: '0' }] });
      expect(balanceOf(books, CASH)).toBe(bank.balanceMinor);
      // The payment that came back, and left no more than it brought, is in the register of payments as well.
      const { totals } = await story.read('/v1/reports/payouts?state=settled', deployed.payouts);
      expect(totals).toMatchObject([
        { items: 2, net: '178200', returnedItems: 1, returned: '60000', cashOut: '118200' },
      ]);
      expect(BigInt(OPENING) - BigInt(totals[0].cashOut as string)).toBe(bank.balanceMinor);
      const { partners, attribution, tierEvaluation, commission, payouts, ledger } = deployed;
      const sites = { partners, attribution, commission, payouts, ledger };
      expect(await story.parked({ ...sites, 'tier-evaluation': tierEvaluation })).toEqual({});
    });

    it('closes the month in which it was earned, by two persons, and the ledger certifies it', async () => {
      const { payouts, ledger } = deployed;
      const month = '/v1/periods/main/2026-02';
      await financed(`${month}/soft-close`, {});
      const asked = () => story.read('/v1/ledger/periods/main/2026-02', ledger);
      await story.eventually(asked, ({ state }) => state === 'taken');
      await approved(payouts, `${month}/close`, {});
      const certified = await story.eventually(asked, ({ state }) => state === 'certified');
      expect(certified).toMatchObject({ state: 'certified', blockers: [] });
      expect(
        await story.read('/v1/ledger/periods/main/2026-02?recompute=true', ledger),
      ).toMatchObject({
        state: 'certified',
        checked: { isSame: true },
      });
    });

    const made: typeof posted = (site, path, body) => posted(site, path, body, 'programme');
    const approved: typeof posted = (site, path, body) => posted(site, path, body, 'admin');
    const posted = (
      site: Deployed['payouts'],
      path: string,
      body: object,
      as: 'admin' | 'finance' | 'programme' | 'treasurer' = 'finance',
    ): Promise<Answer> => story.command(site, path, { as, body });
    const financed = (path: string, body: object): Promise<Answer> =>
      posted(deployed.payouts, path, body);

    async function refused(
      path: string,
      body: object,
      as: 'admin' | 'finance' = 'admin',
    ): Promise<string> {
      const { url, keys } = deployed.payouts;
      const response = await fetch(url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `refused-${path}-${as}`.slice(-60),
          authorization: `Bearer ${keys[as]}`,
        },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { code: string }).code;
    }

    async function payeeOf(
      id: string,
      { name: called, document, key }: (typeof PAYEES)[keyof typeof PAYEES],
    ): Promise<void> {
      const cnpj = { kind: 'cnpj', number: document };
      const payee = { name: called, document: cnpj, pix: { kind: 'email', key } };
      const { id: proposal } = await financed(`/v1/payees/${id}/bank-details`, { payee });
      const confirmation = `/v1/payees/${id}/bank-details/${proposal}/confirmation`;
      await posted(deployed.payouts, confirmation, {}, 'treasurer');
      await financed(`/v1/payees/${id}/tax-profile`, {
        ...{ country: 'BR', kind: 'company', document: cnpj },
        evidence: ['registration of 2026'],
      });
    }

    /** 25% of both lines of an invoice of February. */
    async function earns(partner: string, customer: string, first: number, second: number) {
      await story.told('invoice.paid.v1', `paid-${customer}`, '2026-02-10T10:00:00Z', {
        ...invoice(customer, first, second),
        customerRef: customer,
      });
      await story.told('customer.signed_up.v1', `signup-${customer}`, '2026-02-05T10:00:00Z', {
        ...{ customerRef: customer, visitorId: `v-${customer}`, country: 'BR' },
      });
      await story.told('touch.click.v1', `click-${customer}`, '2026-02-01T10:00:00Z', {
        ...{ clickId: `click-${customer}`, partnerRef: partner },
        ...{ visitorId: `v-${customer}`, consent: true },
      });
    }

    const runIs = (status: string): Promise<Answer> =>
      story
        .eventually(
          () => story.read(`/v1/payout-runs/${run}`, deployed.payouts),
          (body) => body.status === status,
        )
        .then((body) => {
          expect(body).toMatchObject({ status });
          return body;
        });

    const trialBalance = (isSo: (body: Answer) => boolean): Promise<Answer> =>
      story.eventually(() => story.read('/v1/ledger/trial-balance', deployed.ledger), isSo);

    async function fileOf(): Promise<Buffer> {
      const { items } = await story.read(`/v1/payment-files?run=${run}`, deployed.payouts);
      expect(items).toHaveLength(1);
      return story.bytes(`/v1/payment-files/itau/${items[0].sequence}`, deployed.payouts);
    }

    /** What the bank says, day by day, until so many days after the file came. */
    async function statementsOf(days: number): Promise<void> {
      for (; stated < days; stated++) {
        bank.advance(dayAfter(stated + 1));
        for (const { bytes } of bank.returnFiles())
          await story.upload(deployed.payouts, '/v1/payment-files/itau/returns', bytes);
        const bytes = bank.statement(dayAfter(stated), dayAfter(stated), 'camt053');
        const path = '/v1/paying-accounts/itau/bank-statements';
        await story.upload(deployed.payouts, path, bytes);
        await story.upload(deployed.payouts, path, bytes);
      }
    }
  });
}

const owed = (books: Answer): bigint => -balanceOf(books, PAYABLE);

const today = (): string => dayAfter(0);
/** As the entity counts its days. */
const dayAfter = (days: number): string =>
  new Date(Date.now() + days * 86_400_000 - 3 * 3_600_000).toISOString().slice(0, 10);

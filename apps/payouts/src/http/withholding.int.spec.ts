import { rulesInForce } from '../application/withholding';
import { withhold } from '../domain/withholding/withhold';
import { AT, type Answer, type PayeeSite, startPayees } from './payees.fixture';

let site: PayeeSite;

beforeAll(async () => {
  site = await startPayees();
});

afterAll(async () => {
  await site.close();
});

describe('saying by two persons what an entity keeps back', () => {
  it('lets every payment wait until somebody has said so', async () => {
    const rules = await inForce();
    expect(withhold(rules, company, 100_000n, AT).missing).toEqual([
      { hold: 'tax', what: 'withholding_rule:BR:company' },
    ]);
  });

  it('begins with the starter set, which two persons activate', async () => {
    const [starter] = (await site.get('/v1/withholding-starters'))['starters'] as Starter[];
    expect(starter?.description).toContain('Configure with your accountant');
    const { source, rules } = starter as Starter;
    const proposed = await propose(rules, source);
    expect(proposed).toMatchObject({ status: 201, id: 'main' });
    const { proposal } = (await site.get('/v1/withholding/main')) as unknown as Shown;
    expect(await activate(String(proposal.hash), 'ana')).toMatchObject({ code: 'same_person' });
    expect(await activate('0'.repeat(64), 'bea')).toMatchObject({ code: 'proposal_changed' });
    expect(await activate(String(proposal.hash), 'bea')).toMatchObject({ status: 200 });

    expect(await site.get('/v1/withholding/main', 'auditor')).toMatchObject({
      proposal: null,
      versions: [{ version: 1, hash: proposal.hash, rules }],
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    const { withheld } = withhold(await inForce(), company, 100_000n, AT);
    expect(withheld).toMatchObject([{ tax: 'IRRF', amount: '1500' }]);
  });

  it('refuses a version whose worked examples do not come out', async () => {
    const [starter] = (await site.get('/v1/withholding-starters'))['starters'] as Starter[];
    const rules = (starter as Starter).rules.map((rule) => ({ ...rule, rateBp: 200 }));
    expect(await propose(rules, 'a guess')).toMatchObject({
      status: 422,
      code: 'rules_invalid',
      errors: expect.arrayContaining([
        expect.objectContaining({
          pointer: '/rules/0/examples/0/withheld',
          code: 'example_differs',
          detail: 'The rule keeps 2000 back of 100000, and not 1500.',
        }),
      ]) as unknown,
    });
  });

  it('refuses what has not the shape of rules', async () => {
    for (const rules of [[null], [[]], [[{}]], [{ rule: 'x', examples: [[]] }]])
      expect(await propose(rules as never, 'a guess')).toMatchObject({
        status: 422,
        code: 'validation_failed',
      });
  });

  it('shows a tenant nothing of another, and lets an auditor write nothing', async () => {
    expect(await site.get('/v1/withholding/main', 'stranger')).toMatchObject({ versions: [] });
    expect(await propose([], 'nothing', 'auditor')).toMatchObject({ status: 403 });
  });
});

describe('the withholding register', () => {
  const REGISTER = '/v1/reports/withholding?entity=main&from=2026-04&to=2026-05';

  it('adds up by payee, tax and month to what the entries put into the account', async () => {
    let token = '';
    const happened = async (partner: string, type: string, gross: number, at: string) => {
      const stream = `account-acme.${partner}.main.brl`;
      token = await site.happened(stream, moved(partner, type, gross, at));
    };
    // Case E20, whose second item is rejected; one item comes back in the month after.
    await happened('p1', 'PayoutInstructed', 100_000, '2026-04-10T12:00:00.000Z');
    await happened('p2', 'PayoutInstructed', 50_000, '2026-04-10T12:00:00.000Z');
    await happened('p3', 'PayoutInstructed', 30_000, '2026-04-10T12:00:00.000Z');
    await happened('p2', 'PayoutRejected', 50_000, '2026-04-11T12:00:00.000Z');
    await happened('p3', 'PayoutReturned', 30_000, '2026-05-01T02:59:59.999Z');
    await happened('p3', 'PayoutInstructed', 30_000, '2026-05-01T03:00:00.000Z');

    const inBrazil = `${REGISTER}&zone=America/Sao_Paulo`;
    const register = await site.get(`${inBrazil}&token=${token}`, 'auditor');
    expect(register).toMatchObject({
      account: 'Liabilities:Tax:Withholding',
      zone: 'America/Sao_Paulo',
      totals: [{ asset: 'BRL/2', tax: 'IRRF', base: '130000', withheld: '1950', recoverable: '0' }],
      next: null,
    });
    const rows = (register['items'] as Answer[]).map((row) =>
      ['month', 'partner', 'items', 'instructed', 'reversed', 'withheld'].map((key) => row[key]),
    );
    expect(rows).toEqual([
      ['2026-04', 'p1', 1, '1500', '0', '1500'],
      ['2026-04', 'p2', 1, '750', '750', '0'],
      ['2026-04', 'p3', 1, '450', '450', '0'],
      ['2026-05', 'p3', 1, '450', '0', '450'],
    ]);
    // Of an entity without a zone the months are those of UTC, where the return falls into May.
    const inUtc = (await site.get(REGISTER))['items'] as Answer[];
    expect(inUtc.map(({ month, withheld }) => [month, withheld])).toEqual([
      ['2026-04', '1500'],
      ['2026-04', '0'],
      ['2026-04', '450'],
      ['2026-05', '0'],
    ]);
  });

  it('goes page by page, and exports the same bytes again', async () => {
    const rows: unknown[] = [];
    for (let after = ''; ;) {
      const page = await site.get(`${REGISTER}&limit=1${after}`);
      rows.push(...(page['items'] as unknown[]));
      const next = page['next'] as string | null;
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(rows).toEqual((await site.get(REGISTER))['items']);
    const csv = await site.csv(REGISTER);
    expect(csv.split('\r\n').slice(0, 2)).toEqual([
      'month,partner,document,entity,asset,tax,rule,rateBp,items,base,instructed,reversed,withheld,recoverable,remitted,owed,recovered',
      '2026-04,p1,,main,BRL/2,IRRF,irrf,150,1,100000,1500,0,1500,0,0,1500,0',
    ]);
    expect(await site.csv(REGISTER)).toBe(csv);
    for (const wrong of [
      `${REGISTER}&after=WzFd`,
      `${REGISTER}&after=WyJhIiwiYiIsImMiLCJkIiwiZSIsImYiXQ`,
    ])
      expect(await site.get(wrong)).toMatchObject({ status: 422, code: 'invalid_cursor' });
  });

  it('says at every position what it said when the log ended there, whatever came later', async () => {
    const asked = `${REGISTER}&zone=America/Sao_Paulo`;
    const { status: _status, ...before } = await site.get(asked);
    expect(before).toMatchObject({ known: null, leaf: null, checkpoint: null });
    const late = moved('p1', 'PayoutReturned', 100_000, '2026-04-20T12:00:00.000Z');
    const token = await site.happened('account-acme.p1.main.brl', late);
    const after = await site.get(`${asked}&token=${token}`);
    expect(after).toMatchObject({ totals: [{ withheld: '450' }] });

    const then = await site.get(`${asked}&position=${String(before['position'])}`);
    expect(then).toMatchObject({
      position: before['position'],
      totals: before['totals'],
      items: before['items'],
    });
    const moment = String(then['known']);
    expect(await site.get(`${asked}&known=${moment}`)).toMatchObject({
      known: moment,
      totals: before['totals'],
    });
  });
});

interface Starter {
  readonly description: string;
  readonly source: string;
  readonly rules: readonly object[];
}

interface Shown {
  readonly proposal: { readonly hash: string };
}

const company = { country: 'BR', kind: 'company', regime: null } as const;

const inForce = () => rulesInForce(site.runtime.log, { tenant: 'acme', entity: 'main', payAt: AT });

const propose = (rules: readonly object[], source: string, who = 'ana'): Promise<Answer> => {
  const body = { effectiveFrom: '2026-04-01T00:00:00-03:00', source, rules };
  return site.post('/v1/withholding/main/proposals', body, who);
};

const activate = (hash: string, who: string): Promise<Answer> =>
  site.post('/v1/withholding/main/activations', { hash }, who);

/** What the account says of an item, as much of it as the register reads. */
function moved(partner: string, type: string, gross: number, at: string) {
  const tax = (gross * 15) / 1000;
  const isOut = type === 'PayoutInstructed';
  const leg = (account: string, isDebit: boolean, amount: number) => ({
    account,
    side: isDebit ? 'debit' : 'credit',
    amount: String(amount),
    asset: 'BRL/2',
    dimensions: { entity: 'main', programme: '-', partner },
  });
  const legs = [
    leg('Liabilities:Commission:Payable', isOut, gross),
    leg('Liabilities:InTransit', !isOut, gross - tax),
    leg('Liabilities:Tax:Withholding', !isOut, tax),
  ];
  const taxes = [
    { rule: 'irrf', tax: 'IRRF', base: String(gross), rateBp: 150, amount: String(tax) },
  ];
  const run = '00000000-0000-5000-8000-000000000001';
  const item = `ITEM${partner.toUpperCase()}`;
  const of = { partner, entity: 'main', asset: 'BRL/2', run, item, gross: String(gross) };
  return { type, data: { ...of, taxes, entry: { legs } }, occurredAt: at as typeof AT };
}

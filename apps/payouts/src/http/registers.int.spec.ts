import { withoutDashes } from '@tributary/kernel';
import { RAIL, itemIn, noon, payee, reserve, runOf } from '../domain/account/account.fixture';
import type { HeldAccount, HeldByReason } from '../read-model/holds.queries';
import type { RegisterRow, RegisterTotal, ReturnRow } from '../read-model/registers.queries';
import { PIX, PIX_BACK, SECOND, of, paidAndReturned } from './statements-history.fixture';
import { type Page, StatementsSite } from './statements.fixture';

let site: StatementsSite;
beforeAll(async () => {
  site = await StatementsSite.start();
  await paidAndReturned(site);
});
afterAll(async () => {
  await site.stop();
});

describe('telling what was paid, and what came back', () => {
  it('ties each payment to its run, its file and the line of the bank', async () => {
    const token = await site.happened('rail', {
      type: 'FileItemsListed',
      data: {
        rail: RAIL,
        file: runOf('file'),
        sequence: 7,
        items: [{ item: itemIn('april') }],
      },
      occurredAt: noon('04-16'),
    });
    const found = await site.read<Page<RegisterRow, RegisterTotal>>(
      `/v1/reports/payouts?token=${token}`,
    );
    expect(found.items).toMatchObject([
      {
        item: itemIn('april'),
        run: withoutDashes(runOf('april')),
        gross: '100000',
        withheld: '1500',
        net: '98500',
        // It came back later, and stays what it was.
        state: 'settled',
        rail: RAIL,
        fileSequence: 7,
        bankLine: 'paid april',
        bookedOn: '2026-04-17',
        returnedOn: '2026-04-20',
        endToEndId: PIX,
      },
      {
        item: itemIn('may'),
        endToEndId: null,
        state: 'settled',
        bookedOn: '2026-05-17',
        replaces: [itemIn('april')],
      },
    ]);
    expect(found.totals).toEqual([
      {
        entity: 'main',
        asset: 'BRL/2',
        rail: RAIL,
        state: 'settled',
        items: 2,
        gross: '200000',
        withheld: '3000',
        net: '197000',
        returnedItems: 1,
        returned: '98500',
        returnFees: '0',
        // What came back in April was paid again in May: the bank is poorer by one of them.
        cashOut: '98500',
      },
    ]);
    const april = '/v1/reports/payouts?from=2026-04-01&to=2026-04-30';
    expect((await site.read<Page<RegisterRow>>(april)).items).toHaveLength(1);
    expect(found.items.map(({ returnedAmount }) => returnedAmount)).toEqual(['98500', null]);
    const csv = await (await site.get('/v1/reports/payouts', 'auditor', 'text/csv')).text();
    expect(csv).toContain(
      `${withoutDashes(runOf('april'))},${itemIn('april')},p1,main,BRL/2,100000,1500,98500,pix`,
    );
    expect(csv).toContain(`2026-04-20,98500,${PIX}\r\n`);
  });

  it.each([
    ['all of April', '04-01', '04-30', { items: 1, net: '98500', returnedItems: 1, cashOut: '0' }],
    ['before it came back', '04-01', '04-19', { items: 1, returnedItems: 0, cashOut: '98500' }],
    [
      'after it was paid',
      '04-18',
      '04-30',
      { items: 0, net: '0', returned: '98500', cashOut: '-98500' },
    ],
    ['May', '05-01', '05-31', { items: 1, returned: '0', cashOut: '98500' }],
  ])('says what is gone from the bank account: %s', async (_when, from, to, total) => {
    const days = `from=2026-${from}&to=2026-${to}`;
    const now = await site.read<Page<RegisterRow, RegisterTotal>>(`/v1/reports/payouts?${days}`);
    expect(now.totals).toEqual([expect.objectContaining({ state: 'settled', ...total })]);
    const then = `${days}&position=${String(await site.runtime.log.head())}`;
    const said = await site.read<Page<RegisterRow, RegisterTotal>>(`/v1/reports/payouts?${then}`);
    expect(said.totals).toEqual(now.totals);
    const none = await site.read<Page<RegisterRow, RegisterTotal>>(
      `/v1/reports/payouts?${days}&state=instructed`,
    );
    expect(none.totals).toEqual([]);
  });

  it('lists what came back by the day of the bank, with what takes its place', async () => {
    const found = await site.read<Page<ReturnRow>>('/v1/reports/returns');
    expect(found.items).toMatchObject([
      {
        item: itemIn('april'),
        kind: 'returned',
        on: '2026-04-20',
        amount: '98500',
        fee: '0',
        reason: 'AC03',
        settledOn: '2026-04-17',
        reissuedAs: itemIn('may'),
        reissue: 'settled',
        endToEndId: PIX_BACK,
      },
    ]);
    expect(found.totals).toMatchObject([{ kind: 'returned', items: 1, amount: '98500' }]);
    const may = await site.read<Page<ReturnRow>>('/v1/reports/returns?from=2026-05-01');
    expect(may.items).toEqual([]);
  });

  it('answers page by page', async () => {
    const first = await site.read<Page<RegisterRow>>('/v1/reports/payouts?limit=1');
    const next = await site.read<Page<RegisterRow>>(
      `/v1/reports/payouts?limit=1&after=${first.next ?? ''}`,
    );
    expect(next.items.map(({ item }) => item)).toEqual([itemIn('may')]);
    expect(next).toMatchObject({ totals: null, next: null });
    const refused = async (path: string) => {
      const answer = await site.get(`/v1/reports/${path}`);
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    const invalid = [422, 'invalid_cursor'];
    expect(await refused('payouts?after=nonsense')).toEqual(invalid);
    // An instant compared with the days of the bank would skip rows without a word.
    expect(await refused(`returns?after=${first.next ?? ''}`)).toEqual(invalid);
    for (const register of ['payouts', 'returns']) {
      const path = `${register}?from=2026-03-02&to=2026-03-01`;
      expect(await refused(path)).toEqual([422, 'invalid_range']);
    }
  });
});

describe('telling what is not paid', () => {
  it('says for every account why, who has to act, and what has to happen', async () => {
    await site.happened('run', {
      type: 'RunDrafted',
      data: { run: runOf('june'), minimum: '10000' },
      occurredAt: noon('06-15'),
    });
    const token = await site.decide(
      of('p2', payee({ missing: [{ hold: 'kyc', what: 'articles of association' }] })),
      { ...reserve('june', { at: noon('06-15') }), account: SECOND },
    );
    const found = await site.read<
      Page<HeldAccount & { reason: string; condition: string }, HeldByReason>
    >(`/v1/payout-holds?token=${token}`);
    expect(found.items).toMatchObject([
      {
        account: 'account-acme.p2.main.brl',
        reason: 'kyc',
        amount: '5000',
        owner: 'partner',
        condition: 'missing: articles of association',
      },
      { reason: 'below_minimum' },
    ]);
    const paid = await site.decide(of('p2', payee({}, 2)), {
      ...reserve('june', { at: noon('06-16'), run: runOf('june2'), item: itemIn('june2') }),
      account: SECOND,
    });
    const none = await site.read<Page<object>>(`/v1/payout-holds?reason=kyc&token=${paid}`);
    expect(none.items).toEqual([]);
  });

  it('carries forward what is below the minimum, and says how much is asked', async () => {
    await site.happened('run', {
      type: 'RunDrafted',
      data: { run: runOf('july'), minimum: '10000' },
      occurredAt: noon('07-15'),
    });
    const token = await site.decide({
      ...reserve('july', { at: noon('07-15') }),
      account: SECOND,
    });
    const found = await site.read<Page<object, HeldByReason>>(`/v1/payout-holds?token=${token}`);
    expect(found.items).toMatchObject([
      {
        reason: 'below_minimum',
        amount: '5000',
        minimum: '10000',
        condition: 'until the balance reaches the minimum of R$\u00a0100.00',
      },
    ]);
    expect(found.totals).toEqual([
      { entity: 'main', asset: 'BRL/2', reason: 'below_minimum', accounts: 1, amount: '5000' },
    ]);
    const csv = await (await site.get('/v1/payout-holds', 'finance', 'text/csv')).text();
    expect(csv).toContain('account-acme.p2.main.brl,p2,main,BRL/2,below_minimum,5000,finance');
  });
});

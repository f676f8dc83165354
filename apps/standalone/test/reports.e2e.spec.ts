import { testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { type Answer, PatientClient } from './patient-client.fixture';
import { PayoutCircle, balanceOf } from './payout-circle.fixture';
import { ACCOUNT, CNPJ, ENTITY, PARTNERS, today } from './payout-scene.fixture';
import { Product } from './product.fixture';

jest.setTimeout(300_000);

/** As people there count months. The last one is over, so it can be closed. */
const [MONTH, THIS_MONTH] = monthsUntil(today().slice(0, 'YYYY-MM'.length), 2) as [string, string];
const FIRST_OF_ALL = '2026-01';
const LAST_OF_ALL = '2099-12';
const [CASH, EXPENSE, HELD, PAYABLE, OWED_TO_US, TAX] = [
  'Assets:Cash',
  'Expenses:Commission',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Payable',
  'Assets:ClawbackReceivable',
  'Liabilities:Tax:Withholding',
] as const;

/** Where the books are looked at; the position holds fast what is asked on no other clock. */
interface Point {
  readonly effective?: string;
  readonly known?: string;
  readonly position: string;
}

/** A figure of a report, and that of the trial balance which it has to be. */
type Compared = readonly [report: string, said: string, booked: string];

describe('reports, before and after a later close', () => {
  let postgres: TestPostgres;
  let product: Product;
  let client: PatientClient;
  let points: readonly Point[];
  let before: readonly object[];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    product = new Product({
      DATABASE_URL: await postgres.freshDatabase(),
      PRIVACY_MASTER_KEY: testMasterKey,
      LOG_LEVEL: 'error',
    });
    await product.start();
    client = new PatientClient(product, (await product.site()).keys);
    const circle = new PayoutCircle(client, () => 0.5);
    await circle.begin();
    await circle.turn({ begins: () => Promise.resolve(), ends: () => undefined });
    await openedOn('early', `${MONTH}-10`, '12345');
  });
  afterAll(async () => {
    await product.stop();
    await postgres.stop();
  });

  it('come to the trial balance at their points on both clocks', async () => {
    points = await pointsOfStory();
    expect(points.length).toBeGreaterThan(4);
    for (const point of points) expectEqual(await onBothClocks(point));
    expectEqual(await asTheyAreNow());
    before = await Promise.all(points.map(reportsAt));
  });

  it('close a month, into which something late falls afterwards', async () => {
    const path = `/v1/periods/${ENTITY.id}/${MONTH}`;
    await client.command(`${path}/soft-close`, {});
    await monthIs('taken');
    await client.command(`${path}/close`, {}, 'treasurer');
    await monthIs('certified');
    const late = await openedOn('late', `${MONTH}-20`, '6789');
    expect(late).toMatchObject({ period: THIS_MONTH, earnedIn: MONTH });
    await client.told([refundOf(PARTNERS[0] as string)]);
    await client.eventually(
      () => client.read('/v1/lines?limit=1000'),
      ({ totals }) => totals[0]?.posted === '661000',
    );
  });

  it('say the same of every earlier point, and come to the trial balance there', async () => {
    expect(await Promise.all(points.map(reportsAt))).toEqual(before);
    for (const point of points) expectEqual(await onBothClocks(point));
  });

  it('come to the trial balance of today', async () => {
    const { position } = await client.read('/v1/ledger/trial-balance');
    expectEqual(await onBothClocks({ position }));
    expectEqual(await onBothClocks({ position, effective: `${MONTH}-28` }));
    expectEqual(await asTheyAreNow());
  });

  it('differ from before by the events that came since, to the cent', async () => {
    const [{ position }] = points as [Point];
    const since = (effective: string) =>
      client.read(
        `/v1/ledger/difference?fromPosition=${position}${effective}&account=${CASH}&limit=1000`,
      );
    const ofMonth = await since(`&fromEffective=${MONTH}-28&toEffective=${MONTH}-28`);
    for (const { accounts, items } of [await since(''), ofMonth]) {
      expect(accounts).toMatchObject([{ effect: '6789', remainder: '0' }]);
      expect(items).toMatchObject([
        { change: 'added', legs: [{ effect: '6789', earnedIn: MONTH, period: THIS_MONTH }] },
      ]);
    }
  });

  /** Everything; what happened by a day; what was known a third and two thirds of the way; both. */
  async function pointsOfStory(): Promise<Point[]> {
    const { position, items } = await client.read('/v1/ledger/entries?limit=1000');
    const moments = [1, 2].map((third) => items[Math.floor((items.length * third) / 3)].knownAt);
    const days = [undefined, `${MONTH}-09`, `${MONTH}-28`, today()];
    return [undefined, ...moments].flatMap((known) =>
      days.map((effective) => ({
        position,
        ...(effective && { effective }),
        ...(known && { known }),
      })),
    );
  }

  /** The leg of what an account of ours held when we began with it, once the books show it. */
  async function openedOn(id: string, on: string, opening: string): Promise<Answer> {
    await client.command('/v1/paying-accounts', {
      ...{ id, name: 'Tributary Demo Ltda', entity: ENTITY.id, asset: ENTITY.currency },
      ...{ zone: ENTITY.zone, format: 'cnab240-341', cnpj: CNPJ, agreement: '123456' },
      ...{ account: { ...ACCOUNT, number: opening.padStart(5, '0') }, opening, on },
    });
    const { items } = await client.eventually(
      () => client.read(`/v1/ledger/entries?account=${CASH}&from=${MONTH}-01&limit=1000`),
      (found) => legsOf(found.items, id).length > 0,
    );
    return legsOf(items, id)[0];
  }

  const queryOf = (point: Point): string => new URLSearchParams({ ...point }).toString();

  /** Without what may still be signed. */
  async function reportsAt(point: Point): Promise<object> {
    const reports = await Promise.all([
      client.read(`/v1/ledger/trial-balance?${queryOf(point)}`),
      client.read(`/v1/ledger/trial-balance?${queryOf(point)}&period=${MONTH}`),
      client.read(`/v1/ledger/balances?by=account,partner&limit=1000&${queryOf(point)}`),
      client.read(
        `/v1/ledger/roll-forward?from=${FIRST_OF_ALL}&to=${LAST_OF_ALL}&${queryOf(point)}`,
      ),
      client.read(`/v1/ledger/accounts/${HELD}/statement?${statementOf(point)}`),
      client.read(`/v1/reports/accruals?from=${FIRST_OF_ALL}&to=${THIS_MONTH}&${queryOf(point)}`),
    ]);
    return reports.map(({ leaf: _leaf, checkpoint: _checkpoint, ...report }: Answer) => report);
  }

  const statementOf = (point: Point): string =>
    `entity=${ENTITY.id}&asset=${encodeURIComponent(ENTITY.currency)}&limit=1000&${queryOf(point)}`;

  async function onBothClocks(point: Point): Promise<Compared[]> {
    const [books, , byPartner, rolled, statement, accruals] = (await reportsAt(point)) as Answer[];
    const { accounts, totals } = books;
    const booked = (name: string) => balanceOf(accounts, name);
    const isOwed = ({ account }: Answer) =>
      rolled.accounts.some((top: string) => `${account}:`.startsWith(`${top}:`));
    const owed = accounts
      .filter(isOwed)
      .reduce((sum: bigint, { balance }: Answer) => sum + BigInt(balance), 0n);
    const [accrued = { posted: '0', held: '0' }] = accruals.totals;
    return [
      ...totals.map(({ difference }: Answer): Compared => ['trial balance', difference, '0']),
      ...accounts.map(({ account, balance }: Answer): Compared => [
        `balances of ${account}`,
        String(balanceOf(byPartner.items, account)),
        balance,
      ]),
      ['roll-forward', rolled.months.at(-1)?.closing ?? '0', String(-owed)],
      ['statement', statement.closing, String(booked(HELD))],
      ['accruals, posted', accrued.posted, String(booked(EXPENSE))],
      ['accruals, held', accrued.held, String(-booked(HELD))],
    ];
  }

  /** Those that are asked on no clock name the position that they stand at. */
  async function asTheyAreNow(): Promise<Compared[]> {
    const wide = `entity=${ENTITY.id}&from=${FIRST_OF_ALL}&to=${LAST_OF_ALL}`;
    const asked = [
      ['held', `/v1/holds?on=${new Date().toISOString()}`, 'amount', HELD, -1n],
      ['payables', '/v1/reports/payables-ageing', 'total', PAYABLE, -1n],
      ['receivables', '/v1/reports/clawback-ageing', 'total', OWED_TO_US, 1n],
      ['withholding', `/v1/reports/withholding?${wide}`, 'withheld', TAX, -1n],
    ] as const;
    return await Promise.all(
      asked.map(async ([name, path, field, account, sign]): Promise<Compared> => {
        const { position, totals } = await client.read(path);
        const { accounts } = await client.read(`/v1/ledger/trial-balance?position=${position}`);
        const said = totals.reduce((sum: bigint, each: Answer) => sum + BigInt(each[field]), 0n);
        return [name, String(said), String(sign * balanceOf(accounts, account))];
      }),
    );
  }

  const monthIs = async (state: string): Promise<void> => {
    const path = `/v1/ledger/periods/${ENTITY.id}/${MONTH}`;
    const shown = await client.eventually(
      () => client.read(path),
      (period) => period.state === state,
    );
    expect(shown).toMatchObject({ state });
  };
});

const legsOf = (items: readonly Answer[], bank: string): Answer[] =>
  items.flatMap(({ legs }) => legs).filter((leg: Answer) => leg.bank === bank);

function monthsUntil(last: string, count: number): string[] {
  const [year, month] = last.split('-').map(Number) as [number, number];
  return Array.from({ length: count }, (_, i) =>
    new Date(Date.UTC(year, month - count + i, 1)).toISOString().slice(0, 'YYYY-MM'.length),
  );
}

const expectEqual = (compared: readonly Compared[]): void => {
  expect(compared.map(([report, said]) => [report, said])).toEqual(
    compared.map(([report, , booked]) => [report, booked]),
  );
};

/** Of the first payment. */
const refundOf = (partner: string): object => ({
  ...{ specversion: '1.0', id: 'late-refund', source: 'https://shop.example/production' },
  ...{ type: 'tributary.payment.refunded.v1', subject: partner },
  ...{ time: '2026-02-20T10:00:00Z', datacontenttype: 'application/json' },
  dataschema: '/v1/schemas/payment.refunded.v1',
  data: {
    ...{ refundRef: 'late', paymentRef: `payment-${partner}-0`, amount: '20000', currency: 'BRL' },
    ...{ reason: 'requested', refundedAt: '2026-02-20T10:00:00Z' },
  },
});

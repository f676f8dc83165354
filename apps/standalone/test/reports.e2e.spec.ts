import { testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { type Answer, PatientClient } from './patient-client.fixture';
import { PayoutCircle, balanceOf } from './payout-circle.fixture';
import { ACCOUNT, CNPJ, ENTITY, PARTNERS, today } from './payout-scene.fixture';
import { Product } from './product.fixture';
import { type Compared, type Point, ReportsAt, noteFromAhead } from './reports-at.fixture';

jest.setTimeout(300_000);

/** As people there count months. The last one is over, so it can be closed. */
const [MONTH, THIS_MONTH] = monthsUntil(today().slice(0, 'YYYY-MM'.length), 2) as [string, string];
const FIRST_OF_ALL = '2026-01';
const LAST_OF_ALL = '2099-12';
const [CASH, HELD, PAYABLE, OWED_TO_US, TAX] = [
  'Assets:Cash',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Payable',
  'Assets:ClawbackReceivable',
  'Liabilities:Tax:Withholding',
] as const;
/** Much longer than it takes from a payment to its postings; what is told late is told after it. */
const AHEAD_MS = 30_000;

describe('reports, before and after a later close', () => {
  let postgres: TestPostgres;
  let product: Product;
  let client: PatientClient;
  let reports: ReportsAt;
  /** When a program whose clock was ahead recorded something. */
  let ahead: string;
  let points: readonly Point[];
  let before: readonly object[];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const url = await postgres.freshDatabase();
    product = new Product({
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      LOG_LEVEL: 'error',
    });
    await product.start();
    client = new PatientClient(product, (await product.site()).keys);
    reports = new ReportsAt(client, THIS_MONTH);
    const circle = new PayoutCircle(client, () => 0.5);
    await circle.begin();
    ahead = await noteFromAhead(url, AHEAD_MS);
    await circle.turn({ begins: () => Promise.resolve(), ends: () => undefined });
    await openedOn('early', `${MONTH}-10`, '12345');
    await client.eventually(
      () => Promise.resolve(new Date().toISOString()),
      (now) => now > ahead,
    );
  });
  afterAll(async () => {
    await product.stop();
    await postgres.stop();
  });

  it('come to the trial balance at their points on both clocks', async () => {
    points = await pointsOfStory();
    expect(points.length).toBeGreaterThan(4);
    for (const point of points) expectEqual(await reports.compared(point));
    expectEqual(await asTheyAreNow());
    before = await allReports();
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
    expect(await allReports()).toEqual(before);
    for (const point of points) expectEqual(await reports.compared(point));
  });

  it('come to the trial balance of today', async () => {
    const { position } = await client.read('/v1/ledger/trial-balance');
    expectEqual(await reports.compared({ position }));
    expectEqual(await reports.compared({ position, effective: `${MONTH}-28` }));
    expectEqual(await asTheyAreNow());
  });

  it('differ from before by the events that came since, to the cent', async () => {
    const { position } = points.at(-1) as Point;
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

  /**
   * Everything; what happened by a day; what was known just before and when the clock that ran ahead had recorded, and two thirds of
   * the way; both. And an earlier position, as another answer would name it.
   */
  async function pointsOfStory(): Promise<Point[]> {
    const { position, items } = await client.read('/v1/ledger/entries?limit=1000');
    const overtaken = items.filter(
      ({ type, recordedAt, knownAt }: Answer) =>
        type === 'CommissionPosted' && recordedAt < knownAt,
    );
    expect(overtaken.length).toBeGreaterThan(0);
    const before = new Date(Date.parse(ahead) - 1).toISOString();
    const moments = [undefined, before, ahead, items[Math.floor((items.length * 2) / 3)].knownAt];
    const days = [undefined, `${MONTH}-09`, `${MONTH}-28`, today()];
    const middle = items[Math.floor(items.length / 3)].position as string;
    const atMoments = moments.flatMap((known) =>
      days.map((effective) => ({
        position,
        ...(effective && { effective }),
        ...(known && { known }),
      })),
    );
    return [{ position: middle }, ...atMoments];
  }

  async function allReports(): Promise<object[]> {
    const all: object[] = [];
    for (const point of points) all.push(await reports.all(point));
    return all;
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

  /** Those that are asked on no clock name the position that they stand at. */
  async function asTheyAreNow(): Promise<Compared[]> {
    const wide = `entity=${ENTITY.id}&from=${FIRST_OF_ALL}&to=${LAST_OF_ALL}`;
    const asked = [
      ['held', `/v1/holds?on=${new Date().toISOString()}`, 'amount', HELD, -1n],
      ['payables', '/v1/reports/payables-ageing', 'total', PAYABLE, -1n],
      ['receivables', '/v1/reports/clawback-ageing', 'total', OWED_TO_US, 1n],
      ['withholding', `/v1/reports/withholding?${wide}`, 'owed', TAX, -1n],
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

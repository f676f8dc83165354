import { RAIL } from '../domain/rail/file.fixture';
import { AT } from '../domain/rail/rail.fixture';
import type { TakenBankFile } from '../application/statements-in';
import type { BankLineShown } from '../read-model/bank-lines.queries';
import type { BreakShown } from '../read-model/breaks.queries';
import type { InTransit, Reconciliation } from '../read-model/reconciliation.queries';
import { type OfxRow, ReconciliationSite, itemOfPartner, ofx } from './reconciliation.fixture';

interface Page<T> {
  readonly position: number;
  readonly items: readonly T[];
}
const ACCOUNT = `/v1/paying-accounts/${RAIL}`;
const BOOKS = `/v1/reconciliation/${RAIL}`;
const LINES = `${ACCOUNT}/bank-lines`;

const FIRST_ROWS: readonly OfxRow[] = [
  {
    on: '2026-04-15',
    amount: '-100,00',
    item: itemOfPartner('p1'),
    memo: 'PIX ENVIADO JOÃO & CIA',
  },
  { on: '2026-04-15', amount: '-100.00', item: itemOfPartner('p2') },
  { on: '2026-04-15', amount: '-1.50', memo: 'TARIFA PIX', type: 'FEE' },
];
const FIRST = ofx('2026-04-15', '2026-04-15', '798.50', FIRST_ROWS);
const SECOND = ofx('2026-04-16', '2026-04-17', '821.50', [
  { on: '2026-04-16', amount: '-77.00', memo: 'BALCAO' },
  { on: '2026-04-17', amount: '100.00', item: itemOfPartner('p1'), memo: 'DEVOLUCAO PIX' },
]);

describe('agreeing with the bank', () => {
  let site: ReconciliationSite;
  beforeAll(async () => {
    site = await ReconciliationSite.start();
    await site.pays('p1', 'p2', 'p3');
  }, 120_000);
  afterAll(() => site.stop());

  const settledBooks = () =>
    site.until<Reconciliation>(
      BOOKS,
      ({ items }) => items.length > 1 && items.every(({ lateBooked }) => lateBooked === '0'),
    );
  const days = ({ items }: Reconciliation) =>
    items.map(({ day, bankBalance, cash, breaks, remainder }) => [
      day,
      bankBalance,
      cash,
      breaks,
      remainder,
    ]);
  const open = () => site.read<Page<BreakShown>>('/v1/breaks?asOf=2026-04-22');
  const unmatchedLine = async (memo: string): Promise<string> => {
    const { items } = await site.read<Page<BankLineShown>>(`${LINES}?state=unmatched`);
    return items.find(({ text }) => text?.includes(memo))?.line ?? '';
  };

  it('knows everything as in transit that was sent and that no statement shows', async () => {
    const path = '/v1/reconciliation/in-transit?asOf=2026-04-22';
    const found = await site.until<Page<InTransit> & { total: string }>(
      path,
      ({ items }) => items.length === 3,
    );
    expect(found.total).toBe('30000');
    // Tuesday 21 April is a holiday.
    expect(found.items.map(({ ageBusinessDays }) => ageBusinessDays)).toEqual([4, 4, 4]);
  });

  it('lets a statement wait for the one before it, and then counts both', async () => {
    const early = await site.upload<TakenBankFile>(SECOND);
    expect(early.statements[0]).toMatchObject({ outcome: 'waits', reason: 'continuity' });
    // Sent by two at once, while the bank's answer to the file is read.
    const [first, second] = await Promise.all([
      site.upload<TakenBankFile>(FIRST),
      site.upload<TakenBankFile>(FIRST),
      site.hears(itemOfPartner('p1'), itemOfPartner('p2')),
    ]);
    expect(
      [first, second]
        .flatMap(({ statements }) => statements)
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['imported', 'known']);
    const books = await settledBooks();
    expect(days(books)).toEqual([
      ['2026-04-01', '100000', '100000', '0', '0'],
      ['2026-04-15', '79850', '79850', '0', '0'],
      ['2026-04-16', '72150', '79850', '-7700', '0'],
      ['2026-04-17', '82150', '89850', '-7700', '0'],
    ]);
  });

  it('shows lines with what they were recognised as, and the wording of the bank', async () => {
    const { items } = await site.read<Page<BankLineShown>>(LINES);
    expect(items).toHaveLength(5);
    const paid = items.find(({ items: [first] }) => first?.partner === 'p1');
    expect(paid).toMatchObject({ match: { tier: 'T1', kind: 'settled' }, side: 'debit' });
    expect(paid?.text).toBe('PIX ENVIADO JOÃO & CIA');
    expect(items.map(({ match }) => (match as { tier?: string } | null)?.tier).sort()).toEqual([
      'T1',
      'T1',
      'T4',
      'T7',
      undefined,
    ]);
  });

  it('adds nothing when files are sent again, at once or in another order', async () => {
    const before = await site.runtime.log.head();
    const again = await Promise.all(
      [FIRST, SECOND, FIRST].map((file) => site.upload<TakenBankFile>(file)),
    );
    expect(again.map(({ statements: [one] }) => one?.outcome)).toEqual(['known', 'known', 'known']);
    expect(await site.runtime.log.head()).toBe(before);
  });

  it('quarantines what does not add up or is of another account, whole', async () => {
    const wrong = ofx('2026-04-18', '2026-04-18', '1.00', []);
    expect((await site.upload<TakenBankFile>(wrong)).statements[0]).toMatchObject({
      outcome: 'waits',
      reason: 'continuity',
    });
    const text = Buffer.from(SECOND).toString('latin1');
    const foreign = Buffer.from(text.replace('1234567890', '9934567890'), 'latin1');
    expect((await site.upload<TakenBankFile>(foreign)).statements[0]).toMatchObject({
      outcome: 'quarantined',
      reason: 'foreign_account',
    });
    const { items } = await site.until<Page<BreakShown>>(
      '/v1/breaks?type=B11',
      (page) => page.items.length === 2,
    );
    expect(items.map(({ cause }) => cause).sort()).toEqual(['continuity', 'foreign_account']);
    interface Read {
      readonly statement: string;
      readonly state: string;
      readonly reason: string;
    }
    const statements = `${ACCOUNT}/bank-statements`;
    const read = await site.until<Page<Read>>(statements, (page) =>
      page.items.some(({ reason }) => reason === 'foreign_account'),
    );
    const ours = read.items.find(({ reason }) => reason === 'foreign_account')?.statement ?? '';
    const path = `${statements}/${ours}/dismissal`;
    expect((await site.post(path, { reason: 'of another account' }, 'auditor')).status).toBe(403);
    expect((await site.post(path, { reason: 'of another account' })).status).toBe(200);
    await site.until<Page<BreakShown>>('/v1/breaks?type=B11', (page) => page.items.length === 1);
    const after = await site.until<Page<Read>>(statements, (page) =>
      page.items.some(({ state }) => state === 'dismissed'),
    );
    expect(after.items.find(({ statement }) => statement === ours)).toMatchObject({
      state: 'dismissed',
      detail: 'of another account',
    });
  });

  it('leaves to people what no rule decides, to two of them above the limit', async () => {
    const page = await open();
    const stranger = page.items.find(({ type }) => type === 'B02');
    expect(stranger).toMatchObject({
      cause: 'no_instruction',
      owner: 'finance',
      amount: '7700',
      ageBusinessDays: 3,
      bucket: '2-3',
      isBlocking: true,
    });
    const rules = await site.read<{ rules: object }>(`${ACCOUNT}/matching-rules`);
    const tight = { ...rules.rules, handLimit: '1000' };
    interface Shown {
      readonly rules: { readonly handLimit: string };
      readonly proposed: Pick<Shown, 'rules'> | null;
    }
    const shows = (limit: string, proposed: string | undefined) =>
      site.until<Shown>(
        `${ACCOUNT}/matching-rules`,
        (now) => now.rules.handLimit === limit && now.proposed?.rules.handLimit === proposed,
      );
    const put = async (by: string) =>
      expect((await site.post(`${ACCOUNT}/matching-rules`, tight, by, 'PUT')).status).toBe(200);
    await put('anna');
    await shows('1000000', '1000');
    await put('bruno');
    await shows('1000', undefined);
    const path = `${LINES}/${await unmatchedLine('BALCAO')}/match`;
    const outside = { kind: 'outside', items: [], reason: 'paid at the counter' };
    expect((await site.post(path, outside)).status).toBe(201);
    expect((await site.post(`${path}/approval`, {})).status).toBe(403);
    expect((await site.post(`${path}/approval`, {}, 'bruno')).status).toBe(200);
    const books = await site.until<Reconciliation>(BOOKS, ({ items }) =>
      items.every(({ breaks }) => breaks === '0'),
    );
    expect(books.items.at(-1)).toMatchObject({
      bankBalance: '82150',
      cash: '82150',
      remainder: '0',
    });
  });

  it('takes a match back by an event, and says of any moment what was known then', async () => {
    const before = await settledBooks();
    const { items } = await site.read<Page<BankLineShown>>(`${LINES}?state=matched`);
    const paid = items.find(({ items: [first] }) => first?.partner === 'p2')?.line ?? '';
    const path = `${LINES}/${paid}/unmatch`;
    expect((await site.post(path, { reason: 'not this one' })).status).toBe(200);
    const books = await site.until<Reconciliation>(BOOKS, (now) =>
      now.items.some(({ breaks, lateBooked }) => breaks === '-10000' && lateBooked === '0'),
    );
    expect(books.items.at(-1)).toMatchObject({ cash: '92150', breaks: '-10000', remainder: '0' });
    const then = await site.read<Reconciliation>(`${BOOKS}?position=${String(before.position)}`);
    expect(then).toEqual(before);

    const match = { kind: 'settled', items: [itemOfPartner('p2')], reason: 'this one after all' };
    expect((await site.post(`${LINES}/${paid}/match`, match)).status).toBe(201);
    expect((await site.post(`${LINES}/${paid}/match/approval`, {}, 'bruno')).status).toBe(200);
    const again = await site.until<Reconciliation>(BOOKS, (now) =>
      now.items.every(({ breaks, lateBooked }) => breaks === '0' && lateBooked === '0'),
    );
    expect(again.items).toEqual(before.items);
  });

  it('opens a break where the account refuses what was matched, and holds up nothing', async () => {
    const item = itemOfPartner('p3');
    const account = { partner: 'p3', entity: 'main', asset: 'BRL/2' } as const;
    const answer = { answer: 'rejected', codes: ['AG'], bankReference: null } as const;
    await site.decide({ type: 'NoteBankAnswer', account, at: AT, item, ...answer });
    const third = ofx('2026-04-18', '2026-04-20', '721.50', [
      { on: '2026-04-20', amount: '-100.00', item, memo: 'PIX TARDIO' },
    ]);
    expect((await site.upload<TakenBankFile>(third)).statements[0]?.outcome).toBe('imported');
    const { items } = await site.until<Page<BreakShown>>(
      '/v1/breaks?type=B07',
      (page) => page.items.length > 0,
    );
    expect(items[0]).toMatchObject({ cause: 'account_refused: item_rejected', amount: '10000' });
    const books = await settledBooks();
    expect(books.items.at(-1)).toMatchObject({
      day: '2026-04-20',
      breaks: '-10000',
      remainder: '0',
    });
    const { subscriptions } = await site.runtime.feeds.status();
    expect(subscriptions.filter(({ parked }) => parked > 0)).toEqual([]);
  });

  it('M115: makes breaks of what is overdue, and knows that they are old', async () => {
    await site.post('/v1/breaks/ageing', { asOf: '2026-05-29' });
    const { items } = await site.until<Page<BreakShown>>('/v1/breaks?asOf=2026-05-29', (page) =>
      page.items.some(({ type }) => type === 'B01'),
    );
    const overdue = items.find(({ type }) => type === 'B01');
    expect(overdue).toMatchObject({ about: { item: itemOfPartner('p3') }, bucket: '8-30' });
    const path = `/v1/breaks/${RAIL}/${overdue?.id ?? ''}`;
    const note = { owner: 'treasury', note: 'ask the bank' };
    expect((await site.post(`${path}/assignment`, note)).status).toBe(200);
    expect((await site.post(`${path}/closure`, { reason: 'the bank says never' })).status).toBe(
      200,
    );
    await site.post('/v1/breaks/ageing', { asOf: '2026-06-30' });
    const later = await site.until<Page<BreakShown>>('/v1/breaks?state=all&type=B01', (page) =>
      page.items.some(({ isOpen }) => !isOpen),
    );
    expect(later.items).toHaveLength(1);
  });

  it('takes no balance of a day from what was cut off before the day was over', async () => {
    const before = await settledBooks();
    const noon = ofx('2026-04-15', '2026-04-15', '900.00', FIRST_ROWS.slice(0, 1));
    const morning = ofx('2026-04-16', '2026-04-16', '798.50', []);
    let upTo = 0;
    for (const early of [noon, morning]) {
      const { statements, position } = await site.upload<TakenBankFile>(early);
      expect(statements[0]?.outcome).toBe('imported');
      upTo = Number(position);
    }
    const books = await site.until<Reconciliation>(
      BOOKS,
      ({ position }) => Number(position) >= upTo,
    );
    expect(books.items).toEqual(before.items);
  });

  it('shows nothing of it to another tenant', async () => {
    expect((await site.get(BOOKS, 'stranger')).status).toBe(404);
    expect((await site.get(`${ACCOUNT}/matching-rules`, 'stranger')).status).toBe(404);
    expect((await site.read<Page<object>>('/v1/breaks', 'stranger')).items).toEqual([]);
  });
});

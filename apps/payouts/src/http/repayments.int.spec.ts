import { type Recorded, dayOf } from '@tributary/kernel';
import { OWING, noon, release } from '../domain/account/account.fixture';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import type { Account } from '../domain/account/state';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import { RAIL, settings } from '../domain/rail/file.fixture';
import { AT } from '../domain/rail/rail.fixture';
import type { TakenBankFile } from '../application/statements-in';
import type { BankLineShown } from '../read-model/bank-lines.queries';
import type { BreakShown } from '../read-model/breaks.queries';
import type { Reconciliation } from '../read-model/reconciliation.queries';
import { ReconciliationSite, ofx } from './reconciliation.fixture';

interface Page<T> {
  readonly items: readonly T[];
}
const LINES = `/v1/paying-accounts/${RAIL}/bank-lines`;
const BOOKS = `/v1/reconciliation/${RAIL}`;
const OPEN = '/v1/breaks?asOf=2026-04-22';

const STATEMENT = ofx('2026-04-15', '2026-04-17', '1013.00', [
  { on: '2026-04-15', amount: '5.00', memo: 'FIRST' },
  { on: '2026-04-16', amount: '5.00', memo: 'SECOND' },
  { on: '2026-04-16', amount: '5.00', memo: 'THIRD' },
  { on: '2026-04-17', amount: '-2.00', memo: 'COUNTER' },
]);

describe('a debt that is paid back', () => {
  let site: ReconciliationSite;
  let lines: ReadonlyMap<string, string>;
  beforeAll(async () => {
    site = await ReconciliationSite.start();
    const of = { rail: RAIL, settings, opening: '100000', on: '2026-04-01', by: 'anna' };
    await site.tell({ type: 'RegisterPayingAccount', ...of, openedAt: noon('04-01') });
    for (const partner of ['p1', 'p2', 'p3'])
      for (const command of OWING) await site.decide({ ...command, account: accountOf(partner) });
    const taken = await site.upload<TakenBankFile>(STATEMENT);
    expect(taken.statements[0]?.outcome).toBe('imported');
    const { items } = await site.until<Page<BankLineShown>>(
      LINES,
      (page) => page.items.length === 4,
    );
    // Every line is judged by then.
    await site.until<Page<BreakShown>>(OPEN, (page) => page.items.length === 4);
    lines = new Map(items.map(({ text, line }) => [text ?? '', line]));
  }, 120_000);
  afterAll(() => site.stop());

  const accountOf = (partner: string): OfAccount => ({ partner, entity: 'main', asset: 'BRL/2' });
  const declinedBy = async (partner: string): Promise<Recorded> => {
    for await (const event of site.runtime.log.read(accountStreamOf('acme', accountOf(partner))))
      if (event.type === 'RepaymentDeclined') return event;
    throw new Error('Nothing was declined.');
  };
  const lineOf = (memo: string): string => lines.get(memo) ?? '';
  const folded = async (partner: string): Promise<Account> => {
    let state = account.initial;
    for await (const event of site.runtime.log.read(accountStreamOf('acme', accountOf(partner))))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state;
  };
  const repay = async (partner: string, bankLine: string, said: object = {}) => {
    const body = { entity: 'main', asset: 'BRL/2', rail: RAIL, amount: '500', bankLine, ...said };
    return await site.post(`/v1/receivables/${partner}/repayments`, body);
  };
  const refusal = async (answer: Promise<Response>) => {
    const response = await answer;
    return [response.status, ((await response.json()) as { readonly code: string }).code];
  };
  /** The last day, once it stands there and nothing is under way. */
  const shows = (cash: string, breaks: string) =>
    site.until<Reconciliation>(BOOKS, ({ items }) => {
      const last = items.at(-1);
      return last?.cash === cash && last.breaks === breaks && last.lateBooked === '0';
    });

  it('is refused where no statement says so', async () => {
    const first = lineOf('FIRST');
    expect(await refusal(repay('p1', 'made up'))).toEqual([404, 'line_unknown']);
    expect(await refusal(repay('p1', first, { rail: 'nosuch' }))).toEqual([404, 'account_unknown']);
    expect(await refusal(repay('p1', lineOf('COUNTER'), { amount: '200' }))).toEqual([
      422,
      'invalid_kind',
    ]);
    expect(await refusal(repay('p1', first, { amount: '499' }))).toEqual([422, 'amount_mismatch']);
    expect(await refusal(repay('p1', first, { entity: 'uk' }))).toEqual([422, 'account_differs']);
    expect(await refusal(repay('p9', first))).toEqual([409, 'nothing_owed']);
    expect((await repay('p1', first, { bankLine: undefined })).status).toBe(422);
    expect((await folded('p1')).sums).toMatchObject({ owed: '500', repaid: '0' });
    const { items } = await shows('100000', '1300');
    expect(items.at(-1)).toMatchObject({ bankBalance: '101300', remainder: '0' });
  });

  it('has one winner where two are said to be one line, which is answered as often as it is asked', async () => {
    const asked = { entity: 'main', asset: 'BRL/2', rail: RAIL, amount: '500' };
    const body = { ...asked, bankLine: lineOf('FIRST') };
    const once = async (partner: string) =>
      await site.post(
        `/v1/receivables/${partner}/repayments`,
        body,
        'anna',
        'POST',
        `repayment-of-${partner}`,
      );
    const answers = await Promise.all(['p1', 'p2'].map(once));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const winner = answers[0]?.status === 201 ? 'p1' : 'p2';
    const { items } = await shows('100500', '800');
    expect((await folded(winner)).sums).toMatchObject({ owed: '0', repaid: '500' });
    expect((await once(winner)).status).toBe(201);
    const loser = winner === 'p1' ? 'p2' : 'p1';
    expect(await refusal(once(loser))).toEqual([409, 'line_matched']);
    expect((await folded(loser)).sums).toMatchObject({ owed: '500', repaid: '0' });
    expect(items.map(({ day, cash, breaks, remainder }) => [day, cash, breaks, remainder])).toEqual(
      [
        ['2026-04-01', '100000', '0', '0'],
        ['2026-04-15', '100500', '0', '0'],
        ['2026-04-16', '100500', '1000', '0'],
        ['2026-04-17', '100500', '800', '0'],
      ],
    );
    const path = `${LINES}/${lineOf('FIRST')}/unmatch`;
    expect(await refusal(site.post(path, { reason: 'not this one' }))).toEqual([
      409,
      'repayment_final',
    ]);
  });

  it('is an open break again where the account was paid otherwise in the same moment', async () => {
    const line = lineOf('SECOND');
    const said = { account: accountOf('p3'), amount: '500', by: 'anna', at: AT };
    // As two see it who ask at once: both are told what was owed before either is booked.
    const of = { type: 'MatchRepayment', rail: RAIL, ...said, owed: '500' } as const;
    const [one, two] = [
      '018f0000-0000-7000-8000-000000000001',
      '018f0000-0000-7000-8000-000000000002',
    ];
    await site.tell({ ...of, line: lineOf('THIRD'), repayment: one ?? '' });
    await site.tell({ ...of, line, repayment: two ?? '' });
    const { items } = await site.until<Page<BreakShown>>(OPEN, (page) =>
      page.items.some(({ cause }) => cause.startsWith('account_refused')),
    );
    expect(items.find(({ cause }) => cause === 'account_refused: nothing_owed')).toMatchObject({
      ...{ type: 'B02', amount: '500', about: { line } },
    });
    expect((await folded('p3')).sums).toMatchObject({ owed: '0', repaid: '500' });
    const { items: days } = await shows('101000', '300');
    expect(days.at(-1)).toMatchObject({ bankBalance: '101300', remainder: '0' });

    // Delivered again after the line was given back, and by then the partner owes again.
    await site.decide({ ...release('later', -500), account: accountOf('p3') });
    const declined = await declinedBy('p3');
    const { data, commandId } = declined;
    expect(data).toMatchObject({ repayment: two, bankLine: line, reason: 'nothing_owed' });
    const bookedOn = dayOf(declined.occurredAt, 'America/Sao_Paulo');
    const again = { type: 'RecordRepayment', ...said, at: declined.occurredAt, bookedOn } as const;
    const command = { ...again, rail: RAIL, repayment: two ?? '', bankLine: line };
    const stream = accountStreamOf('acme', said.account);
    const outcome = await site.runtime.runner.run(account, stream, command, declined);
    expect(outcome).toMatchObject({ kind: 'replayed', events: [{ commandId }] });
    expect((await folded('p3')).sums).toMatchObject({ owed: '500', repaid: '500' });
    const { subscriptions } = await site.runtime.feeds.status();
    expect(subscriptions.filter(({ parked }) => parked > 0)).toEqual([]);
  });

  it('is approved by a second person above the limit', async () => {
    const path = `/v1/paying-accounts/${RAIL}/matching-rules`;
    const { rules } = await site.read<{ rules: object }>(path);
    for (const person of ['anna', 'bruno'])
      expect((await site.post(path, { ...rules, handLimit: '499' }, person, 'PUT')).status).toBe(
        200,
      );
    const [owing, line] = [(await folded('p1')).sums.owed === '0' ? 'p2' : 'p1', lineOf('SECOND')];
    expect((await repay(owing, line)).status).toBe(201);
    const approval = `${LINES}/${line}/match/approval`;
    expect(await refusal(site.post(approval, {}))).toEqual([403, 'same_person']);
    expect((await folded(owing)).sums.owed).toBe('500');
    expect((await site.post(approval, {}, 'bruno')).status).toBe(200);
    const { items } = await shows('101500', '-200');
    expect((await folded(owing)).sums).toMatchObject({ owed: '0', repaid: '500' });
    expect(items.at(-1)).toMatchObject({ bankBalance: '101300', remainder: '0' });
  });
});

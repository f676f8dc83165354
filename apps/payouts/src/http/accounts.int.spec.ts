import { type Instant, withoutDashes, uuidV5 } from '@tributary/kernel';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import type { Answer } from '@tributary/testing';
import { noon, payee, repayment, reserve } from '../domain/account/account.fixture';
import { itemOf } from '../domain/item';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import { AccountProposals } from '../read-model/account-proposals.queries';
import { AccountsService } from './accounts.fixture';

let service: AccountsService;
beforeAll(async () => {
  service = await AccountsService.start();
});
afterAll(() => service.stop());

const nameOf = (line: string): string => withoutDashes(uuidV5('a line', line));
const released = (partner: string, line: string, amount: number, at: Instant = noon('03-20')) => ({
  partner,
  line: nameOf(line),
  amount: String(amount),
  at,
});
const of = (partner: string): OfAccount => ({ partner, entity: 'main', asset: 'BRL/2' });

const accountOf = (partner: string): Promise<Answer> =>
  service.ask(`/v1/accounts?partner=${partner}`);
/** Until an account looks like this. */
const shows = (partner: string, sums: Readonly<Record<string, string>>): Promise<Answer> =>
  service.until(
    () => accountOf(partner),
    (answer) => Object.entries(sums).every(([name, sum]) => answer.at(`items.0.${name}`) === sum),
  );
const idOf = (answer: Answer): string => {
  expect(answer.status).toBeLessThan(300);
  return answer.text('id');
};

describe('what commission releases', () => {
  it('is payable, is taken back, and stands line by line for its partner alone', async () => {
    await service.released(released('p1', 'a', 25_000), released('p1', 'b', 10_000));
    await service.released(released('p1', 'a', -5_000));
    await service.frozen(released('p1', 'b', 10_000));
    const account = await shows('p1', { payable: '20000', disputed: '10000' });
    expect(account.at('items')).toMatchObject([
      { partner: 'p1', entity: 'main', asset: 'BRL/2', balance: '30000', partnerStatus: 'active' },
    ]);
    const lines = await service.until(
      () => service.ask('/v1/partners/p1/open-lines?entity=main&asset=BRL/2', 'p1'),
      (found) => [0, 1].some((n) => found.at(`items.${n}.disputed`) === '10000'),
    );
    const byLine = Object.fromEntries(
      lines.list('items').map((each, n) => [lines.text(`items.${n}.line`), each]),
    );
    expect(byLine[nameOf('a')]).toMatchObject({ payable: '20000', taken: '20000', frozen: '0' });
    expect(byLine[nameOf('b')]).toMatchObject({ payable: '0', disputed: '10000', frozen: '10000' });
    expect(await service.ask('/v1/partners/p1/accounts', 'p1')).toMatchObject({ status: 200 });
    expect(await service.ask('/v1/partners/p1/accounts', 'p2')).toMatchObject({
      status: 403,
      body: { code: 'not_your_partner' },
    });
  });

  it('is held by what is told of its partner, whenever the account was opened', async () => {
    await service.partnerIs('p9', [{ at: noon('01-01'), status: 'suspended' }]);
    await service.released(released('p9', 'z', 1_000));
    await service.until(
      () => accountOf('p9'),
      (answer) => answer.at('items.0.partnerStatus') === 'suspended',
    );
    await service.partnerIs('p9', [
      { at: noon('01-01'), status: 'suspended' },
      { at: noon('02-01'), status: 'ended' },
    ]);
    await service.until(
      () => accountOf('p9'),
      (answer) => answer.at('items.0.partnerStatus') === 'ended',
    );
  });
});

describe('a dispute of a partner (M123)', () => {
  it('is opened by the partner, decided by two persons, and told to commission', async () => {
    await service.released(released('p2', 'c', 8_000), released('p2', 'd', 300));
    await shows('p2', { payable: '8300' });
    const wrong = { lines: [nameOf('a')], reason: 'The rate is wrong.' };
    expect(await service.post('/v1/disputes', wrong, 'p2')).toMatchObject({
      status: 422,
      body: { code: 'line_unknown' },
    });
    const mine = { lines: [nameOf('c')], reason: 'The rate is wrong.' };
    expect(await service.post('/v1/disputes', { ...mine, partner: 'p2' }, 'p1')).toMatchObject({
      status: 403,
    });
    const dispute = idOf(await service.post('/v1/disputes', mine, 'p2', 'dispute-of-c'));
    expect(idOf(await service.post('/v1/disputes', mine, 'p2', 'dispute-of-c'))).toBe(dispute);
    expect(await service.post('/v1/disputes', mine, 'p2')).toMatchObject({
      status: 409,
      body: { code: 'line_already_disputed' },
    });
    await shows('p2', { payable: '300', disputed: '8000' });

    const decision = { decisions: [{ line: nameOf('c'), due: '7000' }], reason: 'as signed' };
    idOf(await service.post(`/v1/disputes/${dispute}/decisions`, decision));
    expect(await service.post(`/v1/disputes/${dispute}/approvals`, {})).toMatchObject({
      status: 403,
      body: { code: 'same_person' },
    });
    const approved = await service.post(`/v1/disputes/${dispute}/approvals`, {}, 'bea');
    const shown = await service.ask(
      `/v1/disputes/${dispute}?token=${approved.text('token')}`,
      'p2',
    );
    expect(shown.body).toMatchObject({
      status: 'awaiting_commission',
      isOverdue: false,
      lines: [{ line: nameOf('c'), due: '7000', isDecided: true, outcome: null }],
    });
    await service.released(released('p2', 'c', -1_000));
    await shows('p2', { payable: '7300', disputed: '0' });
    const ended = await service.until(
      () => service.ask(`/v1/disputes/${dispute}`),
      (answer) => answer.at('status') === 'ended',
    );
    expect(ended.at('lines')).toMatchObject([{ outcome: 'decided' }]);
  });

  it('is listed by urgency, and may be withdrawn by its partner', async () => {
    const body = { lines: [nameOf('d')], reason: 'It is another sale.' };
    const answer = await service.post('/v1/disputes', body, 'p2');
    const dispute = idOf(answer);
    const open = await service.ask(`/v1/disputes?status=open&token=${answer.text('token')}`);
    expect(open.at('items')).toMatchObject([{ dispute, partner: 'p2', isOverdue: false }]);
    expect(open.text('items.0.answerBy') > open.text('items.0.openedAt')).toBe(true);
    const late = await service.ask('/v1/disputes?overdue=true');
    expect(late.at('items')).toEqual([]);
    expect((await service.ask('/v1/disputes', 'p1')).at('items')).toEqual([]);
    const note = { note: 'I found it.' };
    expect(await service.post(`/v1/disputes/${dispute}/ends`, note, 'p1')).toMatchObject({
      status: 403,
    });
    idOf(await service.post(`/v1/disputes/${dispute}/ends`, note, 'p2'));
    await shows('p2', { payable: '7300', disputed: '0' });
  });
});

describe('an adjustment', () => {
  const asked = {
    partner: 'p3',
    entity: 'main',
    asset: 'BRL/2',
    programme: 'main',
    amount: '1500',
    reason: 'a goodwill payment',
    evidence: ['ticket 4711'],
  };

  it('is refused for a partner or an entity that nobody has registered', async () => {
    expect(await service.post('/v1/adjustments', asked)).toMatchObject({
      status: 404,
      body: { code: 'partner_unknown' },
    });
    await service.partnerIs('p3', [{ at: noon('01-01'), status: 'active' }]);
    const proposals = service.app.get(AccountProposals, { strict: false });
    await service.until(
      () => proposals.named('acme', asked),
      ({ partner }) => partner,
    );
    expect(await service.post('/v1/adjustments', { ...asked, entity: 'nosuche' })).toMatchObject({
      status: 404,
      body: { code: 'entity_unknown' },
    });
  });

  it('is booked by a second person', async () => {
    const proposed = await service.post('/v1/adjustments', asked);
    const id = idOf(proposed);
    const waiting = await service.ask(
      `/v1/adjustments?status=proposed&token=${proposed.text('token')}`,
    );
    expect(waiting.at('items')).toMatchObject([{ proposal: id, amount: '1500', partner: 'p3' }]);
    expect(await service.post(`/v1/adjustments/${id}/approvals`, {})).toMatchObject({
      status: 403,
    });
    idOf(await service.post(`/v1/adjustments/${id}/approvals`, {}, 'bea'));
    await shows('p3', { payable: '1500', adjusted: '1500' });
  });

  it('is over when it is withdrawn', async () => {
    const id = idOf(await service.post('/v1/adjustments', asked));
    idOf(await service.post(`/v1/adjustments/${id}/withdrawals`, { reason: 'twice' }, 'bea'));
    expect(await service.post(`/v1/adjustments/${id}/approvals`, {}, 'bea')).toMatchObject({
      status: 404,
      body: { code: 'adjustment_unknown' },
    });
  });
});

describe('what partners owe', () => {
  const receivable = { entity: 'main', asset: 'BRL/2' };

  it('ages by its oldest part that nothing has paid, and is the receivable account', async () => {
    await service.released(
      released('p4', 'e', -400, noon('01-05')),
      released('p4', 'f', 100, noon('02-05')),
      released('p4', 'g', -250, noon('03-05')),
    );
    await shows('p4', { owed: '550' });
    const ageing = await service.ask('/v1/reports/clawback-ageing');
    expect(ageing.at('items')).toMatchObject([{ partner: 'p4', total: '550' }]);
    expect(ageing.at('totals')).toMatchObject([{ entity: 'main', asset: 'BRL/2', total: '550' }]);
    const parts = ['upTo30', 'upTo60', 'upTo90', 'over90'].map((name) =>
      ageing.text(`items.0.${name}`),
    );
    expect(
      parts.filter((amount) => amount !== '0').reduce((a, b) => Number(a) + Number(b), 0),
    ).toBe(550);
    const csv = await service.csv('/v1/reports/clawback-ageing', 'auditor');
    expect(csv).toMatch(/^entity,asset,partner,.*total\r\nmain,BRL\/2,p4,.*,550\r\n$/s);
  });

  it('is demanded, repaid, and written off by two persons', async () => {
    const demand = { ...receivable, payBy: '2026-06-01T12:00:00Z' };
    idOf(await service.post('/v1/receivables/p4/demands', demand));
    await service.tells({ ...repayment(50), account: of('p4') });
    const allowance = { ...receivable, allowance: '300', reason: 'two years old' };
    idOf(await service.post('/v1/receivables/p4/allowances', allowance));
    const writeOff = { ...receivable, amount: '400', reason: 'the partner is gone' };
    const id = idOf(await service.post('/v1/receivables/p4/write-offs', writeOff));
    expect(await service.post(`/v1/write-offs/${id}/approvals`, {})).toMatchObject({ status: 403 });
    idOf(await service.post(`/v1/write-offs/${id}/approvals`, {}, 'bea'));
    const account = await shows('p4', { owed: '100', writtenOff: '400', repaid: '50' });
    expect(account.at('items.0')).toMatchObject({
      allowance: '0',
      balance: '-100',
      demanded: { amount: '550', payBy: '2026-06-01T12:00:00.000Z' },
    });
    const unheard = { ...receivable, amount: '100', rail: 'nosuch', bankLine: 'made up' };
    expect(await service.post('/v1/receivables/p4/repayments', unheard)).toMatchObject({
      status: 404,
      body: { code: 'account_unknown', facts: { rail: 'nosuch' } },
    });
    expect((await service.ask('/v1/write-offs?status=approved')).at('items')).toHaveLength(1);
  });
});

describe('what a run has reserved', () => {
  it('is still payable by age, and no longer when it is instructed', async () => {
    const account = of('p5');
    const stream = accountStreamOf('acme', account);
    await service.released(released('p5', 'h', 30_000), released('p5', 'i', 5_000));
    await shows('p5', { payable: '35000' });
    const terms = reserve('march');
    const item = itemOf(terms.terms.run, stream);
    await service.tells(
      { ...payee(), account },
      { ...terms, account, stream, terms: { ...terms.terms, item } },
    );
    await shows('p5', { payable: '0', reserved: '35000' });
    const agedOf = async () => {
      const ageing = await service.ask('/v1/reports/payables-ageing');
      const place = ageing
        .list('items')
        .findIndex((_, n) => ageing.at(`items.${n}.partner`) === 'p5');
      return ageing.at(`items.${place}.total`);
    };
    await service.until(agedOf, (total) => total === '35000');
    const lines = await service.ask('/v1/partners/p5/open-lines?entity=main&asset=BRL/2');
    expect(lines.at('items')).toMatchObject([{ reserved: '30000' }, { reserved: '5000' }]);
    const at = noon('04-16');
    await service.tells({ type: 'Instruct', account, run: terms.terms.run, item, file: null, at });
    await shows('p5', { reserved: '0', inFlight: '35000' });
    await service.until(agedOf, (total) => total === undefined);
  });
});

describe('the accounts that are shown', () => {
  it('are the fold of their events', async () => {
    const accounts = await service.ask('/v1/accounts');
    const items = accounts.list('items');
    for (const [n, shown] of items.entries()) {
      const { sums, allowance } = await service.folded(accounts.text(`items.${n}.partner`));
      expect(shown).toMatchObject({ ...sums, allowance });
    }
    const first = await service.ask('/v1/accounts?limit=1');
    expect(first.at('items')).toEqual(items.slice(0, 1));
    const second = await service.ask(`/v1/accounts?limit=1&after=${first.text('next')}`);
    expect(second.at('items')).toEqual(items.slice(1, 2));
    expect((await service.ask('/v1/accounts?owing=true')).at('items')).toHaveLength(1);
  });

  it('age at every earlier position as they stood there, whatever was said later', async () => {
    const account = of('p6');
    const stream = accountStreamOf('acme', account);
    await service.released(released('p6', 'j', 20_000), released('p6', 'k', 4_000));
    await shows('p6', { payable: '24000' });
    const reserved = reserve('april');
    const { run } = reserved.terms;
    const item = itemOf(run, stream);
    const [on, at] = [{ account, run, item }, noon('04-16')];
    await service.tells(
      { ...payee(), account },
      { ...reserved, account, stream, terms: { ...reserved.terms, item } },
      { type: 'Instruct', ...on, file: 'f1', at },
      { type: 'VoidItem', account, item, file: 'f1', at },
      { type: 'Instruct', ...on, file: 'f2', at },
    );
    await service.released(released('p6', 'j', -1_000));
    await shows('p6', { inFlight: '24000', owed: '1000' });
    const refused = { answer: 'rejected', codes: ['AG'], bankReference: null } as const;
    await service.tells({ type: 'NoteBankAnswer', account, item, ...refused, at });
    await shows('p6', { payable: '23000', owed: '0' });

    const shown = await service.ask('/v1/accounts');
    const partners = shown.list('items').map((_, n) => shown.text(`items.${n}.partner`));
    const positions = await service.positions();
    expect(positions.length).toBeGreaterThan(30);
    for (const position of positions) {
      const then: Record<string, Record<string, string>> = { payables: {}, receivables: {} };
      for (const partner of partners) {
        const { payable, reserved: held, owed } = (await service.folded(partner, position)).sums;
        const inAll = BigInt(payable) + BigInt(held);
        if (inAll !== 0n) Object.assign(then['payables'] ?? {}, { [partner]: String(inAll) });
        if (owed !== '0') Object.assign(then['receivables'] ?? {}, { [partner]: owed });
      }
      const [payables, receivables] = await Promise.all(
        ['payables', 'clawback'].map((name) => agedAt(name, position)),
      );
      expect({ position, payables, receivables }).toEqual({ position, ...then });
    }
  });

  it('are whole as a file, in as many rows as the answer in JSON has', async () => {
    const partners = Array.from({ length: 110 }, (_, n) => `many${String(n).padStart(3, '0')}`);
    await service.released(...partners.map((partner) => released(partner, partner, 1_000)));
    await shows('many109', { payable: '1000' });
    for (const path of ['accounts', 'reports/payables-ageing']) {
      const listed = async () =>
        (await service.ask(`/v1/${path}?limit=1000`)).list('items') as { partner: string }[];
      const items = await service.until(listed, (found) => found.length >= partners.length);
      const [headings = '', ...rows] = (await service.csv(`/v1/${path}`)).trimEnd().split('\r\n');
      const column = headings.split(',').indexOf('partner');
      expect([path, ...rows.map((row) => row.split(',')[column])]).toEqual([
        path,
        ...items.map(({ partner }) => partner),
      ]);
    }
  });

  it('are reached by routes that say who may', () => {
    expectEveryRouteDeclared(service.app);
  });
});

/** By partner. */
async function agedAt(report: string, position: bigint): Promise<Record<string, string>> {
  const aged = await service.ask(`/v1/reports/${report}-ageing?position=${String(position)}`);
  expect(aged.at('position')).toBe(String(position));
  const rows = aged.list('items') as readonly {
    readonly partner: string;
    readonly total: string;
  }[];
  return Object.fromEntries(rows.map(({ partner, total }) => [partner, total]));
}

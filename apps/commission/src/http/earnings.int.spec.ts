import { cursorOf } from '@tributary/platform';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import type { Answer } from '@tributary/testing';
import {
  WHOLE,
  agreed,
  left,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import type { Rule } from '../../engines/v1/plan';
import { earningsStreamOf } from '../domain/earnings/window';
import { CommissionService } from './commission.fixture';

let service: CommissionService;
beforeAll(async () => {
  service = await CommissionService.start();
});
afterAll(() => service.stop());

const postedOf = async (partner: string, window = '2026-q1') => {
  const stream = earningsStreamOf('acme', windowOf(partner, window));
  return (await service.events(stream)).flatMap((event) =>
    event.type === 'CommissionPosted' ? [event.data.amount] : [],
  );
};
const earningsOf = (partner: string, query = '', key = 'finance'): Promise<Answer> =>
  service.ask(`/v1/partners/${partner}/earnings${query}`, key);

const jan = line(noon('01-10'), 170_910);
const feb = line(noon('02-10'), 170_910);

describe('lines that come before anything else', () => {
  it('are listed as unplanned, and posted once the agreement, the partner and the plan are known', async () => {
    await service.credits(jan);
    const unplanned = await service.until(
      () => service.ask('/v1/unplanned'),
      (answer) => answer.list('items').length === 1,
    );
    expect(unplanned.at('items')).toMatchObject([
      { sale: jan.sale, partners: ['p1'], reason: 'no_agreement' },
    ]);
    await service.terms(agreed(), partnerIs(), programme());
    await service.terms(published());
    await service.credits(feb);
    await service.until(
      () => postedOf('p1'),
      (amounts) => amounts.length === 2,
    );
    expect(await postedOf('p1')).toEqual(['42728', '42728']);
    await service.until(
      () => service.ask('/v1/unplanned'),
      (answer) => answer.list('items').length === 0,
    );
  });

  it('are shown by their state, with the reason and the day of what is held', async () => {
    const earned = await service.until(
      () => earningsOf('p1', '?on=2026-02-01T12:00:00Z'),
      (answer) => answer.at('totals.0.posted') === '85456',
    );
    expect(earned.body).toMatchObject({
      partner: 'p1',
      behind: 0,
      totals: [{ asset: 'BRL/2', posted: '85456', held: '85456', released: '0', frozen: '0' }],
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    expect(earned.at('held')).toMatchObject([
      {
        amount: '42728',
        lines: 1,
        payableOn: noon('01-24'),
        waitsFor: [{ reason: 'window', owner: 'finance', condition: 'holds are released' }],
      },
      { payableOn: noon('02-24'), waitsFor: [{ condition: 'its time has passed' }] },
    ]);
  });

  it('are listed with their months, page by page', async () => {
    const first = await service.ask('/v1/lines?partner=p1&limit=1');
    expect(first.at('items')).toMatchObject([
      {
        key: { sale: jan.sale, rule: 'base' },
        posted: '42728',
        months: [{ month: '2026-01', amount: '42728' }],
        version: { version: 1, engine: 'v1' },
      },
    ]);
    const second = await service.ask(`/v1/lines?partner=p1&limit=1&after=${first.text('next')}`);
    expect(second.body).toMatchObject({ items: [{ paidAt: noon('02-10') }], next: null });
    const unreadable = Buffer.from(JSON.stringify(['\u0000', noon('01-10')])).toString('base64url');
    for (const cursor of ['nonsense', unreadable])
      for (const list of ['lines', 'holds'])
        expect(await service.ask(`/v1/${list}?after=${cursor}`)).toMatchObject({
          status: 422,
          body: { code: 'invalid_cursor' },
        });
  });
});

describe('releasing what is held', () => {
  const asOf = { asOf: '2026-02-01T00:00:00Z' };

  it('is one answer under one key, and nothing the second time', async () => {
    const held = await service.ask('/v1/holds?on=2026-03-01T00:00:00Z');
    expect(held.body).toMatchObject({
      totals: [{ entity: 'main', asset: 'BRL/2', amount: '85456' }],
      items: [{ amount: '42728' }, { amount: '42728' }],
    });
    const released = await service.post('/v1/releases', asOf, 'finance', 'release-of-february');
    expect(released).toMatchObject({ status: 200, body: { windows: 1, released: 1 } });
    const again = await service.post('/v1/releases', asOf);
    expect(again.body).toMatchObject({ windows: 0, released: 0 });
    const earned = await earningsOf('p1', `?token=${released.text('token')}`);
    expect(earned.at('totals')).toMatchObject([
      { posted: '85456', held: '42728', released: '42728' },
    ]);
    const after = await service.ask('/v1/holds?on=2026-03-01T00:00:00Z');
    expect(after.at('totals')).toMatchObject([{ amount: '42728' }]);
    // On a day before the release it was held, whenever that is asked.
    const before = await service.ask('/v1/holds?on=2026-01-20T00:00:00Z');
    expect(before.at('totals')).toMatchObject([{ amount: '42728' }]);
  });

  it('does not reach into the future', async () => {
    expect(await service.post('/v1/releases', { asOf: '2199-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { code: 'in_the_future' },
    });
  });
});

describe('what people decide about a line', () => {
  const lineId = async (paidAt: string) => {
    const lines = await service.ask('/v1/lines?partner=p1');
    const place = lines.list('items').findIndex((_, n) => lines.at(`items.${n}.paidAt`) === paidAt);
    return lines.text(`items.${place}.line`);
  };

  it('holds it until somebody lifts that', async () => {
    const id = await lineId(noon('02-10'));
    const body = { reason: 'fraud', owner: 'risk', condition: 'the review is done' };
    const placed = await service.post(`/v1/lines/${id}/holds`, body);
    expect(placed.status).toBe(201);
    const held = await service.ask(`/v1/holds?token=${placed.text('token')}`);
    expect(held.at('items')).toMatchObject([
      { line: id, payableOn: null, waitsFor: [{ reason: 'fraud', owner: 'risk' }] },
    ]);
    expect(
      (await service.post('/v1/releases', { asOf: '2026-04-01T00:00:00Z' })).body,
    ).toMatchObject({ windows: 1, released: 0 });
    const lifted = await service.post(`/v1/lines/${id}/holds/${placed.text('id')}/lifts`, {
      note: 'reviewed',
    });
    expect(lifted.status).toBe(200);
    expect(await service.post('/v1/lines/unknown/holds', body)).toMatchObject({
      status: 404,
      body: { code: 'line_unknown' },
    });
  });

  it('changes its worth by two persons, dated by the decision', async () => {
    const id = await lineId(noon('01-10'));
    const proposed = await service.post(`/v1/lines/${id}/overrides`, {
      amount: '0',
      reason: 'upheld',
    });
    // What is posted is a difference, which may be longer than the worths that it lies between.
    const long = { amount: '9'.repeat(18), reason: 'upheld' };
    expect(await service.post(`/v1/lines/${id}/overrides`, long)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/amount', code: 'out_of_range' }] },
    });
    const path = `/v1/lines/${id}/overrides/${proposed.text('id')}/approvals`;
    expect(await service.post(path, {})).toMatchObject({
      status: 403,
      body: { code: 'same_person' },
    });
    const approved = await service.post(path, {}, 'second');
    expect(approved.status).toBe(200);
    const lines = await service.ask(`/v1/lines?partner=p1&token=${approved.text('token')}`);
    expect(lines.at('items.0')).toMatchObject({
      line: id,
      posted: '0',
      held: '0',
      released: '0',
      reason: 'overridden',
    });
    expect(lines.at('items.0.months')).toHaveLength(2);
  });
});

describe('a line that moves', () => {
  it('is worth nothing in the window that it leaves, and something in the next', async () => {
    const { sale } = feb;
    const moved = line(noon('04-02'), 170_910, { sale });
    await service.credits(moved);
    await service.until(
      () => postedOf('p1', '2026-q2'),
      (amounts) => amounts.length === 1,
    );
    const amounts = await service.until(
      () => postedOf('p1'),
      (found) => found.includes('-42728'),
    );
    expect(amounts.reduce((sum, each) => sum + Number(each), 0)).toBe(0);
  });

  it('is taken from a partner that a later revision does not name', async () => {
    const shared = line(noon('05-02'), 100_000);
    await service.credits(shared);
    await service.until(
      () => postedOf('p1', '2026-q2'),
      (amounts) => amounts.includes('25000'),
    );
    const [first] = shared.steps;
    if (first === undefined) throw new Error('A line has a step.');
    const steps = [{ ...first, value: { ...first.value, ...left(100_000, 'p2') } }];
    await service.credits({ ...shared, steps });
    await service.until(
      () => postedOf('p1', '2026-q2'),
      (amounts) => amounts.includes('-25000'),
    );
    // Nobody has agreed anything with the other one yet; when that comes, its line is there.
    await service.terms(agreed({ partner: 'p2' }), partnerIs(undefined, { partner: 'p2' }));
    await service.until(
      () => postedOf('p2', '2026-q2'),
      (amounts) => amounts.length === 1,
    );
  });
});

describe('a plan that pays the partner above, and for leads', () => {
  const SHARED = 'shared';
  const rules: Rule[] = [
    WHOLE,
    {
      id: 'parent',
      group: 'override',
      stack: true,
      payee: 'partner.parent',
      pay: { kind: 'percent', bp: 1000, of: 'child_commission', levels: 1 },
    },
    {
      id: 'leads',
      group: 'bonus',
      stack: true,
      pay: {
        kind: 'bonus',
        amount: '500000',
        once: 'calendar_quarter',
        when: { count: 'lead.accepted', gte: 1 },
      },
    },
  ];
  const stream = (partner: string) =>
    earningsStreamOf('acme', { partner, plan: SHARED, window: '2026-q1' });
  const paidTo = async (partner: string) =>
    (await service.events(stream(partner))).flatMap((event) =>
      event.type === 'CommissionPosted' ? [event.data.amount] : [],
    );

  it('pays 4,273 on 42,728 posted below, in a window that the line of the other opens', async () => {
    const sold = line(noon('03-05'), 170_910, { sale: 'below', ...left(170_910, 'child') });
    await service.credits(sold);
    await service.terms(
      agreed({ partner: 'child', parent: 'parent', plan: SHARED }),
      partnerIs(undefined, { partner: 'child' }),
    );
    await service.publishes(SHARED, planOf(rules, { planId: SHARED }));
    await service.terms(
      partnerIs(undefined, { partner: 'parent' }),
      agreed({ partner: 'parent', plan: SHARED }),
    );
    const amounts = await service.until(
      () => paidTo('parent'),
      (found) => found.length > 0,
    );
    expect([await paidTo('child'), amounts]).toEqual([['42728'], ['4273']]);
  });

  it('pays a bonus where nothing was sold', async () => {
    await service.measures('parent', 'lead.accepted', 'l1', noon('02-05'));
    const amounts = await service.until(
      () => paidTo('parent'),
      (found) => found.length > 1,
    );
    expect(amounts).toEqual(['4273', '500000']);
  });
});

describe('terms that come after very many lines', () => {
  it('are posted in steps until the window has caught up', async () => {
    const count = 150;
    for (let i = 0; i < count; i++)
      await service.credits(
        line(noon('03-05'), 1_000, { sale: `many${String(i)}`, ...left(1_000, 'p9') }),
      );
    await service.terms(agreed({ partner: 'p9' }));
    const stream = earningsStreamOf('acme', windowOf('p9'));
    const types = async () => (await service.events(stream)).map(({ type }) => type);
    await service.until(
      types,
      (found) => found.filter((type) => type === 'LineLearned').length === count,
    );
    await service.terms(partnerIs(undefined, { partner: 'p9' }));
    const found = await service.until(
      () => earningsOf('p9'),
      (answer) => answer.at('totals.0.posted') === String(count * 250) && answer.at('behind') === 0,
    );
    expect(found.at('held')).toMatchObject([{ amount: '37500', lines: count }]);
    expect(await types()).toContain('WindowFellBehind');
  });

  it('are one file, with the lines that the answer in JSON holds at its position', async () => {
    const headers = { accept: 'text/csv' };
    const csv = await service.fetch('/v1/lines?partner=p9', 'finance', { headers });
    const position = csv.headers.get('x-position') ?? '';
    const listed = await service.ask(`/v1/lines?partner=p9&limit=1000&position=${position}`);
    const ids = listed.list('items').map((item) => (item as { line: string }).line);
    expect(ids).toHaveLength(150);
    const [, ...rows] = (await csv.text()).trimEnd().split('\r\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(ids);
  });
});

describe('releasing more windows than one request looks at', () => {
  it('goes on page by page, each window once, and comes to the same as one request', async () => {
    const body = { asOf: '2026-06-30T00:00:00Z', limit: 2 };
    const answers: Answer[] = [];
    for (let after: string | undefined; ;) {
      const key = `paged-release-${String(answers.length)}`;
      const page = after === undefined ? body : { ...body, after };
      const answer = await service.post('/v1/releases', page, 'finance', key);
      answers.push(answer);
      if (answer.at('more') === false) break;
      after = answer.text('next');
    }
    expect(answers.length).toBeGreaterThan(2);
    expect(answers.slice(0, -1).every((answer) => answer.at('windows') === 2)).toBe(true);
    expect(answers.at(-1)?.body).toMatchObject({ more: false, next: null });
    // Sent again under its key, and as one, it finds nothing left but what people hold.
    const again = await service.post('/v1/releases', body, 'finance', 'paged-release-0');
    expect(again).toMatchObject({ status: 200, body: { released: 0 } });
    const whole = await service.post('/v1/releases', { asOf: body.asOf });
    expect(whole.body).toMatchObject({ released: 0, more: false });
    // Of another moment, of another tenant, of another list, and of none: it would pass over the windows before it.
    const first = answers[0]?.text('next') ?? '';
    const listed = (await service.ask('/v1/lines?limit=1')).text('next');
    const others = cursorOf('earnings-rival.p1.agency.2026q1', '2026-06-30T00:00:00.000Z', 'rival');
    for (const [asOf, after] of [
      ['2026-06-29T00:00:00Z', first],
      [body.asOf, others],
      [body.asOf, listed],
      [body.asOf, 'nonsense'],
    ])
      expect([after, await service.post('/v1/releases', { asOf, after })]).toMatchObject([
        after,
        { status: 422, body: { code: 'invalid_cursor' } },
      ]);
    const sameMoment = { asOf: '2026-06-29T21:00:00-03:00', after: first };
    expect(await service.post('/v1/releases', sameMoment)).toMatchObject({ status: 200 });
  });
});

describe('who may ask', () => {
  it('lets a partner see its own earnings alone', async () => {
    expect((await earningsOf('p1', '', 'p1')).status).toBe(200);
    expect(await earningsOf('p1', '', 'p2')).toMatchObject({
      status: 403,
      body: { code: 'not_your_partner' },
    });
    expect((await service.ask('/v1/holds', 'p1')).status).toBe(403);
    expect((await service.post('/v1/releases', { asOf: noon('01-01') }, 'auditor')).status).toBe(
      403,
    );
    expect((await service.ask('/v1/lines', 'stranger')).at('items')).toEqual([]);
  });

  it('is said by every route', () => {
    expectEveryRouteDeclared(service.app);
  });
});

import { CUSTOMER, MEASURED, QUALIFICATION } from '@tributary/contracts';
import { PublishedTable } from '@tributary/feeds';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { type Answer, TestTiers } from './tiers.fixture';

let tiers: TestTiers;

beforeAll(async () => {
  tiers = await TestTiers.start();
});
afterAll(() => tiers.stop());

const OWN = '/v1/partners/northwind';
const COMMERCIAL = `${OWN}/standings/commercial`;
const MARCH_17 = '2026-03-17T17:00:00.000Z';

describe('evaluating a partner by what others tell of it', () => {
  it('shows how far it is from its next tier (M100)', async () => {
    await certificate('advanced', '2026-01-10T12:00:00Z');
    await commitment('5', '2026-01-15T12:00:00Z');
    await implementation('i1', '2026-01-20T12:00:00Z');
    await customer('c1', { '2026-02-05T12:00:00Z': 270_000 });
    const card = await scorecard(
      '',
      ({ progress, value }) =>
        applied(value) === 'certified' && JSON.stringify(progress).includes('R$32,400'),
    );
    expect(card).toMatchObject({
      entitled: 'certified',
      value: { applied: 'certified', entitled: 'certified' },
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    expect(card['progress']).toMatchObject({
      tier: 'preferred',
      missing: ['ARR R$32,400 of R$50,000', 'csat none, above 4.0'],
    });
  });

  it('raises its tier as soon as a fact crosses the threshold, from the day of the fact on', async () => {
    await customer('c1', { '2026-02-05T12:00:00Z': 270_000, '2026-03-01T12:00:00Z': 500_000 });
    await answer('r1', MARCH_17, '4.6');
    const shown = await standing(({ value }) => applied(value) === 'preferred');
    expect(shown['value']).toEqual({ applied: 'preferred', entitled: 'preferred' });
    const at = async (time: string) => (await scorecard(`?at=${time}`)).entitled;
    expect(await at('2026-03-17T16:59:59.999Z')).toBe('certified');
    expect(await at(MARCH_17)).toBe('preferred');
    const held = await tiers.get(`/v1/standings?at=2026-03-17T16:59:59Z`);
    expect(held['items']).toMatchObject([{ value: { applied: 'certified' } }]);
  });

  it('names the evidence of every figure', async () => {
    const { tiers: judged } = await scorecard('');
    const preferred = (judged as { tier: string; criteria: { figure: Answer }[] }[])[1];
    expect(preferred?.criteria.map(({ figure }) => [figure['value'], figure['needed']])).toEqual([
      ['6000000', '5000000'],
      ['4.6', 'above 4.0'],
      ['advanced', 'advanced'],
    ]);
    expect(preferred?.criteria[0]?.figure['evidence']).toEqual([
      { fact: 'customer/c1', told: 'told-acme.customerc1@1', worth: '6000000' },
    ]);
  });

  it('keeps the scorecards that were issued, and computes the same when asked again', async () => {
    const [issued] = (await issuedCards()) as { hash: string; asOf: string }[];
    const again = await scorecard(`?at=${String(issued?.asOf)}`);
    expect(again).toMatchObject({ hash: issued?.hash });
    const evaluated = await tiers.post(`${COMMERCIAL}/evaluations`, {});
    const [latest] = await issuedCards(String(evaluated['token']));
    expect(latest).toMatchObject({ reason: 'demand', entitled: 'preferred' });
  });

  it('has brought its benefits, within their dates, and tasks for who has to act (M096)', async () => {
    const benefits = async (at: string) => {
      const { items } = await tiers.get(`${OWN}/benefits?at=${at}`, 'northwind');
      const [commercial] = items as { benefits: { id: string }[] }[];
      return commercial?.benefits.map(({ id }) => id);
    };
    const base = ['portal', 'materials', 'group-training'];
    expect(await benefits('2026-03-01T00:00:00Z')).toEqual(base);
    expect(await benefits('2026-04-01T00:00:00Z')).toEqual([
      ...base,
      'partner-manager',
      'early-access',
      'mdf',
    ]);
    const { items } = await tiers.get('/v1/tier-tasks?state=open&owner=partnerships');
    expect(items).toMatchObject([{ subject: 'partner-manager', kind: 'benefit' }]);
    const [task] = items as { task: string }[];
    const path = `${COMMERCIAL}/tasks/${String(task?.task)}`;
    await tiers.post(`${path}/assignments`, { owner: 'latam' });
    const done = await tiers.post(`${path}/completions`, { note: 'Somebody is there' });
    expect(
      await tiers.get(`/v1/tier-tasks?state=done&token=${String(done['token'])}`),
    ).toMatchObject({ items: [{ owner: 'latam', note: 'Somebody is there' }] });
  });

  it('is told of nobody else’s business', async () => {
    expect(await tiers.get(`${COMMERCIAL}/scorecard`, 'eastwind')).toMatchObject({
      code: 'not_your_partner',
    });
    expect(await tiers.get(`${OWN}/standings/marketing/scorecard`)).toMatchObject({
      status: 404,
      code: 'track_unknown',
    });
  });
});

describe('losing a tier', () => {
  it('is noticed when the customer has gone, and told with what is missing', async () => {
    await customer('c1', {
      '2026-02-05T12:00:00Z': 270_000,
      '2026-03-01T12:00:00Z': 500_000,
      '2026-04-10T12:00:00Z': 0,
    });
    const shown = await standing(({ value }) => entitled(value) === 'certified');
    expect(shown['value']).toEqual({ applied: 'preferred', entitled: 'certified' });
    const { items } = await tiers.eventually(
      `${OWN}/demotions`,
      (found) => (found['items'] as unknown[]).length === 1,
    );
    expect(items).toMatchObject([{ tier: 'preferred', missing: ['arr'], appeal: null }]);
  });

  it('waits for an appeal of the partner, which somebody else decides', async () => {
    const reason = 'The customer is about to come back';
    const appealed = await tiers.post(
      `${COMMERCIAL}/appeals`,
      { tier: 'preferred', reason },
      'northwind',
    );
    const shown = await tiers.get(`/v1/demotions?token=${String(appealed['token'])}`);
    expect(shown['items']).toMatchObject([{ appeal: { reason, decided: null } }]);
    const decision = { tier: 'preferred', reason: 'Agreed', keepUntil: '2127-01-01T00:00:00Z' };
    expect(
      await tiers.post(`${COMMERCIAL}/appeals/decisions`, decision, 'northwind'),
    ).toMatchObject({
      status: 403,
    });
    expect(await tiers.post(`${COMMERCIAL}/appeals/decisions`, decision)).toMatchObject({
      status: 200,
    });
  });

  it('for fraud is decided by two persons, and holds for the past', async () => {
    const from = '2026-03-20T00:00:00Z';
    const fraud = { tier: 'certified', from, reason: 'Made-up answers', evidence: ['case 7'] };
    const proposed = await tiers.post(`${COMMERCIAL}/annulments`, fraud);
    const waiting = await tiers.get(`/v1/standings?token=${String(proposed['token'])}`);
    expect(waiting['items']).toMatchObject([{ annulment: { annulment: 1, tier: 'certified' } }]);
    const approval = `${COMMERCIAL}/annulments/approvals`;
    expect(await tiers.post(approval, { annulment: 1 })).toMatchObject({ code: 'same_person' });
    const { position } = await tiers.get(`${OWN}/standings`);
    const annulled = await tiers.post(approval, { annulment: 1 }, 'bea');
    const held = async (query: string) =>
      (await tiers.get(`${OWN}/standings?at=2026-03-25T00:00:00Z&${query}`))['items'];
    // What governs a payment of that day is what is known by now; as it was known before, it was another tier.
    expect(await held(`token=${String(annulled['token'])}`)).toMatchObject([
      { value: { applied: 'certified' } },
    ]);
    expect(await held(`position=${String(position)}`)).toMatchObject([
      { value: { applied: 'preferred' }, annulment: { annulment: 1 }, annulments: [] },
    ]);
    const { value, steps, annulments } = await standing(() => true);
    expect(annulments).toMatchObject([{ annulment: 1, evidence: ['case 7'] }]);
    expect(value).toEqual({ applied: 'certified', entitled: 'certified' });
    expect((steps as object[]).at(-1)).toMatchObject({
      from: '2026-03-20T00:00:00.000Z',
      value: { applied: 'certified' },
    });
  });
});

describe('rules as data, by two persons', () => {
  it('are evaluated anew for everybody once they are published', async () => {
    const content = {
      tiers: [
        {
          tier: 'certified',
          criteria: [
            {
              id: 'certificate',
              figure: 'qualification',
              kind: 'certificate',
              levels: ['advanced'],
            },
          ],
        },
      ],
    };
    await certificate('advanced', '2026-01-10T12:00:00Z', 'southwind');
    await standing(() => true, 'southwind');
    const draft = { effectiveFrom: '2026-01-01T00:00:00Z', content };
    const drafted = await tiers.post('/v1/tier-rules/commercial/drafts', draft);
    const path = `/v1/tier-rules/commercial?token=${String(drafted['token'])}`;
    const { draft: waiting } = await tiers.get(path);
    const { hash } = waiting as { hash: string };
    const approvals = '/v1/tier-rules/commercial/approvals';
    expect(await tiers.post(approvals, { hash })).toMatchObject({ code: 'same_person' });
    expect(await tiers.post(approvals, { hash }, 'bea')).toMatchObject({ status: 200 });
    const raised = await standing(({ value }) => applied(value) === 'certified', 'southwind');
    expect(raised).toMatchObject({ value: { applied: 'certified', entitled: 'certified' } });
    const card = await tiers.get('/v1/partners/southwind/standings/commercial/scorecard');
    expect(card).toMatchObject({ rules: { version: 1, hash } });
  });

  it('hold for a partner of whom something is known only later', async () => {
    await certificate('advanced', '2026-01-10T12:00:00Z', 'westwind');
    const raised = await standing(({ value }) => applied(value) === 'certified', 'westwind');
    expect(raised).toMatchObject({ value: { applied: 'certified' } });
  });

  it('are refused with everything that is wrong with them', async () => {
    const content = {
      colour: 'red',
      tiers: [{ tier: 'gold', criteria: [{ id: 'x', figure: 'arr', atLeast: 5 }] }],
    };
    const draft = { effectiveFrom: '2026-01-01T00:00:00Z', content };
    const refused = await tiers.post('/v1/tier-rules/commercial/drafts', draft);
    expect(refused).toMatchObject({ status: 422, code: 'rules_invalid' });
    expect((refused['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/content/colour',
      '/content/tiers/0/criteria/0/atLeast',
      '/content/tiers/0/tier',
    ]);
  });

  it('answer which tier to aim at (M098)', async () => {
    const tree = (selfServe: boolean, marquee: boolean) =>
      tiers.get(`/v1/tier-tree?selfServe=${String(selfServe)}&marquee=${String(marquee)}`);
    expect(await tree(true, false)).toMatchObject({ tier: 'self-serve' });
    expect(await tree(true, true)).toMatchObject({ tier: 'self-serve' });
    expect(await tree(false, true)).toMatchObject({ tier: 'strategic' });
    expect(await tree(false, false)).toMatchObject({ tier: 'joint' });
  });
});

describe('asking on our clock', () => {
  const AT = 'at=2026-03-20T00:00:00Z';

  it('gives the same scorecard for what was known then, whatever came since', async () => {
    const of = (card: Answer) => [card.hash, card.value, card.history];
    const before = await scorecard(`?${AT}`);
    await answer('late', '2026-03-18T12:00:00Z', '1');
    const after = await scorecard(`?${AT}`, ({ hash }) => hash !== before.hash);
    expect(after.entitled).toBe('certified');
    const position = String(before.position);
    const again = await scorecard(`?${AT}&position=${position}`);
    expect(of(again)).toEqual(of(before));
    expect(again).toMatchObject({ position, known: expect.any(String) as string });
    const known = await scorecard(`?${AT}&known=${String(again.known)}`);
    expect(of(known)).toEqual(of(before));
    const [latest, earlier] = (await issuedCards()) as { position: string }[];
    const cut = `position=${String(BigInt(latest?.position ?? 0) - 1n)}`;
    const { items } = await tiers.get(`${COMMERCIAL}/scorecards?${cut}`);
    expect((items as object[])[0]).toEqual(earlier);
  });

  it('says of the whole log what the rows say of now', async () => {
    const proposal = { tier: 'strategic', reason: 'To be turned down', evidence: ['mail 7'] };
    await tiers.post(`${COMMERCIAL}/proposals`, proposal);
    await tiers.post(`${COMMERCIAL}/rejections`, { proposal: 1, reason: 'It was' }, 'bea');
    await tiers.post(`${COMMERCIAL}/proposals`, proposal);
    const granted = await tiers.post(`${COMMERCIAL}/approvals`, { proposal: 2 }, 'bea');
    const last = await tiers.post(`${COMMERCIAL}/proposals`, { ...proposal, tier: null });
    expect(granted).toMatchObject({ status: 200 });
    const now = await tiers.get(`${OWN}/standings?token=${String(last['token'])}`);
    const { items, ...then } = await tiers.get(
      `${OWN}/standings?position=${String(now['position'])}`,
    );
    expect(items).toEqual(now['items']);
    expect(then).toMatchObject({ position: now['position'], leaf: null, checkpoint: null });
    const [file] = items as { decisions: object[]; pending: object }[];
    expect(file).toMatchObject({ decisions: [{ granted: false }, { granted: true }] });
    expect(await tiers.get(`${OWN}/standings?position=0`)).toMatchObject({ items: [] });
  });
});

describe('time, as a command', () => {
  it('issues a scorecard for every partner once a quarter, and is never ahead', async () => {
    const asOf = new Date().toISOString();
    const advanced = await tiers.post('/v1/tier-evaluations', { asOf });
    expect(advanced).toMatchObject({ status: 200, standings: 3 });
    const again = await tiers.post('/v1/tier-evaluations', { asOf });
    expect(again).toMatchObject({ standings: 3, changed: 0 });
    expect(
      await tiers.post('/v1/tier-evaluations', { asOf: '2199-01-01T00:00:00Z' }),
    ).toMatchObject({ status: 422, code: 'in_the_future' });
    expect(await tiers.post('/v1/tier-evaluations', { asOf }, 'auditor')).toMatchObject({
      status: 403,
    });
  });
});

describe('what stays of it', () => {
  it('tells others the timeline and nothing else', async () => {
    const { log, feeds, database } = tiers.runtime;
    expect(await feeds.waitUntil(['published'], await log.head(), 30_000)).toBe(true);
    const { events } = await new PublishedTable(database).after(0n, 1_000);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['tiers.standing.v1']));
    for (const { data } of events)
      expect(Object.keys(data).sort()).toEqual(['partner', 'steps', 'track']);
  });

  it('shows the same after its tables were filled anew', async () => {
    const { feeds, log } = tiers.runtime;
    for (const name of ['evaluations', 'rules', 'standings']) {
      expect(await feeds.waitUntil([name], await log.head(), 30_000)).toBe(true);
      const { comparison = [] } = await feeds.rebuild(name, { compare: true });
      expect(comparison.filter(({ equal }) => !equal)).toEqual([]);
      expect(comparison.length).toBeGreaterThan(0);
    }
  });

  it('has nothing parked, and declares every route', async () => {
    const { subscriptions } = await tiers.runtime.feeds.status();
    expect(subscriptions.filter(({ parked }) => parked > 0)).toEqual([]);
    expectEveryRouteDeclared(tiers.serving.app);
  });
});

/** Minor units a month of the only partner that is credited, by the time from which on. */
async function customer(id: string, mrr: Readonly<Record<string, number>>): Promise<void> {
  const at = Object.keys(mrr).at(-1) ?? '';
  const steps = Object.entries(mrr).map(([since, amount]) => ({
    at: instantOf(since),
    value: {
      active: amount > 0,
      reactivated: false,
      mrr: String(amount),
      asset: 'BRL/2',
      interval: 'month',
      partners: ['northwind'],
      shares: [{ partner: 'northwind', weight: 1 }],
    },
  }));
  const about = { signedUpAt: null, firstPaidAt: null, country: null, programme: null };
  await tiers.says(CUSTOMER, `customer${id}`, at, { customer: id, canonical: id, ...about, steps });
}

const answer = (id: string, at: string, value: string): Promise<void> =>
  tiers.says(MEASURED, `measure${id}`, at, {
    partner: 'northwind',
    measure: 'csat',
    subject: id,
    steps: [
      {
        at: instantOf(at),
        value: { count: 1, amount: 0, score: { instrument: 'csat', min: '1', max: '5', value } },
      },
    ],
    evidence: [],
  });

const certificate = (level: string, at: string, partner = 'northwind'): Promise<void> =>
  tiers.says(QUALIFICATION, `exam${partner}`, at, {
    partner,
    kind: 'certificate',
    record: 'exam',
    steps: [
      { at: instantOf(at), value: { holds: true, level, validUntil: null, evidence: ['exam 7'] } },
    ],
  });

const implementation = (id: string, at: string): Promise<void> =>
  tiers.says(MEASURED, `measure${id}`, at, {
    partner: 'northwind',
    measure: 'implementation.completed',
    subject: id,
    steps: [{ at: instantOf(at), value: { count: 1, amount: 0 } }],
    evidence: [],
  });

const commitment = (level: string, at: string): Promise<void> =>
  tiers.says(QUALIFICATION, 'commitment', at, {
    partner: 'northwind',
    kind: 'commitment',
    record: 'main',
    steps: [
      { at: instantOf(at), value: { holds: true, level, validUntil: null, evidence: ['a1'] } },
    ],
  });

const scorecard = (query: string, isSo: (card: Answer) => boolean = () => true): Promise<Answer> =>
  tiers.eventually(`${COMMERCIAL}/scorecard${query}`, isSo);

async function issuedCards(token?: string): Promise<readonly unknown[]> {
  const query = token === undefined ? '' : `?token=${token}`;
  return (await tiers.get(`${COMMERCIAL}/scorecards${query}`))['items'] as readonly unknown[];
}

async function standing(isSo: (item: Answer) => boolean, partner = 'northwind'): Promise<Answer> {
  const itemIn = (found: Answer) => (found['items'] as Answer[] | undefined)?.[0];
  const found = await tiers.eventually(`/v1/partners/${partner}/standings`, (body) => {
    const item = itemIn(body);
    return item !== undefined && isSo(item);
  });
  return itemIn(found) ?? {};
}

const applied = (value: unknown) => (value as { applied: string } | null)?.applied;
const entitled = (value: unknown) => (value as { entitled: string } | null)?.entitled;
const instantOf = (text: string): string => new Date(text).toISOString();

import { instant, uuidV5 } from '@tributary/kernel';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import type { Answer } from '@tributary/testing';
import { RunsSite, accountIn } from './runs.fixture';

let site: RunsSite;
beforeAll(async () => {
  site = await RunsSite.start();
  await site.rail({
    type: 'PayingAccountRegistered',
    occurredAt: instant('2026-01-01T00:00:00Z'),
    data: {
      rail: 'itau',
      settings: { entity: 'main', asset: 'BRL/2', zone: 'America/Sao_Paulo' },
      opening: '0',
      on: '2026-01-01',
      by: 'drafter',
    },
  });
  await site.withholdsNothing();
}, 120_000);
afterAll(() => site.stop());

const noon = (day: string) => instant(`2026-${day}T12:00:00Z`);
const PAYER = { entity: 'main', asset: 'BRL/2' };

/** A customer has paid on a day of March, and two weeks later it was released. */
async function earned(partner: string, line: string, amount: number, day = '03-10'): Promise<void> {
  const until = instant(new Date(Date.parse(noon(day)) + 14 * 86_400_000).toISOString());
  const before = BigInt((await site.account(partner)).sums.taken);
  await site.posts(partner, line, amount, noon(day), until);
  await site.releases(partner, line, amount, until);
  await site.until(
    () => site.account(partner),
    ({ sums }) => BigInt(sums.taken) === before + BigInt(amount),
  );
}

interface ShownItem {
  readonly item: string;
  readonly partner: string;
  readonly net: string;
}

const itemsOf = async (run: string): Promise<readonly ShownItem[]> =>
  (await site.ask(`/v1/payout-runs/${run}/items`)).list('items') as readonly ShownItem[];
const stepsOf = (run: Answer): readonly string[] =>
  run.list('steps').map((each) => (each as { step: string }).step);
const reservedOf = async (partner: string) => (await site.account(partner)).sums.reserved;

async function acknowledged(run: string): Promise<void> {
  const flags = (await site.ask(`/v1/payout-runs/${run}`)).at('flags') as object;
  for (const flag of Object.keys(flags)) {
    const path = `/v1/payout-runs/${run}/acknowledgements`;
    expect((await site.post(path, { flag, note: 'looked at' }, 'approver')).status).toBe(200);
  }
}

async function bankSays(
  run: string,
  partner: string,
  answer: 'accepted' | 'rejected',
  bookedOn?: string,
): Promise<void> {
  const item = (await itemsOf(run)).find((each) => each.partner === partner);
  if (item === undefined) throw new Error(`Nothing is paid to ${partner}.`);
  const account = accountIn(partner);
  const at = noon('04-16');
  await site.tells(partner, {
    ...{ type: 'NoteBankAnswer', account, item: item.item, answer },
    ...{ codes: [], bankReference: null, at },
  });
  if (bookedOn === undefined) return;
  await site.tells(partner, {
    ...{
      type: 'SettleItem',
      account,
      item: item.item,
      rail: 'itau',
      bankLine: `line ${item.item}`,
    },
    ...{ amount: item.net, bookedOn, bankReference: null, at },
  });
}

describe('the monthly run', () => {
  let run: string;

  it('M124: forecasts and tries out what it will pay, and shows apart what is held', async () => {
    await site.learnsPayee('p1');
    await site.learnsPayee('p2', { missing: [{ hold: 'kyc', what: 'identity' }] });
    await site.learnsPayee('p3');
    await site.learnsPayee('p5');
    await earned('p1', 'l1', 42_728, '03-01');
    await earned('p1', 'l2', 10_000, '03-15');
    await earned('p1', 'l3', 7_000, '03-31');
    await earned('p2', 'l4', 30_000);
    await earned('p3', 'l5', 9_999);
    await earned('p5', 'l6', 10_000);
    await site.posts('p1', 'l7', 55_000, noon('04-14'), noon('04-28'));
    const head = await site.runtime.log.head();
    const dryRun = await site.post('/v1/payout-runs/dry-runs', { ...PAYER, payOn: '2026-04-15' });
    expect(dryRun.body).toMatchObject({
      totals: { count: 2, gross: '69728', withheld: '0', net: '69728' },
      items: [
        { partner: 'p1', gross: '59728', lines: 3 },
        { partner: 'p5', gross: '10000' },
      ],
      declined: [
        { partner: 'p2', reason: 'kyc', detail: 'identity', payable: '30000' },
        { partner: 'p3', reason: 'below_minimum', payable: '9999' },
      ],
    });
    const forecast = await site.until(
      () => site.ask('/v1/payout-forecast?entity=main&asset=BRL/2', 'auditor'),
      (found) => found.at('held.total') === '55000',
    );
    expect(forecast.body).toMatchObject({
      totals: dryRun.at('totals'),
      items: dryRun.at('items'),
      held: { items: [{ until: noon('04-28'), amount: '55000', partners: 1 }] },
    });
    expect(await site.runtime.log.head()).toBe(head);
    for (const parameter of ['known=2026-01-01T00:00:00Z', 'position=1']) {
      const path = `/v1/payout-forecast?entity=main&asset=BRL/2&${parameter}`;
      expect((await site.ask(path, 'auditor')).body).toMatchObject({
        code: 'validation_failed',
        errors: [{ parameter: parameter.split('=')[0], code: 'unknown_field' }],
      });
    }
  });

  it('M110: is drafted once, on its day in the zone of the entity', async () => {
    const early = await site.post('/v1/payout-runs/advance', { asOf: '2026-04-15T02:59:00Z' });
    expect(early.list('runs')).toEqual([]);
    const asOf = '2026-04-15T03:00:00Z';
    const first = await site.post('/v1/payout-runs/advance', { asOf }, 'drafter', 'advance-1');
    expect(first.list('runs')).toMatchObject([{ ...PAYER, period: '2026-03', isNew: true }]);
    run = first.text('runs.0.run');
    const again = await site.post('/v1/payout-runs/advance', { asOf }, 'drafter', 'advance-1');
    expect(again.list('runs')).toEqual(first.list('runs'));
    const later = await site.post('/v1/payout-runs/advance', { asOf: '2026-04-16T12:00:00Z' });
    expect(later.list('runs')).toMatchObject([{ run, isNew: false }]);
    const future = await site.post('/v1/payout-runs/advance', { asOf: '2100-01-01T00:00:00Z' });
    expect(future).toMatchObject({ status: 422, body: { code: 'in_the_future' } });
  });

  it('locks what every account has reserved, to the cent as it was tried out', async () => {
    const { body } = await site.runIs(run, 'locked');
    expect(body).toMatchObject({
      ...{ kind: 'monthly', period: '2026-03', payOn: '2026-04-15', payingAccount: 'itau' },
      ...{ candidates: 4, items: 2, gross: '69728', net: '69728', flags: { first_payment: 2 } },
      declined: {
        kyc: { accounts: 1, payable: '30000' },
        below_minimum: { accounts: 1, payable: '9999' },
      },
      steps: [{ step: 'RunDrafted' }, { step: 'LockingStarted' }, { step: 'RunLocked' }],
    });
    expect(await itemsOf(run)).toMatchObject([
      { partner: 'p1', gross: '59728', lines: 3, state: 'reserved', flags: ['first_payment'] },
      { partner: 'p5', gross: '10000' },
    ]);
    const declined = await site.ask(`/v1/payout-runs/${run}/declined?reason=kyc`, 'auditor');
    expect(declined.list('items')).toMatchObject([{ partner: 'p2', detail: 'identity' }]);
    expect(await reservedOf('p1')).toBe('59728');
  });

  it('M114: is approved by a second person, once every flag has been answered for', async () => {
    const hash = (await site.ask(`/v1/payout-runs/${run}`)).text('hash');
    const approve = (who: string, of = hash) =>
      site.post(`/v1/payout-runs/${run}/approvals`, { hash: of }, who);
    expect(await approve('approver')).toMatchObject({
      status: 409,
      body: { code: 'flags_unacknowledged', facts: { flags: { first_payment: 2 } } },
    });
    await acknowledged(run);
    expect(await approve('drafter')).toMatchObject({ status: 403, body: { code: 'same_person' } });
    expect(await approve('clerk')).toMatchObject({
      status: 403,
      body: { code: 'editor_of_bank_details' },
    });
    expect(await approve('approver', 'f'.repeat(64))).toMatchObject({
      status: 409,
      body: { code: 'hash_changed' },
    });
    const release = await site.post(`/v1/payout-runs/${run}/releases`, {}, 'approver');
    expect(release).toMatchObject({ status: 409, body: { code: 'run_not_approved' } });
    const both = await Promise.all([approve('approver'), approve('second')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const steps = stepsOf(await site.runIs(run, 'approved'));
    expect(steps.filter((step) => step === 'RunApproved')).toHaveLength(1);
  });

  it('instructs its items, and follows them until the bank has said everything', async () => {
    await site.post(`/v1/payout-runs/${run}/releases`, {}, 'approver');
    await site.runIs(run, 'instructed');
    expect((await site.account('p1')).sums).toMatchObject({ reserved: '0', inFlight: '59728' });
    await site.rail({
      type: 'FileExported',
      occurredAt: noon('04-15'),
      data: {
        ...{ rail: 'itau', file: uuidV5('file'), sequence: 1, run: uuidOf(run), kind: 'pix' },
        ...{ sha256: 'f'.repeat(64), bytes: 240, count: 2, total: '69728' },
      },
    });
    await site.runIs(run, 'exported');
    await bankSays(run, 'p1', 'accepted');
    await bankSays(run, 'p5', 'rejected');
    await site.runIs(run, 'acknowledged');
    await bankSays(run, 'p1', 'accepted', '2026-04-16');
    expect(stepsOf(await site.runIs(run, 'closed')).slice(-4)).toEqual([
      'RunExported',
      'RunAcknowledged',
      'RunSettling',
      'RunClosed',
    ]);
    expect(await itemsOf(run)).toMatchObject([
      { partner: 'p1', state: 'settled', settledOn: '2026-04-16' },
      { partner: 'p5', state: 'rejected' },
    ]);
  });

  it('M111: pays what was paid on 1, 15 and 31 March by 30 April, and reports beside it who was not to be paid', async () => {
    const onTime = await site.ask(`/v1/payout-runs/${run}/on-time`);
    expect(onTime.body).toMatchObject({
      ...{ lines: 3, onTime: 3, late: 0, pending: 0, onTimeBp: 10_000, excluded: {} },
      ...{ lastDue: '2026-04-30', lastPaid: '2026-04-16' },
    });
  });
});

describe('a run on demand', () => {
  it('pays what rolled forward, says what is different, and leaves the late one out of the figure', async () => {
    await earned('p3', 'l8', 1, '04-20');
    await site.learnsPayee('p2', {}, 2);
    const drafted = await site.post('/v1/payout-runs', { ...PAYER, payOn: '2026-05-20' });
    expect(drafted.status).toBe(202);
    const id = drafted.text('id');
    expect((await site.runIs(id, 'locked')).body).toMatchObject({
      kind: 'on_demand',
      items: 3,
      gross: '50000',
    });
    const diff = await site.ask(`/v1/payout-runs/${id}/diff`);
    expect(diff.body).toMatchObject({
      added: { partners: 2, difference: '40000' },
      gone: { partners: 1, difference: '-59728' },
      largest: [{ partner: 'p1', before: '59728', now: '0', difference: '-59728' }, {}, {}],
    });
    const onTime = await site.ask(`/v1/payout-runs/${id}/on-time?asOf=2026-05-20`);
    expect(onTime.body).toMatchObject({
      ...{ lines: 2, onTime: 0, late: 1, pending: 1, onTimeBp: 0 },
      excluded: { below_minimum: { lines: 1, amount: '9999' }, kyc: { lines: 1, amount: '30000' } },
    });
    const cancelled = await site.post(`/v1/payout-runs/${id}/cancellations`, {
      reason: 'only tried',
    });
    expect(cancelled.status).toBe(202);
    await site.until(
      () => site.ask(`/v1/payout-runs/${id}`),
      (found) => found.at('isFreed') === true,
    );
    expect(await reservedOf('p2')).toBe('0');
  });

  it('loses its approval when bank details change, and pays to the new ones once it is locked anew', async () => {
    const only = { ...PAYER, partners: ['p3'] };
    const id = (await site.post('/v1/payout-runs', only)).text('id');
    const hash = (await site.runIs(id, 'locked')).text('hash');
    await acknowledged(id);
    await site.post(`/v1/payout-runs/${id}/approvals`, { hash }, 'approver');
    await site.runIs(id, 'approved');
    const method = {
      ...{ version: 2, kind: 'ted' as const, fingerprint: 'place of p1', display: '***9999' },
      ...{ changedAt: instant('2026-01-01T00:00:00Z'), editors: [site.actor('clerk')] },
    } as const;
    await site.learnsPayee('p3', { method }, 2);
    await site.runIs(id, 'locked');
    const refused = await site.post(`/v1/payout-runs/${id}/approvals`, { hash }, 'approver');
    expect(refused).toMatchObject({ status: 409, body: { code: 'items_changed' } });
    await site.post(`/v1/payout-runs/${id}/locks`, {}, 'second');
    const anew = await site.until(
      () => site.ask(`/v1/payout-runs/${id}`),
      (shown) => shown.at('status') === 'locked' && shown.at('hash') !== hash,
    );
    expect(anew.at('flags')).toEqual({ first_payment: 1, shared_account: 1 });
    expect(await itemsOf(id)).toMatchObject([
      { partner: 'p3', sharedWith: 'p1', changed: null, method: { display: '***9999' } },
    ]);
    await site.post(`/v1/payout-runs/${id}/cancellations`, { reason: 'only tried' });
    await site.until(
      () => reservedOf('p3'),
      (reserved) => reserved === '0',
    );
  });

  it('cannot be approved with an item that the rail cannot write, until it is taken out', async () => {
    await site.learnsPayee('longname');
    await earned('longname', 'l9', 20_000);
    const both = { ...PAYER, partners: ['longname', 'p2'] };
    const id = (await site.post('/v1/payout-runs', both)).text('id');
    const locked = await site.runIs(id, 'locked');
    const hash = locked.text('hash');
    expect(locked.at('faulty')).toBe(1);
    await acknowledged(id);
    const refused = await site.post(`/v1/payout-runs/${id}/approvals`, { hash }, 'approver');
    expect(refused).toMatchObject({ status: 409, body: { code: 'items_faulty' } });
    const shown = await site.ask(`/v1/payout-runs/${id}/items?only=faulty`);
    expect(shown.at('items.0.faults')).toMatchObject([{ code: 'too_long', field: 'name' }]);
    const excluded = { items: [shown.text('items.0.item')], reason: 'name too long' };
    const token = (await site.post(`/v1/payout-runs/${id}/exclusions`, excluded)).text('token');
    const after = await site.ask(`/v1/payout-runs/${id}?token=${token}`);
    expect(after.body).toMatchObject({ status: 'locked', items: 1, gross: '30000' });
    await site.until(
      () => reservedOf('longname'),
      (reserved) => reserved === '0',
    );
    const approval = await site.post(
      `/v1/payout-runs/${id}/approvals`,
      { hash: after.text('hash') },
      'approver',
    );
    expect(approval.status).toBe(200);
    await site.post(`/v1/payout-runs/${id}/cancellations`, { reason: 'only tried' });
    await site.until(
      () => reservedOf('p2'),
      (reserved) => reserved === '0',
    );
  });

  it('shares no item with another run that is drafted at the same time', async () => {
    const partners = ['p2', 'p3', 'longname'];
    const drafts = await Promise.all([
      site.post('/v1/payout-runs', { ...PAYER, partners }),
      site.post('/v1/payout-runs', { ...PAYER, partners }),
    ]);
    const found = await Promise.all(
      drafts.map((draft) =>
        site.until(
          () => site.ask(`/v1/payout-runs/${draft.text('id')}`),
          (shown) => shown.at('status') === 'locked' || shown.at('status') === 'closed',
        ),
      ),
    );
    const items = await Promise.all(found.map((shown) => itemsOf(shown.text('run'))));
    expect(
      items
        .flat()
        .map(({ partner }) => partner)
        .sort(),
    ).toEqual(['longname', 'p2', 'p3']);
    const declined = await Promise.all(
      found.map((shown) => site.ask(`/v1/payout-runs/${shown.text('run')}/declined`)),
    );
    expect(declined.flatMap((shown) => shown.list('items'))).toHaveLength(3);
  });

  it('is answered as the first time when its key comes again', async () => {
    const first = await site.post(
      '/v1/payout-runs',
      { ...PAYER, partners: ['p9'] },
      'drafter',
      'same-key',
    );
    const again = await site.post(
      '/v1/payout-runs',
      { ...PAYER, partners: ['p9'] },
      'drafter',
      'same-key',
    );
    expect(again.body).toMatchObject({ id: first.text('id'), replayed: true });
    await site.runIs(first.text('id'), 'closed');
    const list = await site.ask('/v1/payout-runs?entity=main&limit=2', 'auditor');
    expect(list.at('items.0.run')).toBe(first.text('id'));
    const next = await site.ask(`/v1/payout-runs?entity=main&limit=2&after=${list.text('next')}`);
    expect(next.list('items')).toHaveLength(2);
    expect(await site.ask('/v1/payout-runs/nobody')).toMatchObject({ status: 404 });
  });
});

describe('how an entity pays', () => {
  const policy = {
    effectiveFrom: '2026-06-01T00:00:00-03:00',
    minimum: [{ asset: 'BRL/2', amount: '5000' }],
    ...{ runDay: 10, isAutomatic: true, dueDays: 30, payingAccounts: [] as object[] },
  };

  it('is changed at once, from a day on, where no money leaves by it', async () => {
    expect((await site.post('/v1/payout-policies/main', policy)).status).toBe(202);
    const dryRun = (payOn: string) => site.post('/v1/payout-runs/dry-runs', { ...PAYER, payOn });
    expect((await dryRun('2026-05-31')).at('minimum')).toBe('10000');
    expect((await dryRun('2026-06-01')).at('minimum')).toBe('5000');
  });

  it('takes two persons where it pays from another account', async () => {
    const payingAccounts = [{ asset: 'BRL/2', rail: 'other' }];
    await site.post('/v1/payout-policies/main', { ...policy, payingAccounts });
    const proposed = await site.ask('/v1/payout-policies/main', 'auditor');
    expect(proposed.at('inForce.payingAccounts')).toEqual({});
    const approve = (who: string) =>
      site.post('/v1/payout-policies/main/approvals', { hash: proposed.text('draft.hash') }, who);
    expect(await approve('drafter')).toMatchObject({ status: 403, body: { code: 'same_person' } });
    expect((await approve('approver')).status).toBe(200);
    const found = await site.ask('/v1/payout-policies/main', 'auditor');
    expect(found.body).toMatchObject({ draft: null, versions: [{ version: 1 }, { version: 2 }] });
  });

  it('pays from no account of another entity or currency, nor from one that nobody has registered', async () => {
    for (const [entity, asset] of [
      ['south', 'BRL/2'],
      ['main', 'USD/2'],
    ] as const) {
      const payingAccounts = [{ asset, rail: 'itau' }];
      const worded = { ...policy, payingAccounts };
      expect(await site.post(`/v1/payout-policies/${entity}`, worded)).toMatchObject({
        status: 422,
        body: { code: 'account_differs', errors: [{ pointer: '/payingAccounts/0/rail' }] },
      });
    }
    // By now the policy names one that nobody has registered.
    const only = { ...PAYER, payOn: '2026-06-02', partners: ['p1'] };
    const run = (await site.post('/v1/payout-runs', only)).text('id');
    const shown = await site.until(
      () => site.ask(`/v1/payout-runs/${run}`),
      ({ status }) => status === 200,
    );
    expect(shown.at('payingAccount')).toBeNull();
  });

  it('declares who may call each of its routes', () => expectEveryRouteDeclared(site.app));
});

const uuidOf = (run: string): string =>
  run.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

import { Module } from '@nestjs/common';
import {
  COMMISSION_BEHIND,
  COMMISSION_POSTED,
  ENTITY,
  type PeriodCertificate,
} from '@tributary/contracts';
import {
  type Decider,
  type DomainEvent,
  type JsonObject,
  accept,
  instant,
  parseStreamName,
  uuidV5,
} from '@tributary/kernel';
import {
  type Order,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import {
  expectEveryRouteDeclared,
  saying,
  tellerOf,
  testMasterKey,
} from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { periodHandler, periodOrders } from '../application/periods';
import { PeriodCuts } from '../application/periods-cuts';
import type { Blocker } from '../domain/period/commands';
import type { Break } from '../domain/rail/break-events';
import { railBreaks } from '../read-model/breaks.projection';
import { commissionBehind, periods } from '../read-model/periods.projection';
import { PeriodsShown } from '../read-model/periods.queries';
import { payerEntities, payingAccounts } from '../read-model/runs.terms.projection';
import { PeriodsController } from './periods.controller';

@Module({ imports: [tellerOf('partners', 'entity')] })
class Partners {}
@Module({ imports: [tellerOf('commission', 'earnings')] })
class Commission {}

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['period', 'rail'],
      projections: [periods, railBreaks, payingAccounts],
      listensTo: ['commission', 'partners'],
      inboxProjections: [commissionBehind, payerEntities],
      orders: { owner: 'payouts', take: (bus) => periodOrders(bus) },
    }),
  ],
  controllers: [PeriodsController],
  providers: [periodHandler, PeriodCuts, PeriodsShown],
})
class PeriodsModule {}

type Answer = Readonly<Record<string, unknown>> & { readonly status: number };

const AT = instant('2026-03-10T12:00:00Z');
const LONGEST_WAIT_MS = 30_000;

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let sent = 0;
const keys: Record<string, string> = {};

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    LOG_LEVEL: 'silent',
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  // The last one is whom `app.get` finds.
  const modules = [Partners, Commission, PeriodsModule];
  serving = await serve({ name: 'payouts', modules, settings });
  url = await serving.listen();
  for (const [label, role] of [
    ['ana', 'finance'],
    ['bea', 'finance'],
    ['auditor', 'auditor'],
    ['programme', 'programme'],
  ] as const)
    keys[label] = (await serving.keys.issueKey({ tenant: 'acme', role, label })).key;
  const value = { name: 'Main', currency: 'BRL/2', zone: 'America/Sao_Paulo' };
  await told('entity-acme.main', ENTITY, {
    entity: 'main',
    steps: [{ at: AT, value }],
  });
}, 60_000);

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

describe('closing a month', () => {
  it('waits while commission is behind for the entity, and names the window and who sees to it', async () => {
    await told('earnings-acme.p1.standard.2026q1', COMMISSION_POSTED, {
      plan: 'standard',
      entity: 'main',
    });
    await told('earnings-acme.p1.other.2026q1', COMMISSION_POSTED, {
      plan: 'other',
      entity: 'elsewhere',
    });
    for (const plan of ['standard', 'other', 'nobodys']) await behind(plan, true);
    await until(({ beforeSoftClose }) => beforeSoftClose.count === 2);
    const refused = await cut('2026-03', 'soft-close', 'ana');
    expect(refused).toMatchObject({ status: 409, code: 'period_blocked', facts: { count: 2 } });
    const { blockers } = refused['facts'] as { blockers: Blocker[] };
    // Whose a plan is that has not posted anything yet, nobody knows; so it holds up everybody.
    expect(blockers.map(({ subject }) => subject).sort()).toEqual([
      'p1.nobodys.2026-q1',
      'p1.standard.2026-q1',
    ]);
    expect(new Set(blockers.map(({ owner }) => owner))).toEqual(new Set(['operations']));
    for (const plan of ['standard', 'nobodys']) await behind(plan, false);
    await until(({ beforeSoftClose }) => beforeSoftClose.count === 0);
  }, 60_000);

  it('is soft-closed by finance in the zone of the entity, once, and never before it is over', async () => {
    expect(await cut('2026-03', 'soft-close', 'auditor')).toMatchObject({ status: 403 });
    expect(await cut('9000-01', 'soft-close', 'ana')).toMatchObject({
      status: 409,
      code: 'month_not_over',
    });
    expect(await cut('2026-01', 'soft-close', 'ana', 'nosuche')).toMatchObject({
      status: 404,
      code: 'entity_unknown',
    });
    const closed = await cut('2026-03', 'soft-close', 'ana');
    expect(closed).toMatchObject({ status: 200, id: 'main.2026-03', replayed: false });
    expect(await shown(String(closed['token']))).toMatchObject({
      months: [
        {
          month: '2026-03',
          state: 'soft_closed',
          ends: '2026-04-01T03:00:00.000Z',
          closedBy: null,
        },
      ],
    });
    expect(await cut('2026-03', 'soft-close', 'bea')).toMatchObject({ status: 200 });
    expect(await cut('2026-05', 'soft-close', 'ana')).toMatchObject({
      code: 'not_in_order',
      facts: { next: '2026-04' },
    });
  }, 60_000);

  it('waits for the ledger and for the bank, and tells of both at once', async () => {
    await happened('rail-acme.bank1', 'BreaksOpened', {
      rail: 'bank1',
      entity: 'main',
      breaks: [brokenAs('B02'), brokenAs('B12'), { ...brokenAs('B11'), owner: 'carla' }],
    });
    const refused = await cut('2026-03', 'close', 'bea');
    expect(refused).toMatchObject({ status: 409, code: 'period_blocked', facts: { count: 3 } });
    const { blockers } = refused['facts'] as { blockers: Blocker[] };
    expect(blockers.map(({ kind, subject, owner }) => [kind, subject, owner])).toEqual([
      ['releases_not_taken', '2026-03', 'operations'],
      ['break', 'B02.x', 'finance'],
      ['break', 'B11.x', 'carla'],
    ]);
    expect(await order('ConfirmTaken')).toEqual({ kind: 'accepted' });
    expect(await order('ConfirmTaken')).toEqual({ kind: 'replayed' });
    await happened('rail-acme.bank1', 'BreaksClosed', {
      rail: 'bank1',
      entity: 'main',
      breaks: [
        { id: 'B02.x', type: 'B02' },
        { id: 'B11.x', type: 'B11' },
      ],
      because: 'explained',
      by: 'key:ana',
    });
    expect(await order('Certify', { certificate })).toMatchObject({
      kind: 'rejected',
      rejected: { code: 'not_closed' },
    });
  }, 60_000);

  it('is closed by a second person, and certified by the ledger once', async () => {
    expect(await cut('2026-03', 'close', 'ana')).toMatchObject({
      status: 403,
      code: 'same_person',
    });
    expect(await cut('2026-03', 'close', 'bea')).toMatchObject({ status: 200 });
    const off = [{ ...certificate.trialBalance[0], debit: '8' }];
    expect(
      await order('Certify', { certificate: { ...certificate, trialBalance: off } }, 'x'),
    ).toMatchObject({
      rejected: { code: 'trial_balance_off' },
    });
    expect(await order('Certify', { certificate })).toEqual({ kind: 'accepted' });
    // The same cut certified with other words is the same command: what was said first stands.
    const other = { ...certificate, digest: 'f'.repeat(64) };
    expect(await order('Certify', { certificate: other })).toEqual({ kind: 'replayed' });
    expect(await order('Certify', { certificate: other }, 'x')).toMatchObject({
      rejected: { code: 'certified_otherwise', digest: certificate.digest },
    });
    await until((_, months) => months[0]?.['state'] === 'certified');
    expect((await shown())['months']).toMatchObject([
      { month: '2026-03', state: 'certified', digest: certificate.digest },
    ]);
  }, 60_000);

  it('begins the next month where the one before was cut, and closes it after that one', async () => {
    await cut('2026-04', 'soft-close', 'ana');
    await cut('2026-05', 'soft-close', 'ana');
    expect(await cut('2026-05', 'close', 'bea')).toMatchObject({
      code: 'not_in_order',
      facts: { next: '2026-04' },
    });
    const events: Recorded[] = [];
    for await (const event of runtime().log.read(parseStreamName('period-acme.main.202604')))
      events.push(event.data as unknown as Recorded);
    expect(events).toMatchObject([
      {
        period: {
          key: '2026-04',
          from: '2026-04-01T03:00:00.000Z',
          until: '2026-05-01T03:00:00.000Z',
        },
      },
    ]);
  }, 60_000);

  it('lets one of two persons cut who come at the same moment', async () => {
    const both = await Promise.all(['ana', 'bea'].map((who) => cut('2026-06', 'soft-close', who)));
    expect(both.some(({ status }) => status === 200)).toBe(true);
    for (const { status, code } of both)
      if (status !== 200) expect([status, code]).toEqual([409, 'cut_in_progress']);
  });

  it('takes no order that it does not know, or that has another shape', async () => {
    await expect(order('Forget')).rejects.toMatchObject({ code: 'order_unknown' });
    await expect(order('Certify', { certificate: { digest: 'x' } })).rejects.toMatchObject({
      code: 'order_malformed',
    });
    expectEveryRouteDeclared(serving.app);
  });
});

interface Recorded {
  readonly period: object;
}

const certificate: PeriodCertificate = {
  closePosition: '42',
  since: null,
  rows: '2',
  trialBalance: [
    { asset: 'BRL/2', account: 'Expenses:Commission', debit: '7', credit: '0', balance: '7' },
    {
      asset: 'BRL/2',
      account: 'Liabilities:Commission:Payable',
      debit: '0',
      credit: '7',
      balance: '-7',
    },
  ],
  digest: '0'.repeat(64),
};

const brokenAs = (type: Break['type']): Break => ({
  id: `${type}.x`,
  type,
  about: { line: 'x' },
  cause: 'unexplained',
  on: '2026-03-20',
  amount: '100',
  side: 'debit',
  candidates: [],
  owner: 'finance',
});

const runtime = () => serving.app.get(ServiceRuntime, { strict: false });

const behind = (plan: string, isBehind: boolean) =>
  told(`earnings-acme.p1.${plan}.2026q1`, COMMISSION_BEHIND, {
    partner: 'p1',
    plan,
    window: '2026-q1',
    behind: isBehind,
  });

/** As the ledger would: the id of the command follows from the cut. */
function order(
  type: string,
  more: Order['data'] = {},
  salt = '',
): ReturnType<ReturnType<typeof door>> {
  const cause = uuidV5('cut', type, salt);
  return door()({
    tenant: 'acme',
    type,
    data: { entity: 'main', month: '2026-03', ...more },
    commandId: uuidV5('acme', cause, type),
    causationId: cause,
    correlationId: 'c',
    traceParent: null,
    actor: 'service:ledger',
  });
}

const door = () => runtime().orderTo('payouts');

const cut = (month: string, how: string, who: string, entity = 'main'): Promise<Answer> =>
  call(`/v1/periods/${entity}/${month}/${how}`, who, {
    method: 'POST',
    headers: { 'idempotency-key': `periods-${String(sent++)}` },
  });

const shown = (token?: string): Promise<Answer> =>
  call(`/v1/periods/main${token === undefined ? '' : `?token=${token}`}`, 'auditor', {});

interface Waiting {
  readonly beforeSoftClose: { readonly count: number };
}

async function until(
  holds: (blockers: Waiting, months: readonly Record<string, unknown>[]) => boolean,
): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const answer = await shown();
    if (holds(answer['blockers'] as Waiting, answer['months'] as Record<string, unknown>[])) return;
    if (Date.now() > deadline)
      throw new Error(`It did not come to that: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function call(path: string, who: string, more: RequestInit): Promise<Answer> {
  const authorization = `Bearer ${keys[who] ?? ''}`;
  const headers = { authorization, ...(more.headers as Record<string, string>) };
  const response = await fetch(`${url}${path}`, { ...more, headers });
  return { ...((await response.json()) as object), status: response.status };
}

/** As a neighbour would publish it. */
const told = (stream: string, type: string, data: JsonObject) =>
  written(stream, saying, { type, data, at: AT });

/** As its owner would have decided it. */
const happened = (stream: string, type: string, data: object) =>
  written(stream, WRITER, { type, data, occurredAt: AT });

async function written<C>(
  stream: string,
  writer: Decider<C, DomainEvent<string, object>, null>,
  command: C,
): Promise<void> {
  const cause = {
    commandId: uuidV5('test', String(sent++)),
    fingerprint: 'test',
    actor: 'test',
    causationId: null,
    correlationId: 'test',
    traceParent: null,
  };
  const outcome = await runtime().runner.run(writer, parseStreamName(stream), command, cause);
  if (outcome.kind === 'rejected') throw new Error('nothing is rejected here');
}

/** Writes what it is given. */
const WRITER: Decider<DomainEvent<string, object>, DomainEvent<string, object>, null> = {
  initial: null,
  decide: (event) => accept(event),
  evolve: () => null,
};

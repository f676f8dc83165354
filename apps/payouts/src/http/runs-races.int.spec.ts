import { instant } from '@tributary/kernel';
import { accountStreamOf } from '../domain/account/terms';
import { runStreamOf } from '../domain/run/events';
import type { Answer } from '@tributary/testing';
import { RunsSite, accountIn } from './runs.fixture';

const PARTNERS = ['p1', 'p2', 'p3', 'p4'];
const EARNED_AT = instant('2026-03-10T12:00:00Z');
const FREE_AT = instant('2026-03-24T12:00:00Z');

let site: RunsSite;
beforeAll(async () => {
  site = await RunsSite.start();
  await site.rail({
    type: 'PayingAccountRegistered',
    occurredAt: instant('2026-01-01T00:00:00Z'),
    data: {
      ...{ rail: 'itau', opening: '0', on: '2026-01-01', by: 'drafter' },
      settings: { entity: 'main', asset: 'BRL/2', zone: 'America/Sao_Paulo' },
    },
  });
  await site.withholdsNothing();
}, 120_000);
afterAll(() => site.stop());

let lines = 0;

/** Everybody is owed something, and a run that pays it waits for its approval with nothing left to look at. */
async function lockedRun(): Promise<{ readonly run: string; readonly hash: string }> {
  lines += 1;
  for (const partner of PARTNERS) {
    const line = `${partner} ${String(lines)}`;
    await site.posts(partner, line, 42_728, EARNED_AT, FREE_AT);
    await site.releases(partner, line, 42_728, FREE_AT);
  }
  await Promise.all(
    PARTNERS.map((partner) =>
      site.until(
        () => site.account(partner),
        ({ sums }) => sums.taken === String(42_728 * lines),
      ),
    ),
  );
  if (lines === 1) for (const partner of PARTNERS) await site.learnsPayee(partner);
  const asked = { entity: 'main', asset: 'BRL/2', partners: PARTNERS };
  const run = (await site.post('/v1/payout-runs', asked)).text('id');
  const locked = await site.runIs(run, 'locked');
  expect(locked.at('items')).toBe(PARTNERS.length);
  for (const flag of Object.keys(locked.at('flags') as object))
    await site.post(`/v1/payout-runs/${run}/acknowledgements`, { flag, note: 'looked at' });
  return { run, hash: locked.text('hash') };
}

async function approvedRun(): Promise<string> {
  const { run, hash } = await lockedRun();
  const { status } = await site.post(`/v1/payout-runs/${run}/approvals`, { hash }, 'approver');
  expect(status).toBe(200);
  return run;
}

const typesIn = async (run: string): Promise<readonly string[]> => {
  const types: string[] = [];
  for await (const { type } of site.runtime.log.read(runStreamOf('acme', run))) types.push(type);
  return types;
};
const timesIn = async (run: string, type: string): Promise<number> =>
  (await typesIn(run)).filter((each) => each === type).length;

const reserved = async (): Promise<readonly string[]> =>
  Promise.all(PARTNERS.map(async (partner) => (await site.account(partner)).sums.reserved));

const statusesOf = (answers: readonly Answer[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe('two persons who decide about one run at the same moment', () => {
  it('approve it once, by one of them', async () => {
    const { run, hash } = await lockedRun();
    const approvers = ['approver', 'second', 'approver', 'second'];
    const answers = await Promise.all(
      approvers.map((who) => site.post(`/v1/payout-runs/${run}/approvals`, { hash }, who)),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200]);
    expect(await timesIn(run, 'RunApproved')).toBe(1);
    const approved = await site.runIs(run, 'approved');
    expect(['approver', 'second'].map((who) => site.actor(who))).toContain(
      approved.text('approvedBy'),
    );
    await site.post(`/v1/payout-runs/${run}/cancellations`, { reason: 'only tried' });
    await site.until(reserved, (held) => held.every((each) => each === '0'));
  });

  it('either release or cancel it, and every item goes the same way', async () => {
    for (const first of ['releases', 'cancellations'] as const) {
      const run = await approvedRun();
      const decide = {
        releases: () => site.post(`/v1/payout-runs/${run}/releases`, {}, 'approver'),
        cancellations: () =>
          site.post(`/v1/payout-runs/${run}/cancellations`, { reason: 'not yet' }, 'second'),
      };
      const other = first === 'releases' ? 'cancellations' : 'releases';
      const answers = await Promise.all([decide[first](), decide[other]()]);
      expect(statusesOf(answers)).toEqual([202, 409]);
      await site.until(reserved, (held) => held.every((each) => each === '0'));
      const released = await timesIn(run, 'RunReleased');
      expect(released + (await timesIn(run, 'RunCancelled'))).toBe(1);
      if (released === 1) await instructed(run);
    }
  });

  it('release it twice, and every item is instructed once', async () => {
    const run = await approvedRun();
    const answers = await Promise.all(
      ['approver', 'second', 'drafter'].map((who) =>
        site.post(`/v1/payout-runs/${run}/releases`, {}, who),
      ),
    );
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    await instructed(run);
    expect(await timesIn(run, 'RunReleased')).toBe(1);
    expect(await timesIn(run, 'RunInstructed')).toBe(1);
  });
});

async function instructed(run: string): Promise<void> {
  await site.runIs(run, 'instructed');
  const shown = await site.ask(`/v1/payout-runs/${run}/items`);
  const items = shown.list('items') as readonly Record<'item' | 'partner' | 'state', string>[];
  const found = items.map(({ state }) => state);
  expect(found).toEqual(PARTNERS.map(() => 'instructed'));
  const instructions = await Promise.all(
    PARTNERS.map(async (partner) => {
      const item = items.find((each) => each.partner === partner)?.item;
      const stream = accountStreamOf('acme', accountIn(partner));
      let times = 0;
      for await (const { type, data } of site.runtime.log.read(stream))
        if (type === 'PayoutInstructed' && data['item'] === item) times += 1;
      return times;
    }),
  );
  expect(instructions).toEqual(PARTNERS.map(() => 1));
}

import fc from 'fast-check';
import { FLAGS } from '../domain/run/events';
import { itemsOf } from '../domain/run/state';
import { AT, RunWorld, runNamed } from './runs.fixture';

/** The last two come to be known on the way. */
const PARTNERS = ['pa', 'pb', 'pc', 'pd', 'pe', 'paa', 'pf'];
const RUNS = ['first', 'second'];

type Happening =
  | { readonly is: 'anew' | 'approve' | 'cancel' | 'draft' | 'release'; readonly run: string }
  | {
      readonly is: 'deliver';
      readonly failsAt: number;
      readonly after: boolean;
      readonly again: number;
    }
  | { readonly is: 'earn'; readonly partner: string; readonly amount: number }
  | { readonly is: 'exclude'; readonly run: string; readonly partner: string };

const run = fc.constantFrom('first', 'first', 'second');
const partner = fc.constantFrom(...PARTNERS);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constantFrom('draft', 'approve', 'approve', 'release', 'release', 'cancel', 'anew'),
      run,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      is: fc.constant('deliver' as const),
      failsAt: fc.nat(24),
      after: fc.boolean(),
      again: fc.nat(6),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('exclude' as const), run, partner }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('earn' as const),
      partner,
      amount: fc.integer({ min: 1, max: 30_000 }),
    }),
  },
);

/** Refusals are answers as well: what matters is what stands in the end. */
async function happen(world: RunWorld, what: Happening, place: number): Promise<void> {
  if (what.is === 'earn')
    return await world.earns(what.partner, `${what.partner}x${String(place)}`, what.amount);
  if (what.is === 'deliver') {
    let left = what.failsAt;
    const fails = () => (left-- === 0 ? (what.after ? 'after' : 'before') : 'no');
    await world.deliver(fails, BigInt(what.again));
    return;
  }
  const on = { run: runNamed(what.run), at: AT };
  const state = await world.run(what.run);
  switch (what.is) {
    case 'draft':
      await world.drafts(what.run);
      return;
    case 'approve':
      for (const flag of FLAGS)
        await world.commands({
          ...{ ...on, type: 'AcknowledgeFlags', flag, items: null },
          ...{ note: 'looked at', by: 'approver' },
        });
      await world.commands({ ...on, type: 'ApproveRun', by: 'approver', hash: state.hash });
      return;
    case 'release':
      await world.commands({ ...on, type: 'ReleaseRun', by: 'approver' });
      return;
    case 'cancel':
      await world.commands({
        ...on,
        type: 'CancelRun',
        by: 'controller',
        reason: 'changed our mind',
      });
      return;
    case 'anew':
      await world.commands({ ...on, type: 'LockAnew', by: 'controller' });
      return;
    case 'exclude': {
      const entry = state.entries.get(what.partner);
      const items = [entry?.is === 'item' ? entry.noted.item : 'NOBODYSITEM0000'];
      await world.commands({
        ...on,
        type: 'ExcludeItems',
        by: 'controller',
        items,
        reason: 'waits',
      });
    }
  }
}

async function expectConsistent(world: RunWorld): Promise<void> {
  const held = new Map<string, string[]>();
  for (const name of PARTNERS) {
    const account = await world.account(name);
    const lines = account.open.flatMap((item) => account.items.get(item)?.lines ?? []);
    expect(new Set(lines.map(({ line }) => line)).size).toBe(lines.length);
    for (const open of account.open) {
      const {
        run: of,
        item,
        status,
      } = account.items.get(open) ?? { run: '', item: '', status: '' };
      held.set(of, [...(held.get(of) ?? []), `${item} ${status}`]);
    }
  }
  for (const name of RUNS) {
    const state = await world.run(name);
    const items = itemsOf(state);
    const sum = items.reduce((total, { noted }) => total + BigInt(noted.gross), 0n);
    if (state.status !== 'cancelled' && state.status !== 'closed')
      expect(String(sum)).toBe(state.totals.gross);
    const status = state.status === 'instructed' ? 'instructed' : 'reserved';
    expect((held.get(runNamed(name)) ?? []).sort()).toEqual(
      items.map(({ noted }) => `${noted.item} ${status}`).sort(),
    );
    expect(['none', 'locked', 'approved', 'instructed', 'cancelled', 'closed']).toContain(
      state.status,
    );
    if (state.status === 'cancelled') expect(state.isFreed).toBe(true);
  }
}

describe('runs over the same accounts, in a process that is killed again and again', () => {
  it('reserve, free and instruct every item once, and add up to what their accounts hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(happening, { minLength: 12, maxLength: 50, size: 'max' }),
        async (some, script) => {
          const world = new RunWorld(new Set(some ? ['pe'] : []));
          await world.owes({ pa: 42_728, pb: 25_000, pc: 9_999, pd: 10_000, pe: 50_000 });
          await world.drafts('first');
          for (const [place, what] of script.entries()) await happen(world, what, place);
          await world.settle();
          await expectConsistent(world);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  it('pays each of two runs what the other has not reserved', async () => {
    const world = new RunWorld();
    await world.owes({ pa: 42_728, pb: 25_000 });
    await world.drafts('first');
    await world.drafts('second');
    await world.settle();
    const [first, second] = [await world.run('first'), await world.run('second')];
    expect(first).toMatchObject({ status: 'locked', totals: { count: 2, gross: '67728' } });
    expect(second.status).toBe('closed');
  });

  it('instructs what was approved, and nobody else can reserve it meanwhile', async () => {
    const world = new RunWorld();
    await world.owes({ pa: 42_728, pb: 25_000 });
    for (const is of ['draft', 'approve', 'release'] as const) {
      await happen(world, { is, run: 'first' }, 0);
      await world.settle();
    }
    expect(await world.run('first')).toMatchObject({
      status: 'instructed',
      totals: { count: 2, gross: '67728' },
    });
    await expectConsistent(world);
  });

  it('pays nobody to details that were changed after the approval, and frees what was theirs', async () => {
    const world = new RunWorld();
    await world.owes({ pa: 42_728, pb: 25_000 });
    for (const is of ['draft', 'approve'] as const) {
      await happen(world, { is, run: 'first' }, 0);
      await world.settle();
    }
    await world.details('pb', 2);
    await happen(world, { is: 'release', run: 'first' }, 0);
    await world.settle();
    expect(await world.run('first')).toMatchObject({
      status: 'instructed',
      totals: { count: 1, gross: '42728' },
      counts: { refused: 1 },
    });
    expect((await world.account('pb')).sums).toMatchObject({ payable: '25000', reserved: '0' });
    await expectConsistent(world);
  });

  it('asks a faulty item anew, under another name', async () => {
    const world = new RunWorld(new Set(['pb']));
    await world.owes({ pa: 42_728, pb: 25_000 });
    await world.drafts('first');
    await world.settle();
    const before = itemsOf(await world.run('first'));
    await world.commands({ type: 'LockAnew', run: runNamed('first'), by: 'controller', at: AT });
    await world.settle();
    const after = itemsOf(await world.run('first'));
    expect(after[0]?.noted.item).toBe(before[0]?.noted.item);
    expect(after[1]?.noted.item).not.toBe(before[1]?.noted.item);
    await expectConsistent(world);
  });
});

import type { Instant, Recorded } from '@tributary/kernel';
import type { Answer } from '@tributary/testing';
import type { EarningsCommand } from '../domain/earnings/commands';
import {
  agreed,
  learned,
  left,
  line,
  noon,
  partnerIs,
  programme,
  published,
  revisionsOf,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import type { EarningsEvent as BooksEvent } from '../domain/earnings/events';
import type { WindowId } from '../domain/earnings/window';
import { QuestionsService } from './explain.fixture';

const ON = noon('12-31');
const P9 = windowOf('p9');
const HELD = 'Liabilities:Commission:Held';
const REPORTS = [
  `/v1/holds?limit=1000&on=${encodeURIComponent(ON)}`,
  `/v1/partners/p1/earnings?on=${encodeURIComponent(ON)}`,
  `/v1/partners/p9/earnings?on=${encodeURIComponent(ON)}`,
  '/v1/lines?limit=1000',
  '/v1/lines?limit=1000&partner=p1&state=held',
  '/v1/lines?limit=1000&month=2026-02',
] as const;
/** What one append posts of a window is less. */
const MANY = 200;
const MANY_POSTED = 50_000n;

let service: QuestionsService;
beforeAll(async () => {
  service = await QuestionsService.start();
});
afterAll(() => service.stop());

describe('what is held, and what a partner has earned, as it was known at an earlier position', () => {
  /** What was asked, where the answer stood, and what it said. */
  const said: { readonly path: string; readonly position: string; readonly report: unknown }[] = [];

  async function happens(...commands: readonly EarningsCommand[]): Promise<void> {
    for (const command of commands) {
      await service.tell(command);
      for (const path of REPORTS) {
        const answer = await service.shown(path);
        said.push({ path, position: answer.text('position'), report: withoutPlace(answer) });
      }
    }
  }

  it('is what each report said there, to the letter, whatever has come since', async () => {
    const refund = [noon('04-20'), left(66_667)] as const;
    const disputed = [noon('03-25'), { disputed: true }] as const;
    const lost = [noon('04-02'), { ...left(0), disputed: false }] as const;
    const onAnotherDay = [noon('03-28'), { ...left(71_000), paidAt: noon('02-03') }] as const;
    const after = [noon('03-29'), { ...left(72_000), paidAt: noon('03-14') }] as const;
    const moving = line(noon('03-14'), 70_000, {}, onAnotherDay, after);
    const [first, again] = revisionsOf(line(noon('02-10'), 100_001, {}, refund));
    const [paid, opened, decided] = revisionsOf(line(noon('03-05'), 90_000, {}, disputed, lost));
    await happens(...known(first), programme(), partnerIs(), agreed(), published(), ...known(paid));
    await happens(release('03-20'), ...known(opened), ...known(again), ...known(decided));
    await happens(learned(line(noon('03-08'), 50_000)));
    const [wrong, right, wrongAgain] = revisionsOf(moving);
    // Told to have been paid on another day, and then on the first one after all.
    await happens(...known(wrong), ...known(right), ...known(wrongAgain));
    const held = (await service.shown(REPORTS[0])).text('items.0.line');
    const on = { id: windowOf(), line: held, by: 'ana', receivedAt: noon('03-12') } as const;
    const words = { reason: 'fraud', owner: 'risk', condition: 'the review is done' } as const;
    await happens(
      { ...on, type: 'PlaceHold', hold: 'h1', ...words },
      partnerIs(
        [
          [noon('01-01'), 'active'],
          [noon('03-10'), 'suspended'],
        ],
        { revision: 2 },
      ),
      { ...on, type: 'LiftHold', hold: 'h1', note: 'reviewed' },
      release('04-30'),
    );
    // More than one append takes.
    const lines = Array.from({ length: MANY }, (_, n) =>
      line(noon('03-06'), 1_000, { sale: `many${String(n)}`, ...left(1_000, 'p9') }),
    );
    const learnedAtOnce = {
      ...learned(lines[0] as (typeof lines)[number], { id: P9 }),
      lines: lines.map((data) => ({ revision: 1, data })),
    } as EarningsCommand;
    await happens(learnedAtOnce, ofP9(programme()), ofP9(agreed({ partner: 'p9' })));
    await happens(ofP9(published()), ofP9(partnerIs(undefined, { partner: 'p9' })));
    const told = said.map(({ report }) => JSON.stringify(report));
    expect(new Set(told).size).toBeGreaterThan(10);
    const moved = /"paidAt":"2026-02-03/;
    const nothing = /"reason":"(?:no_plan|zero_basis)"/;
    for (const once of [
      /"frozen":"[1-9]/,
      /"reason":"fraud"/,
      /"reason":"suspended"/,
      moved,
      nothing,
    ])
      expect(told.filter((report) => once.test(report)).length).toBeGreaterThan(0);
    for (const { path, position, report } of said) {
      const answer = await service.ask(`${path}&position=${position}`);
      expect(answer.at('position')).toBe(position);
      expect([position, withoutPlace(answer)]).toEqual([position, report]);
    }
  }, 120_000);

  it('comes to the Held account at every position of the log, and on every day', async () => {
    const events = await recorded(windowOf(), P9);
    const head = await service.runtime.log.head();
    const days = ['02-20', '03-22', '04-25', '12-31'].map(noon);
    const balances = (position: bigint, on: Instant): bigint =>
      balanceOf(events, HELD, { position, on });
    const places = events.map(({ position }) => position);
    const [last = head] = places.slice(-1);
    for (const position of [...places.slice(0, 40), last])
      for (const on of days) {
        const asked = `on=${encodeURIComponent(on)}&position=${String(position)}`;
        const held = await service.ask(`/v1/holds?${asked}`);
        expect([position, on, sumOf(held, 'amount')]).toEqual([
          ...[position, on, balances(position, on)],
        ]);
      }
    for (const position of [...places.slice(0, 40), last]) {
      const each = ['p1', 'p9'].map((partner) =>
        service.ask(`/v1/partners/${partner}/earnings?position=${String(position)}`),
      );
      const held = (await Promise.all(each)).map((answer) => sumOf(answer, 'held'));
      expect([position, held.reduce((sum, one) => sum + one, 0n)]).toEqual([
        ...[position, balances(position, ON)],
      ]);
    }
  }, 120_000);

  it('lists lines that come to what the Expense and Held accounts say at every position, page by page', async () => {
    const events = await recorded(windowOf(), P9);
    const places = events.map(({ position }) => position);
    for (const position of [...places.slice(0, 60), ...places.slice(-1)]) {
      const path = `/v1/lines?position=${String(position)}`;
      const whole = await service.ask(`${path}&limit=1000`);
      const booked = (account: string): bigint => balanceOf(events, account, { position, on: ON });
      expect([position, sumOf(whole, 'posted'), sumOf(whole, 'held')]).toEqual([
        ...[position, -booked('Expenses:Commission'), booked(HELD)],
      ]);
      const items: unknown[] = [];
      for (let after = ''; ;) {
        const page = await service.ask(`${path}&limit=3${after}`);
        if (items.length > 0) expect(page.at('totals')).toBeNull();
        items.push(...page.list('items'));
        if (page.at('next') === null || items.length > 12) break;
        after = `&after=${page.text('next')}`;
      }
      expect(items).toEqual(whole.list('items').slice(0, items.length));
    }
  }, 120_000);

  it('says that a window was behind, where more was known of it than was posted', async () => {
    const isBehind = ({ type }: EarningsEvent) => type === 'WindowFellBehind';
    const places = (await recorded(P9)).filter(isBehind).map(({ position }) => position);
    const [last] = places.slice(-1);
    const then = await service.ask(`/v1/partners/p9/earnings?position=${String(last)}`);
    const now = await service.until(
      '/v1/partners/p9/earnings',
      (found) => found.at('behind') === 0 && sumOf(found, 'posted') === MANY_POSTED,
    );
    expect([then.at('behind'), now.at('behind')]).toEqual([1, 0]);
    expect(sumOf(then, 'posted')).toBeLessThan(sumOf(now, 'posted'));
  });

  it('is asked by a moment as well, which is then the day of which it is told', async () => {
    const known = '2020-01-01T00:00:00.000Z';
    expect((await service.ask(`/v1/holds?known=${known}`)).body).toMatchObject({
      ...{ known, on: known, position: '0', totals: [], items: [] },
    });
    expect((await service.ask(`/v1/partners/p1/earnings?known=${known}`)).body).toMatchObject({
      ...{ known, on: known, position: '0', totals: [], held: [], behind: 0 },
    });
    expect((await service.ask('/v1/partners/p1/earnings')).body).toMatchObject({
      ...{ known: null, leaf: null, checkpoint: null },
    });
  });
});

type EarningsEvent = BooksEvent & Pick<Recorded, 'position'>;

/** What stands on the credit side of an account, of what was posted up to there and had happened by then. */
const balanceOf = (
  events: readonly EarningsEvent[],
  account: string,
  { position, on }: { readonly position: bigint; readonly on: Instant },
): bigint =>
  events
    .filter((event) => event.position <= position && event.occurredAt <= on)
    .flatMap(({ data }) => ('entry' in data ? (data.entry?.legs ?? []) : []))
    .filter((leg) => leg.account === account)
    .reduce((sum, leg) => sum + BigInt(leg.amount) * (leg.side === 'credit' ? 1n : -1n), 0n);

async function recorded(...windows: readonly WindowId[]): Promise<readonly EarningsEvent[]> {
  return (await service.events(...windows)) as unknown as readonly EarningsEvent[];
}

/** What is there is told; nothing else is. */
const known = (command: EarningsCommand | undefined): readonly EarningsCommand[] =>
  command === undefined ? [] : [command];

const ofP9 = (command: EarningsCommand): EarningsCommand => ({ ...command, id: P9 });

const release = (day: string): EarningsCommand => ({
  ...{ type: 'ReleaseHolds', id: windowOf(), asOf: noon(day), by: 'finance' },
});

const sumOf = (answer: Answer, field: string): bigint =>
  answer
    .list('totals')
    .reduce((sum: bigint, each) => sum + BigInt((each as Record<string, string>)[field] ?? 0), 0n);

/** Everything but where it stands. */
function withoutPlace({ body }: Answer): unknown {
  const {
    position: _,
    known: _known,
    leaf: _leaf,
    checkpoint: _checkpoint,
    ...rest
  } = body as Readonly<Record<'checkpoint' | 'known' | 'leaf' | 'position', unknown>>;
  return rest;
}

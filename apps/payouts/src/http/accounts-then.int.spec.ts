import {
  RULES,
  STREAM,
  adjustment,
  answered,
  cancel,
  comesBack,
  decision,
  dispute,
  frozen,
  instruct,
  noon,
  partnerIs,
  payee,
  person,
  release,
  repayment,
  reserve,
  settle,
  unreturn,
  unsettle,
  voided,
  writeOff,
} from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import type { AccountEvent } from '../domain/account/events';
import { StatementsSite } from './statements.fixture';

const OPEN_LINES = '/v1/partners/p1/open-lines?entity=main&asset=BRL%2F2&limit=1000';
const QUESTIONS = [
  '/v1/accounts?limit=1000',
  '/v1/accounts?owing=true',
  '/v1/partners/p1/accounts?limit=1000',
  OPEN_LINES,
  '/v1/reports/payables-ageing?limit=1000',
  '/v1/reports/clawback-ageing?limit=1000',
] as const;
/** More than one event says of. */
const MANY = 260;
type Row = Readonly<Record<string, string>>;
interface Page {
  readonly position: string;
  readonly known: string | null;
  readonly items: readonly Row[];
  readonly next: string | null;
}

let site: StatementsSite;
beforeAll(async () => {
  site = await StatementsSite.start();
});
afterAll(async () => {
  await site.stop();
});

describe('accounts, and what is open in them, as they were known at an earlier position', () => {
  /** What each question was answered when it stood there, in their order. */
  const said: { readonly position: string; readonly answers: readonly object[] }[] = [];

  async function happens(...commands: readonly AccountCommand[]): Promise<void> {
    for (const command of commands) {
      const token = await site.decide(command);
      const answers = QUESTIONS.map((path) => site.read<Page>(`${path}&token=${token}`));
      const position = token.replace('payouts:', '');
      said.push({ position, answers: (await Promise.all(answers)).map(withoutPlace) });
    }
  }

  it('are what each answer said there, to the letter, whatever has come since', async () => {
    await happens(
      payee(),
      release('a', 25_000),
      partnerIs(['01-01', 'active']),
      reserve('r', { rules: RULES }),
      instruct('r'),
      voided,
      instruct('r'),
      answered('r', 'unknown'),
      settle('r', 24_625),
      unsettle('paid r'),
      { ...settle('r', 24_625), bankLine: 'paid r again' },
      comesBack('r', 24_625),
      unreturn('back r'),
      { ...comesBack('r', 24_625), bankLine: 'back r again' },
      frozen('b', 300),
      release('b', 9_000),
      dispute('a', 'b'),
      ...decision(['a', 24_000], ['b', null]),
      release('a', -1_000),
      ...adjustment(-60),
      partnerIs(['01-01', 'active'], ['03-11', 'suspended']),
      reserve('declined', { at: noon('04-14') }),
      partnerIs(['01-01', 'active'], ['03-11', 'suspended'], ['03-12', 'active']),
      reserve('s', { at: noon('04-16') }),
      instruct('s'),
      answered('s', 'rejected'),
    );
    for (let n = 0; n < MANY; n++) await site.decide(release(`l${String(n)}`, 20));
    await happens(
      reserve('many', { at: noon('04-17') }),
      cancel('many'),
      // More than there is, so that the partner owes the rest.
      release('gone', -60_000),
      { type: 'DemandReceivable', ...person('ana'), payBy: noon('06-01') },
      repayment(100),
      { type: 'AllowForReceivable', ...person('ana'), allowance: '200', reason: 'old' },
      ...writeOff(500),
      release('back', 100_000),
    );
    const told = said.map(({ answers }) => JSON.stringify(answers));
    expect(new Set(told).size).toBeGreaterThan(20);
    for (const once of ONCE)
      expect([once, told.filter((answers) => once.test(answers)).length]).not.toEqual([once, 0]);
    for (const { position, answers } of said) {
      const then = QUESTIONS.map((path) => site.read<Page>(withPlace(path, position)));
      const found = await Promise.all(then);
      expect(found.map((answer) => answer.position)).toEqual(QUESTIONS.map(() => position));
      expect([position, ...found.map(withoutPlace)]).toEqual([position, ...answers]);
    }
  }, 120_000);

  it('come to what the books say after each command, and line by line at every position', async () => {
    const events = await recorded();
    const accountAt = async (position: string): Promise<Row> => {
      const { items } = await site.read<Page>(withPlace('/v1/accounts', position));
      return items[0] ?? {};
    };
    for (const { position } of said) {
      const { payable = '0', reserved = '0', ...sums } = await accountAt(position);
      expect([position, BigInt(payable) + BigInt(reserved), sums]).toMatchObject([
        position,
        balanceOf(events, position, 'Liabilities:Commission:Payable'),
        {
          disputed: String(balanceOf(events, position, 'Liabilities:Commission:Disputed')),
          inFlight: String(balanceOf(events, position, 'Liabilities:InTransit')),
          withheld: String(balanceOf(events, position, 'Liabilities:Tax:Withholding')),
          owed: String(-balanceOf(events, position, 'Assets:ClawbackReceivable')),
        },
      ]);
    }
    const places = events.map(({ position }) => String(position));
    for (const place of places.filter((_, n) => n < 45 || n % 60 === 0 || n > MANY + 25)) {
      const { payable = '0', reserved = '0', disputed = '0' } = await accountAt(place);
      const { items } = await site.read<Page>(withPlace(OPEN_LINES, place));
      const sums = ['payable', 'reserved', 'disputed'].map((name) => String(sumOf(items, name)));
      expect([place, ...sums]).toEqual([place, payable, reserved, disputed]);
    }
  }, 120_000);

  it('are the same by what was known at a moment, page by page, and as CSV', async () => {
    const known = '2020-01-01T00:00:00.000Z';
    for (const path of QUESTIONS.slice(0, 4))
      expect(await site.read(`${path}&known=${known}`)).toMatchObject({
        ...{ known, position: '0', items: [], next: null },
      });
    const { position = '' } = said.at(-9) ?? {};
    const whole = await site.read<Page>(withPlace(OPEN_LINES, position));
    const lines: Row[] = [];
    for (let after = ''; lines.length < 120;) {
      const path = withPlace(OPEN_LINES.replace('limit=1000', `limit=50${after}`), position);
      const page = await site.read<Page>(path);
      lines.push(...page.items);
      after = `&after=${page.next ?? ''}`;
    }
    expect(lines).toEqual(whole.items.slice(0, lines.length));
    const csv = await site.get(withPlace('/v1/accounts', position), 'auditor', 'text/csv');
    expect(csv.headers.get('x-position')).toBe(position);
    expect((await csv.text()).split('\r\n').filter(Boolean)).toHaveLength(2);
  });
});

/** What must have been said at some place, for the story to be worth anything. */
const ONCE = [
  /"reserved":"[1-9]/,
  /"disputed":"[1-9]/,
  /"frozen":"300"/,
  /"inFlight":"[1-9]/,
  /"settled":"[1-9]/,
  /"withheld":"[1-9]/,
  /"owed":"[1-9]/,
  /"allowance":"[1-9]/,
  /"adjusted":"-60"/,
  /"repaid":"[1-9]/,
  /"writtenOff":"[1-9]/,
  /"partnerStatus":"suspended"/,
  /"declined":\{/,
  /"demanded":\{/,
];

const withPlace = (path: string, position: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}position=${position}`;

const sumOf = (items: readonly Row[], name: string): bigint =>
  items.reduce((sum, row) => sum + BigInt(row[name] ?? 0), 0n);

type Stored = AccountEvent & { readonly position: bigint };

async function recorded(): Promise<readonly Stored[]> {
  const events: Stored[] = [];
  for await (const event of site.runtime.log.read(STREAM)) events.push(event as unknown as Stored);
  return events;
}

/** Credits less debits of what stands in the log up to there. */
const balanceOf = (events: readonly Stored[], position: string, account: string): bigint =>
  events
    .filter((event) => event.position <= BigInt(position))
    .flatMap(({ data }) => ('entry' in data ? (data.entry?.legs ?? []) : []))
    .filter((leg) => leg.account === account)
    .reduce((sum, leg) => sum + BigInt(leg.amount) * (leg.side === 'credit' ? 1n : -1n), 0n);

/** Everything but where it stands, and when it was asked. */
function withoutPlace(page: Page): object {
  const { position: _, known: _known, ...rest } = page;
  const {
    leaf: _leaf,
    checkpoint: _checkpoint,
    on: _on,
    ...answer
  } = rest as Readonly<Record<string, unknown>>;
  return answer;
}

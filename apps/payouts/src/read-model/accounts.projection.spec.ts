import type { FeedEvent, Projection } from '@tributary/feeds';
import {
  INSTRUCTED,
  OF,
  RETURNED,
  STREAM,
  Told,
  adjustment,
  answered,
  cancel,
  decision,
  dispute,
  frozen,
  instruct,
  partnerIs,
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
import { plus } from '../domain/account/state';
import { accountLines } from './account-lines.projection';
import { accounts } from './accounts.projection';

const HISTORIES: readonly (readonly [string, readonly AccountCommand[]])[] = [
  [
    'a payment that comes back and is paid again',
    [...RETURNED, reserve('s'), instruct('s'), answered('s', 'unknown'), settle('s', 25_000)],
  ],
  ['a return that is none', [...RETURNED, reserve('s'), unreturn('back r')]],
  ['a settlement that is none', [...INSTRUCTED, settle('r', 24_625), unsettle('paid r')]],
  ['a file that is refused', [...INSTRUCTED, voided, cancel('r')]],
  ['a rejection after a refund', [...INSTRUCTED, release('a', -9_000), answered('r', 'rejected')]],
  [
    'a debt in all its ways',
    [
      partnerIs(['01-01', 'active'], ['02-01', 'ended']),
      release('a', -900),
      repayment(100),
      {
        type: 'AllowForReceivable',
        ...person('ana'),
        allowance: '200',
        reason: 'old',
      },
      ...writeOff(500),
      partnerIs(['01-01', 'active'], ['02-01', 'ended'], ['03-01', 'active']),
      release('b', 1_000),
    ],
  ],
  [
    'disputes and adjustments',
    [
      release('a', 500),
      frozen('a', 200),
      dispute('a', 'b'),
      release('b', 70),
      ...decision(['a', 100], ['b', null]),
      release('a', -400),
      ...adjustment(-60),
    ],
  ],
  [
    'more lines than an event holds',
    [
      INSTRUCTED[0] as AccountCommand,
      ...Array.from({ length: 700 }, (_, i) => release(`l${String(i)}`, 20)),
      reserve('r'),
      cancel('r'),
      release('gone', -13_000),
    ],
  ],
];

type Row = Readonly<Record<string, unknown>>;

function rowsOf(projection: Projection, told: Told, table: string): readonly Row[] {
  return told.events.flatMap((event, i) => {
    const position = BigInt(i + 1);
    const fed = { ...event, position, revision: position, tenant: 'acme', stream: STREAM };
    return (projection.rowsOf(fed as unknown as FeedEvent)[table] ?? []) as readonly Row[];
  });
}

const sumOf = (rows: readonly Row[], column: string): string =>
  rows.reduce((sum, row) => plus(sum, String((row[column] as bigint | undefined) ?? 0n)), '0');

describe('what is shown of an account', () => {
  it.each(HISTORIES)('is what its events come to: %s', (_what, history) => {
    const told = Told.after(...history);
    const { sums, allowance } = told.state;
    const rows = rowsOf(accounts, told, 'account');
    const { inFlight, writtenOff, ...others } = sums;
    const columns = { ...others, in_flight: inFlight, written_off: writtenOff, allowance };
    for (const [column, amount] of Object.entries(columns))
      expect([column, sumOf(rows, column)]).toEqual([column, amount]);
    expect(rows.every(({ partner }) => partner === OF.partner)).toBe(true);
  });

  it.each(HISTORIES)('is the same line by line: %s', (_what, history) => {
    const told = Told.after(...history);
    const rows = rowsOf(accountLines, told, 'account_line');
    for (const line of new Set(rows.map((row) => String(row['line'])))) {
      const own = rows.filter((row) => row['line'] === line);
      const known = told.state.lines.get(line);
      expect([sumOf(own, 'payable'), sumOf(own, 'disputed')]).toEqual([
        known?.payable ?? '0',
        known?.disputed ?? '0',
      ]);
    }
  });

  it('leaves out no event that moves money', () => {
    const moving = HISTORIES.flatMap(([, history]) => Told.after(...history).events)
      .filter(({ data }) => 'entry' in data || 'lines' in data)
      .map(({ type }) => type);
    expect([...new Set(moving)].filter((type) => !accounts.types.includes(type))).toEqual([]);
  });
});

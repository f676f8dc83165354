import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PERIOD_CERTIFIED, PERIOD_CLOSED, PERIOD_SOFT_CLOSED } from '@tributary/contracts';
import { type Recorded, canonicalJson, instant, periodOf, sha256Hex } from '@tributary/kernel';

import { goVerifier } from './go-verifier.fixture';
import { KEY, type Sealed, forgeEvents, refit, writeSmallPack } from './pack/small-pack.fixture';
import { tributary } from './tributary';
import { Told, entryOf } from './verify/events.fixture';

const MARCH = '2026-03';
const OF_MARCH = { tenant: 't', period: MARCH };
const PERIOD = periodOf(instant('2026-03-15T00:00:00Z'), 'UTC', 'month');
const go = goVerifier();

let folder: string;
let events: readonly Recorded[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-emptied-'));
  events = closedMarch();
  await writeSmallPack(join(folder, 'whole'), events, OF_MARCH);
});
afterAll(async () => await rm(folder, { recursive: true }));

interface Judged {
  readonly code: number;
  readonly said: string;
  /** What the second program makes of it; undefined where it is not here. */
  readonly byGo: { readonly code: number | null; readonly said: string } | undefined;
}

async function judged(pack: string): Promise<Judged> {
  const lines: string[] = [];
  const code = await tributary(['verify', '--pack', pack, '--key', KEY], {
    variables: {},
    out: (line) => lines.push(line),
  });
  return {
    code,
    said: lines.join('\n'),
    byGo: go.missing === undefined ? go.run('-key', KEY, '-pack', pack) : undefined,
  };
}

/** What became of the whole pack after something was taken out of it. */
async function judgedAfter(change: (copy: string) => Promise<void>): Promise<Judged> {
  const copy = join(folder, 'changed');
  await rm(copy, { recursive: true, force: true });
  await cp(join(folder, 'whole'), copy, { recursive: true });
  await change(copy);
  return await judged(copy);
}

const everything = (): Sealed[] => events.map((event, index) => [index, event]);
const without = (...left: readonly number[]): Sealed[] =>
  everything().filter(([index]) => !left.includes(index));
const remove = (path: string) => async (copy: string) => {
  await rm(join(copy, path), { recursive: true });
  await refit(copy);
};
const say = (manifest: string) => async (copy: string) => {
  await writeFile(join(copy, 'manifest.json'), manifest);
};

/** Everything else in it, and its manifest, was made to fit. */
const BROKEN: readonly (readonly [
  string,
  (copy: string) => Promise<void>,
  ours: string,
  go: string,
])[] = [
  [
    'no event at all',
    (copy) => forgeEvents(copy, [], OF_MARCH),
    'events.ndjson holds no event of t: nothing is proved by it',
    'events.ndjson holds no event of t',
  ],
  [
    'an event too few inside of a stream',
    (copy) => forgeEvents(copy, without(0), OF_MARCH),
    'revision of thing-t.a revision 1: revision 0 was expected',
    'leaf 1 is revision 1 of thing-t.a, 0 was expected',
  ],
  [
    'an event twice',
    (copy) => forgeEvents(copy, [...everything().slice(0, 1), ...everything()], OF_MARCH),
    'index 0 follows 0',
    'leaf 0 follows leaf 0',
  ],
  [
    'an event that was never signed, behind those that were',
    (copy) => forgeEvents(copy, [...everything(), [events.length, forged()]], OF_MARCH),
    'events.ndjson: leaf 5 is not among the 5 that were signed',
    'indexes not in tree',
  ],
  [
    'no file of events',
    remove('events.ndjson'),
    'events.ndjson is missing',
    'events.ndjson is missing',
  ],
  ['no checkpoint', remove('checkpoint'), 'checkpoint is missing', 'checkpoint is missing'],
  ['no key', remove('log.vkey'), 'log.vkey is missing', 'log.vkey is missing'],
  ['no engines', remove('engines.json'), 'engines.json is missing', 'engines.json is missing'],
  ['no tiles', remove('tile'), 'tile/0/000.p/5 is missing', 'tile/0/000.p/5'],
  [
    'no certificate, though its month has one',
    remove('books/main/certificate.json'),
    'books/main/certificate.json is missing',
    'books/main/certificate.json is missing',
  ],
  ['an empty manifest', say(''), 'manifest.json is no JSON', 'the manifest is no JSON'],
  [
    'a manifest of nothing',
    say('null\n'),
    'manifest.json is not that of a',
    'not as a pack has it',
  ],
  [
    'a manifest that names no month',
    say('{"files":{},"pack":"tributary-pack@1"}\n'),
    'manifest.json: tenant is missing',
    'not as a pack has it',
  ],
  [
    'a manifest of no month',
    (copy) => refit(copy, { period: '2026-3' }),
    'manifest.json: period is missing, or is none',
    'not as a pack has it',
  ],
];

const others = go.missing === undefined ? '' : ` (not by Go: ${go.missing})`;

describe('a pack that somebody has emptied', () => {
  it('is intact as long as nothing was taken out', async () => {
    const { code, byGo } = await judged(join(folder, 'whole'));
    expect([code, byGo?.code ?? 0]).toEqual([0, 0]);
  });

  it.each(BROKEN)(`with %s is broken, and says why${others}`, async (_, change, ours, gos) => {
    const { code, said, byGo } = await judgedAfter(change);
    expect(said).toContain(ours);
    expect(code).toBe(1);
    if (byGo === undefined) return;
    expect(byGo.said).toContain(gos);
    expect(byGo.code).toBe(1);
  });

  it('is found by the certificate of its month where the end of a stream was left out', async () => {
    const { code, said } = await judgedAfter((copy) => forgeEvents(copy, without(1), OF_MARCH));
    expect(said).toContain('of 2026-03 of main 4 legs were certified, 2 are there');
    expect(code).toBe(1);
  });

  it('is also found where another month was certified than the one that it is of', async () => {
    const ofApril = { ...OF_MARCH, period: '2026-04' };
    const { code, said } = await judgedAfter(async (copy) => {
      await refit(copy, ofApril);
      await forgeEvents(copy, without(1), ofApril);
    });
    expect(said).toContain('of 2026-03 of main 4 legs were certified, 2 are there');
    expect(code).toBe(1);
  });

  it(`is incomplete where its month was closed and no certificate came${others}`, async () => {
    const { code, said, byGo } = await judgedAfter((copy) =>
      forgeEvents(copy, without(4), OF_MARCH),
    );
    const missing = '2026-03 of main was closed, its certificate is missing';
    expect(said).toMatch(new RegExp(`^pack open .*${missing}$`, 'm'));
    expect(code).toBe(4);
    if (byGo === undefined) return;
    expect(byGo.said).toContain(missing);
    expect(byGo.code).toBe(4);
  });
});

const forged = (): Recorded => {
  const told = new Told();
  for (const event of events) told.events.push(event);
  return told.add('late', ['x'], 'ThingBooked', booked(7)).events.at(-1) as Recorded;
};

/** Two bookings of March, one after the other in one stream, and the month closed and certified. */
function closedMarch(): readonly Recorded[] {
  const told = new Told();
  told
    .add('thing', ['a'], 'ThingBooked', booked(500))
    .add('thing', ['a'], 'ThingBooked', booked(200));
  const cut = { entity: 'main', period: PERIOD as never, by: 'key:finance' };
  const month = ['main', '202603'] as const;
  told.add('period', month, PERIOD_SOFT_CLOSED, cut).add('period', month, PERIOD_CLOSED, cut);
  const rows = told.events.slice(0, 2).flatMap(rowsOf);
  told.add('period', month, PERIOD_CERTIFIED, {
    ...{ entity: 'main', period: PERIOD },
    ...{ closePosition: '4', since: null, rows: String(rows.length), trialBalance: [] },
    digest: sha256Hex(canonicalJson(rows as never)),
  });
  return told.events;
}

function rowsOf({ id, stream, type, occurredAt, data }: Recorded): readonly object[] {
  const { legs } = data['entry'] as {
    legs: readonly { account: string; side: string; amount: string }[];
  };
  return legs.map(({ account, side, amount }, n) => ({
    ...{ eventId: id, n, stream, type, occurredAt, period: MARCH, earnedIn: null, account },
    ...{ debit: side === 'debit' ? amount : '0', credit: side === 'credit' ? amount : '0' },
    ...{ asset: 'BRL/2', entity: 'main', programme: '-', partner: 'p1' },
    ...{ plan: null, country: null, bank: null },
  }));
}

function booked(amount: number): { readonly entry: never } {
  const legs = entryOf(
    [['Expenses:Commission', amount]],
    [['Liabilities:Commission:Held', amount]],
  );
  return { entry: legs as never };
}

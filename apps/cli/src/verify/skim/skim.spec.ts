import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { archiveLine } from '@tributary/event-log';
import { type Recorded, canonicalJson, contentHashOf, sha256Hex } from '@tributary/kernel';

import type * as SourceThreads from '../../source-threads.fixture';
import { Told, entryOf } from '../events.fixture';
import { LogVerifier } from '../log-verifier';
import { skimArchive } from './skim-archive';

jest.mock('node:worker_threads', () =>
  jest.requireActual<typeof SourceThreads>('../../source-threads.fixture').sourceThreads(),
);

const [EXPENSE, HELD, RELEASED, PAYABLE] = [
  'Expenses:Commission',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Released',
  'Liabilities:Commission:Payable',
] as const;
/** So much is in each that the log comes in several slices. */
const LONG = 'São Paulo, 日本 "and" \\so on\n'.repeat(1_000);
const SALES = 60;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skim-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Sales in three streams, and what one of them has earned, released and been paid by a run. */
function told(): Told {
  const told = new Told();
  for (let n = 0; n < SALES; n++) told.add('sale', [`s${n % 3}`], 'SaleSaid', { n, text: LONG });
  const item = { partner: 'p1', gross: '300', withheld: '0', net: '300' };
  return told
    .add('earnings', ['p1'], 'CommissionPosted', {
      entry: entryOf([[EXPENSE, 500]], [[HELD, 500]]),
    })
    .add('earnings', ['p1'], 'CommissionReleased', {
      entry: entryOf([[HELD, 300]], [[RELEASED, 300]]),
    })
    .add('account', ['p1'], 'ReleaseTaken', {
      release: 'r1',
      entry: entryOf([[RELEASED, 300]], [[PAYABLE, 300]]),
    })
    .add('run', ['r1'], 'AnswersNoted', { items: [item] })
    .add('run', ['r1'], 'RunLocked', { count: 1, gross: '300', withheld: '0', net: '300' });
}

const linesOf = (events: readonly Recorded[]): string[] =>
  events.map((event, index) => archiveLine({ index, event }, canonicalJson(event.data)));

async function skimmed(
  lines: readonly string[],
  {
    tenant = null,
    behind = '',
    enoughBytes,
  }: { tenant?: string | null; behind?: string; enoughBytes?: number } = {},
) {
  const header = JSON.stringify({ archive: 'tributary-log@1', tenant });
  const above = [header, ...lines].map((line) => `${line}\n`).join('');
  const footer = { events: lines.length, size: lines.length, sha256: sha256Hex(above) };
  return await asFile(`${above}${JSON.stringify(footer)}\n${behind}`, lines.length, enoughBytes);
}

async function asFile(text: string, events: number, enoughBytes?: number) {
  const file = join(folder, 'log.ndjson');
  await writeFile(file, text);
  return await skimArchive(file, [events, 7], enoughBytes);
}

/** As somebody would who knows how everything is hashed. */
const rewritten = (event: Recorded, data: Recorded['data']): Recorded => ({
  ...event,
  data,
  contentHash: contentHashOf({ ...event, data }),
});

describe('skimming an archive', () => {
  it('sees what is seen by whoever reads it with care', async () => {
    const { events } = told();
    const careful = new LogVerifier({ dense: true, rootsAt: [events.length, 7] });
    for (const event of events) careful.take(event);
    const seen = await skimmed(linesOf(events));
    expect(careful.findings).toEqual([]);
    const { streams, head, bySize, roots } = careful;
    expect(seen).toMatchObject({ events: events.length, streams, head, bySize, findings: [] });
    expect([...(seen?.roots ?? [])].sort()).toEqual([...roots].sort());
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['a byte of its content', (lines) => change(lines, 5, '\\"n\\":5', '\\"n\\":6')],
    ['a fingerprint in a form of its own', (lines) => change(lines, 5, '"f"', '"\\u0066" ')],
    ['a fingerprint that is no JSON', (lines) => change(lines, 5, '"f"', '"\\q"')],
    ['a fingerprint of more than one line', (lines) => change(lines, 5, '"f"', '"\t"')],
    [
      'a position that does not rise',
      (lines) => change(lines, 5, '"position":"6"', '"position":"5"'),
    ],
    ['an index that was left out', (lines) => change(lines, 5, '"index":5', '"index":6')],
    ['an event too few', (lines) => lines.toSpliced(5, 1)],
    ['an event too many', (lines) => lines.toSpliced(5, 0, lines[5] as string)],
    [
      'events that changed places',
      (lines) => lines.toSpliced(5, 2, ...lines.slice(5, 7).reverse()),
    ],
    ['what is no event', (lines) => lines.toSpliced(5, 1, '{}')],
  ])('says nothing of a log with %s', async (_, changed) => {
    const lines = linesOf(told().events);
    const tampered = changed(lines);
    expect(tampered).not.toEqual(lines);
    expect(await skimmed(tampered)).toBeUndefined();
  });

  it.each<[string, () => readonly Recorded[]]>([
    [
      'an account below zero',
      () =>
        told().add('earnings', ['p1'], 'CommissionReleased', {
          entry: entryOf([[HELD, 201]], [[RELEASED, 201]]),
        }).events,
    ],
    [
      'money that came from nowhere',
      () =>
        told().add('account', ['p1'], 'Adjusted', {
          entry: entryOf([['Equity:Funding', 5]], [[PAYABLE, 5]]),
        }).events,
    ],
    [
      'an account that nobody knows',
      () =>
        told().add('account', ['p1'], 'Adjusted', {
          entry: entryOf([['Assets:Elsewhere', 5]], [[PAYABLE, 5]]),
        }).events,
    ],
    [
      'a release that was booked twice',
      () => told().add('account', ['p1'], 'ReleaseTaken', { release: 'r1' }).events,
    ],
    [
      'a run that pays another sum',
      () =>
        told().add('run', ['r1'], 'RunReleased', {
          ...{ count: 1, gross: '300', withheld: '0', net: '299' },
        }).events,
    ],
    [
      'a revision that was left out',
      () =>
        told().events.map((event, i) => (i === SALES - 1 ? { ...event, revision: 25n } : event)),
    ],
    [
      'an entry that does not balance',
      () =>
        told().events.map((event) =>
          event.type === 'CommissionPosted'
            ? rewritten(event, { entry: entryOf([[EXPENSE, 5]], [[HELD, 6]]) })
            : event,
        ),
    ],
  ])('says nothing of a log with %s', async (_, events) => {
    expect(await skimmed(linesOf(told().events))).toBeDefined();
    expect(await skimmed(linesOf(events()))).toBeUndefined();
  });

  it('says nothing of a file that does not end as it was written, or is of one tenant', async () => {
    const lines = linesOf(told().events);
    expect(await skimmed(lines, { tenant: 't' })).toBeUndefined();
    expect(await skimmed(lines, { behind: '{}\n' })).toBeUndefined();
    const cut = `{"archive":"tributary-log@1","tenant":null}\n${lines.join('\n')}\n`;
    expect(await asFile(cut, lines.length)).toBeUndefined();
    expect(await asFile('', 0)).toBeUndefined();
    expect(await asFile('{"events":0}', 0)).toBeUndefined();
  });

  it('has another root where a leaf was changed together with everything that says so', async () => {
    const lines = linesOf(told().events);
    const [seen, forged] = [await skimmed(lines), await skimmed(change(lines, 5, '-7', '-8'))];
    expect(forged?.roots.get(lines.length)).not.toEqual(seen?.roots.get(lines.length));
  });

  it('sees the same on threads, and no more', async () => {
    const lines = linesOf(told().events);
    const alone = await skimmed(lines);
    const beside = await skimmed(lines, { enoughBytes: 0 });
    const { events, streams, head, bySize, roots } = alone as NonNullable<typeof alone>;
    expect(beside).toMatchObject({ events, streams, head, bySize, roots });
    const tampered = change(lines, 40, '\\"n\\":40', '\\"n\\":41');
    expect(tampered).not.toEqual(lines);
    expect(await skimmed(tampered, { enoughBytes: 0 })).toBeUndefined();
  });

  it('takes a log without events for what it is', async () => {
    expect(await skimmed([])).toMatchObject({ events: 0, streams: 0, head: 0n });
  });
});

const change = (lines: string[], at: number, from: string, to: string): string[] =>
  lines.with(at, (lines[at] as string).replace(from, to));

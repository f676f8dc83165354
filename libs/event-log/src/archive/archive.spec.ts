import { leafText, prepare, sha256Hex, streamOf, type Recorded } from '@tributary/kernel';
import { MemoryEventLog } from '../memory/memory-event-log';
import { everythingOf, facts } from '../contract/facts.fixture';
import { archiveOf } from './write-archive';
import { openArchive } from './read-archive';
import { takeArchive } from './take-archive';

let clockMs = 0;
const someLog = () => new MemoryEventLog({ now: () => (clockMs += 1_000) });

async function filled(): Promise<MemoryEventLog> {
  const log = someLog();
  for (let i = 0; i < 12; i++) {
    const stream = streamOf('fact', i % 4 === 3 ? 'rival' : 'acme', `s${i % 3}t${i % 4}`);
    const there = (await everythingOf(log.read(stream))).length;
    await log.append(stream, there === 0 ? 'none' : BigInt(there - 1), facts(2));
  }
  return log;
}

async function linesOf(...[log, options]: Parameters<typeof archiveOf>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of archiveOf(log, options)) lines.push(line.slice(0, -1));
  return lines;
}

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function read(lines: readonly string[]) {
  const archive = await openArchive(from(lines));
  const events: Recorded[] = [];
  for await (const { event } of archive.events) events.push(event);
  return { events, footer: archive.footer(), header: archive.header };
}

async function all(log: MemoryEventLog): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const batch of log.readAll(0n)) events.push(...batch.events);
  return events;
}

describe('taking a log along', () => {
  it('writes the same bytes each time, and reads back every event as it was', async () => {
    const log = await filled();
    const lines = await linesOf(log);
    expect(await linesOf(log)).toEqual(lines);
    const { events, footer } = await read(lines);
    expect(events).toEqual(await all(log));
    expect(footer).toMatchObject({ events: 24, size: 24 });
  });

  it('refuses a line in which any one byte was flipped, and names the line', async () => {
    const lines = await linesOf(await filled());
    const line = Buffer.from(lines[1] as string);
    for (let at = 0; at < line.length; at++) {
      const flipped = Buffer.from(line);
      flipped[at] = (flipped[at] as number) ^ 1;
      const changed = [lines[0] as string, flipped.toString(), ...lines.slice(2)];
      await expect(read(changed)).rejects.toMatchObject({ code: 'archive_broken' });
    }
  });

  it('brings a log to another one with the same leaves in the same order, also when it is repeated', async () => {
    const log = await filled();
    const lines = await linesOf(log);
    const target = someLog();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await takeArchive(target, await openArchive(from(lines)))).toBe(24);
    }
    const leaves = (events: readonly Recorded[]) => events.map((event) => leafText(event));
    expect(leaves(await all(target))).toEqual(leaves(await all(log)));
    expect(await linesOf(target)).toEqual(lines);
  });

  it('goes on where an earlier attempt stopped, and leaves a log with a history of its own alone', async () => {
    const lines = await linesOf(await filled());
    const begun = someLog();
    for await (const { index, event } of (await openArchive(from(lines))).events) {
      if (index === 7) break;
      const { stream, revision, recordedAt } = event;
      const expected = revision === 0n ? 'none' : revision - 1n;
      const events = [prepare(event, event, event.commandIndex, event.id)];
      await begun.copyIn([{ stream, expected, recordedAt, events }]);
    }
    expect(await takeArchive(begun, await openArchive(from(lines)))).toBe(24);
    expect(await linesOf(begun)).toEqual(lines);
    await expect(takeArchive(await filled(), await openArchive(from(lines)))).rejects.toMatchObject(
      {
        code: 'log_not_empty',
        facts: { index: 0 },
      },
    );
  });

  it.each([
    ['says more than an event holds', (content: string) => content.replace('{', '{"aside":1,')],
    ['says it in another form', (content: string) => content.replace('{', '{ ')],
  ])('takes no event whose text %s, and nothing that stands beside it', async (_, change) => {
    const lines = withContent(await linesOf(await filled()), 6, change);
    // Each line fits its own leaf, and the footer fits all lines.
    expect((await read(lines)).events).toHaveLength(24);
    const target = someLog();
    await expect(takeArchive(target, await openArchive(from(lines)))).rejects.toMatchObject({
      code: 'archive_broken',
      message: expect.stringMatching(/^Line 7: its content comes to the hash/) as string,
      facts: { line: 7, index: 5 },
    });
    expect(await target.head()).toBe(0n);
  });

  it('keeps the indexes of the whole log where it holds one tenant only, and is no log by itself', async () => {
    const lines = await linesOf(await filled(), { tenant: 'rival' });
    const { header, footer } = await read(lines);
    expect([header.tenant, footer.events, footer.size]).toEqual(['rival', 6, 24]);
    expect(JSON.parse(lines[1] as string)).toMatchObject({ index: 6 });
    await expect(takeArchive(someLog(), await openArchive(from(lines)))).rejects.toMatchObject({
      code: 'archive_partial',
    });
  });

  const changed = (what: string, change: (lines: string[]) => string[], why: RegExp) =>
    [what, change, why] as const;
  it.each([
    changed(
      'a changed amount',
      (lines) => at(lines, 5, (line) => line.replace('\\"n\\":0', '\\"n\\":7')),
      /Line 6: its content hashes to/,
    ),
    changed(
      'a changed stream',
      (lines) => at(lines, 5, (line) => line.replace('fact-acme', 'fact-acmf')),
      /Line 26: a line above was changed/,
    ),
    changed(
      'a changed fingerprint',
      (lines) => at(lines, 5, (line) => line.replace('ffff', 'fffe')),
      /a line above was changed/,
    ),
    changed(
      'a dropped line',
      (lines) => lines.filter((_, i) => i !== 5),
      /24 events were written, 23 are there/,
    ),
    changed(
      'a repeated line',
      (lines) => lines.flatMap((line, i) => (i === 5 ? [line, line] : [line])),
      /Line 7: index 4 follows 4/,
    ),
    changed('lines that changed places', (lines) => swap(lines, 5, 6), /index 4 follows 5/),
    changed('an end that was cut off', (lines) => lines.slice(0, -1), /the footer is missing/),
    changed('a line behind the end', (lines) => [...lines, '{}'], /something follows the footer/),
    changed('another kind of file', (lines) => ['{}', ...lines], /Line 1: an archive begins with/),
  ])('finds %s', async (_, change, why) => {
    const lines = change(await linesOf(await filled()));
    await expect(read(lines)).rejects.toThrow(why);
  });
});

/** Of one line, whose leaf and whose footer are made to fit it. */
function withContent(
  lines: string[],
  place: number,
  change: (content: string) => string,
): string[] {
  const forged = at(lines, place, (line) => {
    const parts = JSON.parse(line) as { content: string; leaf: string };
    const leaf = JSON.parse(parts.leaf) as { contentHash: string };
    const content = change(parts.content);
    const fitting = parts.leaf.replace(leaf.contentHash, sha256Hex(content));
    return JSON.stringify({ ...parts, leaf: fitting, content });
  });
  const body = forged.slice(0, -1);
  const footer = JSON.parse(forged.at(-1) as string) as { sha256: string };
  const sha256 = sha256Hex(body.map((line) => `${line}\n`).join(''));
  return [...body, JSON.stringify({ ...footer, sha256 })];
}

const at = (lines: string[], place: number, change: (line: string) => string): string[] =>
  lines.map((line, i) => (i === place ? change(line) : line));

const swap = (lines: string[], a: number, b: number): string[] =>
  lines.map((line, i) => (i === a ? lines[b] : i === b ? lines[a] : line) as string);

import { join } from 'node:path';

import { CodedError } from '@tributary/kernel';

import { type Command, EXIT, type ExitCode, type Surroundings, parseOptions } from './command';
import { linesOf, sizeOf } from './files';
import { dataDirectoryOf } from './log-source';
import { liveOf } from './replay/live';
import { type Replay, type Replayed, replayArchive } from './replay/replay-archive';
import { scratchOf } from './replay/scratch';

const OPTIONS = {
  archive: { type: 'string' },
  into: { type: 'string' },
  compare: { type: 'string', multiple: true },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const replay: Command = {
  name: 'replay',
  summary: 'rebuild the whole state from an exported log, and compare it with a system at work',
  help: `Usage: tributary replay --archive <file> [--compare <postgres url>] [--into <postgres url>] [--json]

Takes a log from a file on a clean machine, checks each event, decides every posting and release once more, and fills every table
of every service with the code that fills them live. Nothing is decided anew, nothing is sent. Each table gets a digest: two systems
with the same digests show the same. With --compare this is level L5 of tributary verify.

  --archive <file>    what tributary export wrote, of the whole log
  --compare <url>     the database of the system at work; of one service that has its own: --compare ledger=postgres://…
                      It should stand still, or be at the end of the archive: what came later is a difference, and is told as such.
  --into <url>        an empty PostgreSQL to fill; otherwise one of our own, in replay/ of the data directory, deleted afterwards.
                      What was interrupted is taken up by the same command again, where it stopped.
  --data-dir <dir>    (TRIBUTARY_DATA_DIR, .data)
  --json              one object instead of lines; progress goes to the standard error

What it does not fill: keys, directories in which services find their own streams, and what a service remembers of commands.

Exit codes: 0 rebuilt, and equal where it was compared, 1 something differs or is not as it was written (named), 2 wrong options,
3 could not read or write, 4 differs, but the system at work has moved on since the export, or some events could not be read.`,
  async run(args, surroundings) {
    const { archive, into, compare, json, ...rest } = parseOptions('replay', args, OPTIONS);
    if (archive === undefined) throw unusable('--archive names the file to read.');
    const live = compare && liveOf('compare', compare);
    const dataDirectory = rest['data-dir'] ?? surroundings.variables['TRIBUTARY_DATA_DIR'];
    const reading = new Reading(archive, await sizeOf(archive));
    const target = await scratchOf(into, join(dataDirectoryOf(dataDirectory), 'replay'), archive);
    try {
      const replayed = await replayArchive({
        lines: reading.lines(),
        into: target.url,
        progress: progressOn(surroundings, archive, reading),
        ...(live && { live }),
      });
      surroundings.out(json ? asJson(replayed) : asText(replayed));
      await target.finished();
      return exitOf(replayed);
    } finally {
      await target.close();
    }
  },
};

const EVERY_MS = 1_000;
const BAR_WIDTH = 20;

/** Counts what is read, because nobody knows how many events there will be before the last line. */
class Reading {
  private read = 0;

  constructor(
    private readonly archive: string,
    readonly bytes: number,
  ) {}

  /** Undefined of a packed file, whose lines say nothing of how much of it was read. */
  get share(): number | undefined {
    return this.archive.endsWith('.gz') ? undefined : Math.min(this.read / this.bytes, 1);
  }

  async *lines(): AsyncGenerator<string, void, undefined> {
    for await (const line of linesOf(this.archive)) {
      this.read += Buffer.byteLength(line) + 1;
      yield line;
    }
  }
}

/** On the standard error, so that what is printed stays what was asked for. */
function progressOn({ note }: Surroundings, archive: string, reading: Reading): Replay['progress'] {
  if (note === undefined) return () => undefined;
  let [stage, stageAt, lastAt, toldAt] = ['', 0, performance.now(), 0];
  note(`replay: ${archive}, ${reading.bytes} bytes`);
  return (now, done, of) => {
    const at = performance.now();
    // A stage begins where the one before it was last heard of.
    if (now !== stage) [stage, stageAt, toldAt] = [now, lastAt, at - EVERY_MS];
    lastAt = at;
    if (at - toldAt < EVERY_MS) return;
    toldAt = at;
    const rate = Math.round((done / Math.max(at - stageAt, 1)) * 1000);
    const share = of > 0 ? done / of : now === 'import' ? reading.share : undefined;
    const counted = of > 0 ? `${done} of ${of}` : `${done}`;
    const part = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`;
    const unit = now === 'compare' ? 'tables' : 'events';
    note(`${barOf(share)}${stage}: ${counted}${part} ${unit}, ${rate}/s`);
  };
}

function barOf(share: number | undefined): string {
  if (share === undefined) return '';
  const full = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] `;
}

function exitOf({ verifier, postings, tables, parked, movedOn }: Replayed): ExitCode {
  if (verifier.findings.length + postings.findings.length > 0) return EXIT.wrong;
  if (tables.some(({ equal }) => equal === false)) return movedOn > 0n ? EXIT.open : EXIT.wrong;
  return parked + postings.ofOtherEngines.length > 0 ? EXIT.open : EXIT.fine;
}

const findingsOf = ({ verifier, postings }: Replayed) => [
  ...verifier.findings,
  ...postings.findings,
];

function asText(replayed: Replayed): string {
  const { verifier, postings, tables, parked, movedOn, importSeconds, rebuildSeconds } = replayed;
  const width = Math.max(...tables.map(({ service, table }) => `${service}.${table}`.length));
  const isCompared = tables.some(({ equal }) => equal !== undefined);
  const different = tables.filter(({ equal }) => equal === false).length;
  return [
    `${verifier.events} events in ${verifier.streams} streams: imported in ${importSeconds.toFixed(1)} s, state rebuilt ${rebuildSeconds.toFixed(1)} s later`,
    `${postings.count} postings and ${postings.releases} releases decided once more`,
    ...tables.map(
      ({ service, table, rows, sha256, equal }) =>
        `  ${`${service}.${table}`.padEnd(width)}  ${sha256.slice(0, 16)}  ${rows} rows${equal === undefined ? '' : equal ? ', equal' : ', DIFFERENT'}`,
    ),
    ...tables.flatMap(({ service, table, differences }) =>
      differences.map((what) => `DIFFERENT in ${service}.${table}: ${what}`),
    ),
    ...findingsOf(replayed).map(
      ({ position, what, stream, detail }) =>
        `WRONG at position ${position}: ${what} of ${stream}: ${detail}`,
    ),
    ...(parked > 0 ? [`${parked} streams could not be read to their end.`] : []),
    ...(movedOn > 0n
      ? [`The system at work has ${movedOn} events more than the archive: export it again.`]
      : []),
    isCompared
      ? different === 0
        ? `L5   intact  the read models are what the log gives: ${tables.length} tables`
        : `L5   ${movedOn > 0n ? 'open  ' : 'broken'}  ${different} of ${tables.length} tables differ`
      : `L5   open    nothing was compared (--compare): ${tables.length} tables are filled`,
  ].join('\n');
}

function asJson(replayed: Replayed): string {
  const { verifier, postings, tables, parked, movedOn, importSeconds, rebuildSeconds } = replayed;
  const seconds = (value: number) => Number(value.toFixed(3));
  return JSON.stringify(
    {
      events: verifier.events,
      streams: verifier.streams,
      head: String(verifier.head),
      postings: postings.count,
      releases: postings.releases,
      importSeconds: seconds(importSeconds),
      rebuildSeconds: seconds(rebuildSeconds),
      tables,
      parked,
      movedOn: String(movedOn),
      findings: findingsOf(replayed).map(({ position, revision, ...finding }) => ({
        position: String(position),
        revision: String(revision),
        ...finding,
      })),
    },
    null,
    2,
  );
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary replay --help`);

import { type Command, EXIT, parseOptions } from './command';
import { eventsIn, openLog, sourceOf } from './log-source';
import { LogVerifier } from './verify/log-verifier';

export const replay: Command = {
  name: 'replay',
  summary: 'read a whole event log again and prove that every event is what was written',
  help: `Usage: tributary replay [--url <postgres url>] [--data-dir <dir>] [--schema <name>] [--json]

Reads everything, in order, and changes nothing. Computes the hash of every event from its content, and checks that
revisions have no gap in any stream, positions none in the log, and that every entry sums to zero.

  --url <url>      the database of the log; otherwise DATABASE_URL, otherwise our own PostgreSQL in
  --data-dir <dir> (TRIBUTARY_DATA_DIR, .data), which may run or not
  --schema <name>  where the log lies in it; otherwise log
  --json           one object instead of lines

Exit codes: 0 all is as it was written, 1 something is wrong (its position is named), 2 wrong options, 3 could not read.`,
  async run(args, { variables, out }) {
    const options = parseOptions('replay', args, {
      url: { type: 'string' },
      'data-dir': { type: 'string' },
      schema: { type: 'string', default: 'log' },
      json: { type: 'boolean', default: false },
    });
    const source = await sourceOf(
      options.url ?? variables['DATABASE_URL'],
      options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'],
    );
    try {
      const { verified, seconds } = await read(source.url, options.schema);
      out(options.json ? asJson(verified, seconds) : asText(verified, seconds));
      return verified.findings.length === 0 ? EXIT.fine : EXIT.wrong;
    } finally {
      await source.close();
    }
  },
};

/** Up to the first event that is wrong. */
async function read(
  url: string,
  schema: string,
): Promise<{ verified: LogVerifier; seconds: number }> {
  const log = await openLog(url, schema);
  const startedAt = performance.now();
  const verified = new LogVerifier({ dense: true });
  try {
    for await (const event of eventsIn(log)) {
      verified.take(event);
      if (verified.findings.length > 0) break;
    }
    return { verified, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await log.close();
  }
}

const rateOf = (events: number, seconds: number): number =>
  Math.round(events / Math.max(seconds, 0.001));

function asText(
  { events, streams, head, bySize: categories, findings }: LogVerifier,
  seconds: number,
): string {
  const [wrong] = findings;
  const width = Math.max(0, ...categories.map(([name]) => name.length));
  return [
    `${events} events in ${streams} streams read in ${seconds.toFixed(1)} s (${rateOf(events, seconds)} events/s), up to position ${head}`,
    ...categories.map(([name, count]) => `  ${name.padEnd(width)}  ${count}`),
    wrong === undefined
      ? 'Every hash, revision, position and entry is as it was written.'
      : `WRONG at position ${wrong.position}: ${wrong.what} of ${wrong.stream} revision ${wrong.revision}: ${wrong.detail}`,
  ].join('\n');
}

function asJson(
  { events, streams, head, bySize: categories, findings }: LogVerifier,
  seconds: number,
): string {
  const [wrong] = findings;
  const report = {
    events,
    streams,
    head: String(head),
    seconds: Number(seconds.toFixed(3)),
    eventsPerSecond: rateOf(events, seconds),
    categories: Object.fromEntries(categories),
    wrong: wrong && {
      ...wrong,
      position: String(wrong.position),
      revision: String(wrong.revision),
    },
  };
  return JSON.stringify(report, null, 2);
}

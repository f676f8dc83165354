import {
  type CopyTarget,
  PostgresEventLog,
  openArchive,
  openEventStoreDbLog,
  postgresLogMigrations,
  takeArchive,
} from '@tributary/event-log';
import { CodedError } from '@tributary/kernel';
import { Database } from '@tributary/postgres';

import { type Command, EXIT, parseOptions } from './command';
import { linesOf } from './files';

export const importLog: Command = {
  name: 'import',
  summary: 'bring an exported log into an empty one, in PostgreSQL or EventStoreDB',
  help: `Usage: tributary import --from <file> --into <url> [--schema <name>] [--json]

Checks each line before anything of it is written, and writes the events in their order, with their times. Leaves, and so every
proof, stay what they were; positions are the new log's own. What was interrupted is taken up by the same command again.

  --from <file>    what tributary export wrote, of the whole log; unpacked where the name ends in .gz
  --into <url>     postgres://… or esdb://…, a log that is empty or that an earlier attempt has begun to fill
  --schema <name>  where the log shall lie in PostgreSQL; otherwise log
  --json           one object instead of a line

Exit codes: 0 all is there, 1 the file is broken (its line is named), 2 wrong options, 3 could not read or write.`,
  async run(args, { out }) {
    const { from, into, schema, json } = parseOptions('import', args, {
      from: { type: 'string' },
      into: { type: 'string' },
      schema: { type: 'string', default: 'log' },
      json: { type: 'boolean', default: false },
    });
    if (from === undefined) throw unusable('--from names the file to read.');
    if (into === undefined) throw unusable('--into names the log to fill.');
    const archive = await openArchive(linesOf(from));
    const { log, close } = await openTarget(into, schema);
    let written = 0;
    try {
      const events = await takeArchive(log, archive, (through) => (written = through));
      out(json ? JSON.stringify({ from, events }) : `${events} events are in the log.`);
      return EXIT.fine;
    } catch (caught) {
      // A log with a history of its own is not one that an attempt has begun to fill.
      if (!(caught instanceof CodedError) || caught.code === 'log_not_empty') throw caught;
      const error = withWritten(caught, written);
      if (error.code !== 'archive_broken') throw error;
      const { code, message } = error;
      out(json ? JSON.stringify({ error: code, message, events: written }) : message);
      return EXIT.wrong;
    } finally {
      await close();
    }
  },
};

/** Whoever reads why it stopped has to know what there is by then. */
function withWritten(error: CodedError, written: number): CodedError {
  const { code, message, facts } = error;
  const there =
    written === 0
      ? 'Nothing was written.'
      : `By then ${written} events of it were in the log; the same command, with a file that is whole, goes on behind them.`;
  return new CodedError(code, `${message}\n${there}`, { ...facts, written }, { cause: error });
}

async function openTarget(
  url: string,
  schema: string,
): Promise<{ readonly log: CopyTarget; readonly close: () => Promise<void> }> {
  if (/^(?:esdb|kurrentdb)(?:\+discover)?:/.test(url)) {
    const log = openEventStoreDbLog({ url, now: Date.now });
    return { log, close: () => log.close() };
  }
  const database = await Database.open({ url, schema, migrations: [...postgresLogMigrations] });
  const log = await PostgresEventLog.open(database);
  return {
    log,
    close: async () => {
      await log.close();
      await database.close();
    },
  };
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary import --help`);

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
    try {
      const events = await takeArchive(log, archive);
      out(json ? JSON.stringify({ from, events }) : `${events} events are in the log.`);
      return EXIT.fine;
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'archive_broken') throw error;
      out(json ? JSON.stringify({ error: error.code, message: error.message }) : error.message);
      return EXIT.wrong;
    } finally {
      await close();
    }
  },
};

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

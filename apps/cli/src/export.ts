import { archiveOf } from '@tributary/event-log';
import { CodedError } from '@tributary/kernel';

import { type Command, EXIT, parseOptions } from './command';
import { writeLines } from './files';
import { openLog, sourceOf, tenantUnknown } from './log-source';

export const exportLog: Command = {
  name: 'export',
  summary:
    'write the log, or one tenant of it, into a file that can be checked and taken elsewhere',
  help: `Usage: tributary export --out <file> [--tenant <id>] [--through <position>] [--url <postgres url>]

Writes every event as one line: the very texts that were hashed, and what else the log knows of it. A footer says how many
there are, so that a file that was cut off is found out. The same log gives the same bytes. Changes nothing.

  --out <file>     where to, a file that is not there yet; it appears when it is whole, packed where the name ends in .gz
  --tenant <id>    only its events, to be read: such a file can be neither verified nor imported. What proves a tenant: tributary pack
  --through <n>    nothing behind this position
  --url <url>      the database of the log; otherwise DATABASE_URL, otherwise our own PostgreSQL in
  --data-dir <dir> (TRIBUTARY_DATA_DIR, .data), which may run or not
  --schema <name>  where the log lies in it; otherwise log

What personal data there is stands in the file as it does in the log: sealed, and of no use without its keys.

Exit codes: 0 written, 2 wrong options, 3 could not read or write.`,
  async run(args, { variables, out }) {
    const options = parseOptions('export', args, {
      out: { type: 'string' },
      tenant: { type: 'string' },
      through: { type: 'string' },
      url: { type: 'string' },
      'data-dir': { type: 'string' },
      schema: { type: 'string', default: 'log' },
      json: { type: 'boolean', default: false },
    });
    const { out: file, tenant, through } = options;
    if (file === undefined) throw unusable('--out names the file to write.');
    if (through !== undefined && !/^\d{1,18}$/.test(through))
      throw unusable('--through takes a position.');
    const source = await sourceOf(
      options.url ?? variables['DATABASE_URL'],
      options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'],
    );
    try {
      const log = await openLog(source.url, options.schema);
      let footer = '';
      const noted = async function* (): AsyncGenerator<string> {
        const which = {
          ...(tenant !== undefined && { tenant }),
          ...(through !== undefined && { through: BigInt(through) }),
        };
        for await (const line of archiveOf(log, which)) yield (footer = line);
        if (tenant !== undefined && countOf(footer).events === 0) throw tenantUnknown(tenant);
      };
      await writeLines(file, noted()).finally(() => log.close());
      const { events, size } = countOf(footer);
      out(
        options.json
          ? JSON.stringify({ file, events, size })
          : `${events} of ${size} events written to ${file}.${tenant === undefined ? ` Check it: tributary verify --archive ${file}` : ''}`,
      );
      return EXIT.fine;
    } finally {
      await source.close();
    }
  },
};

const countOf = (footer: string) =>
  JSON.parse(footer) as { readonly events: number; readonly size: number };

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary export --help`);

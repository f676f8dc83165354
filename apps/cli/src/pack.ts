import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { CodedError } from '@tributary/kernel';
import { withClient } from '@tributary/postgres';
import { type Verifier, verifierOf } from '@tributary/proofs';

import { type Command, EXIT, parseOptions } from './command';
import { textOf } from './files';
import { dataDirectoryOf, forAMoment, openLog, sourceOf } from './log-source';
import { SealedLog } from './pack/sealed-log';
import { writePack } from './pack/write-pack';

const TENANT = /^[a-z0-9]{1,32}$/;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

export const pack: Command = {
  name: 'pack',
  summary: 'one folder with everything that proves a month of one tenant, to be checked offline',
  help: `Usage: tributary pack --tenant <id> --period <yyyy-mm> --out <dir> [--checkpoint <size>] [--key <key or file>] [--json]

Writes a folder that an auditor can take away. It needs nothing of ours to be checked, and the same month gives the same bytes.

  checkpoint, log.vkey         what was signed, and the key that signed it
  events.ndjson                every event of the tenant up to that checkpoint, as the very texts that were hashed
  tile/…                       the hashes that lead from each of them to the signed root; nothing of other tenants can be read from them
  plans/, engines.json         each version of each plan as it was hashed, and which engines computed the postings
  books/<entity>/              journal.hledger, journal.beancount, trial-balance.json of the month, certificate.json once there is one
  manifest.json                the hash of every file

  --checkpoint <size>  the checkpoint to rest on; otherwise, of a month that is closed and certified, the first that covers its
                       certificate, and of any other month the last one: that one moves on as the log grows
  --key <text>         the public key of the log, or a file with it; otherwise signer/signer.pub in the data directory
  --url, --ledger-url, --data-dir, --schema   as for tributary verify

Check it: tributary verify --pack <dir> --key <key that you have from elsewhere>; hledger -f … check --strict ordereddates; bean-check.
Personal data is in it as it is in the log: sealed, and of no use without its keys.

Exit codes: 0 written, 2 wrong options, 3 could not read or write.`,
  async run(args, { variables, out }) {
    const options = parseOptions('pack', args, {
      tenant: { type: 'string' },
      period: { type: 'string' },
      out: { type: 'string' },
      checkpoint: { type: 'string' },
      key: { type: 'string' },
      url: { type: 'string' },
      'ledger-url': { type: 'string' },
      'data-dir': { type: 'string' },
      schema: { type: 'string', default: 'log' },
      json: { type: 'boolean', default: false },
    });
    const { tenant = '', period = '', checkpoint } = options;
    if (!TENANT.test(tenant)) throw unusable('--tenant names whose month it is.');
    if (!MONTH.test(period)) throw unusable('--period takes a month, such as 2026-03.');
    if (options.out === undefined) throw unusable('--out names the folder to write.');
    if (checkpoint !== undefined && !/^[1-9]\d{0,15}$/.test(checkpoint))
      throw unusable('--checkpoint takes the size of a checkpoint.');
    const folder = resolve(options.out);
    const dataDirectory = options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'];
    const { verifierKey, key } = await keyOf(options.key, dataDirectory);
    const source = await sourceOf(options.url ?? variables['DATABASE_URL'], dataDirectory);
    try {
      const packed = await withClient(
        forAMoment(options['ledger-url'] ?? source.url),
        async (client) => {
          const log = await openLog(source.url, options.schema);
          try {
            const sealed = new SealedLog(client, 'ledger');
            const covering = await sealed.certifiedAt(log, tenant, period);
            const note = await sealed.checkpoint({
              ...(checkpoint !== undefined && { size: Number(checkpoint) }),
              ...(covering !== undefined && { covering }),
            });
            const wanted = { tenant, period, out: folder, note, key, verifierKey };
            return await writePack(log, sealed, wanted);
          } finally {
            await log.close();
          }
        },
      );
      out(
        options.json
          ? JSON.stringify({ folder, ...packed })
          : `${packed.events} of ${packed.size} events and ${packed.files} files in ${folder}. Check it: tributary verify --pack ${folder} --key ${verifierKey}`,
      );
      return EXIT.fine;
    } finally {
      await source.close();
    }
  },
};

async function keyOf(
  given: string | undefined,
  dataDirectory: string | undefined,
): Promise<{ readonly verifierKey: string; readonly key: Verifier }> {
  const local = join(dataDirectoryOf(dataDirectory), 'signer', 'signer.pub');
  const text = given ?? (existsSync(local) ? local : undefined);
  if (text === undefined) throw unusable('--key names the public key of the log.');
  const verifierKey = existsSync(text) ? (await textOf(text)).trim() : text;
  return { verifierKey, key: verifierOf(verifierKey) };
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary pack --help`);

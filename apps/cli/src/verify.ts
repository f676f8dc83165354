import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type EventLog, archiveOf, openArchive } from '@tributary/event-log';
import { CodedError, type Recorded, hasCode } from '@tributary/kernel';
import { type Verifier, verifierOf } from '@tributary/proofs';

import { type Command, EXIT, parseOptions } from './command';
import { linesOf, textOf } from './files';
import { dataDirectoryOf, eventsIn, openLog, sourceOf } from './log-source';
import { openPack } from './pack/check-pack';
import type { Given } from './verify/levels';
import { readModelsLevel } from './verify/read-models';
import { type Report, asJson, asText, exitOf } from './verify/report';
import { sealedIn } from './verify/sealed-leaves';
import { type UpTo, verifyArchive, verifyLog, verifyPack } from './verify/verify-log';

const OPTIONS = {
  archive: { type: 'string' },
  pack: { type: 'string' },
  checkpoint: { type: 'string' },
  since: { type: 'string' },
  'read-models': { type: 'string', multiple: true },
  key: { type: 'string' },
  url: { type: 'string' },
  'ledger-url': { type: 'string' },
  'data-dir': { type: 'string' },
  schema: { type: 'string', default: 'log' },
  'up-to': { type: 'string', default: 'L6' },
  json: { type: 'boolean', default: false },
} as const;

export const verify: Command = {
  name: 'verify',
  summary: 'prove that the log is what was written and signed, and name what is not',
  help: `Usage: tributary verify [--archive <file> | --pack <dir>] [--checkpoint <file>] [--since <file>] [--key <key or file>] [--json]

Reads every event and changes nothing. Believes nobody: each hash, each sum, each posting and the root of all are computed again.

  L0  the checkpoint is signed by the key of the log
  L1  every event is as it was written: content, place in its stream and in the log, balanced entry, and the leaf that the ledger
      has sealed for it. After each the books add up: no account below zero, what came to a partner is what became of it, no
      release booked and no item settled twice, a run pays the sum of its items
  L2  the log begins with an earlier checkpoint, which you have kept yourself (--since), or which a witness has signed
  L3  all events together have the root that was signed
  L4  every posting and every release follows from the facts of its own stream, decided once more, a posting with its engine
  L5  the read models are what the log gives, table by table (--read-models)
  L6  every payment and repayment stands on one line of a bank statement, statements continue one another, cash is what the lines say

  --archive <file>    what tributary export wrote; otherwise the log in a database
  --pack <dir>        what tributary pack wrote: every file in it, and L0, L1, L3, L4 and L6 of its tenant
  --checkpoint <file> as GET /v1/log/checkpoint answers; otherwise the last one in the database of the ledger
  --since <file>      a checkpoint that you have kept. Keep one from time to time: it is what nobody can take back.
  --key <text>        the public key of the log, or a file with it; otherwise signer/signer.pub in the data directory
  --read-models <url> the database whose tables to hold against the log, of a system that stands still; one service that has its
                      own: --read-models ledger=postgres://… All tables are filled once more in a database that is thrown away.
  --url <url>         the database of the log; otherwise DATABASE_URL, otherwise our own PostgreSQL in
  --data-dir <dir>    (TRIBUTARY_DATA_DIR, .data), which may run or not
  --ledger-url <url>  the database of the ledger, where it is another one
  --up-to L3          look no further: whether everything is as it was written and signed, and not what it means. An archive is
                      skimmed on all processors then, in less than half of the time; whatever is wrong is looked at with care.
  --json              one object instead of lines

Exit codes: 0 intact, 1 broken (what and where is named), 2 wrong options, 3 could not look, 4 intact as far as could be
looked, but something that a level needs was not there.`,
  async run(args, { variables, out }) {
    const options = parseOptions('verify', args, OPTIONS);
    const { archive, pack, json } = options;
    const dataDirectory = options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'];
    assertOneThing(options);
    const given = await givenOf(options, pack === undefined ? dataDirectory : null);
    const { schema, url = variables['DATABASE_URL'], 'ledger-url': ledgerUrl } = options;
    try {
      const report =
        pack !== undefined
          ? await verifyPack(await openPack(resolve(pack)), given)
          : archive !== undefined
            ? await verifyFile(archive, given)
            : await verifyDatabase({ url, ledgerUrl, dataDirectory, schema }, given);
      out(json ? asJson(report) : asText(report));
      return exitOf(report);
    } catch (error) {
      // What cannot be read to its end has been changed since it was written.
      if (!hasCode(error, 'archive_broken', 'note_refused', 'pack_broken')) throw error;
      const { code, message } = error;
      out(json ? JSON.stringify({ error: code, message }) : `WRONG: ${message}`);
      return EXIT.wrong;
    }
  },
};

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;

function upToOf(level: string): UpTo {
  if (level === 'L3' || level === 'L6') return level;
  throw unusable('--up-to takes L3 or L6.');
}

function assertOneThing(options: Options): void {
  const { archive, pack, 'read-models': readModels, 'up-to': upTo } = options;
  if (upToOf(upTo) === 'L3' && (pack ?? readModels) !== undefined)
    throw unusable('--up-to L3 goes with a whole log, and without --read-models.');
  if (pack === undefined) return;
  if (archive !== undefined)
    throw unusable('--archive and --pack are two things to verify; give one.');
  if (readModels !== undefined)
    throw unusable('--read-models goes with a whole log; a pack holds one tenant.');
}

async function givenOf(options: Options, dataDirectory: string | null | undefined): Promise<Asked> {
  const { checkpoint, since, key, 'read-models': urls } = options;
  return {
    checkpoint: checkpoint && (await textOf(checkpoint)),
    since: since && (await textOf(since)),
    key: await keyOf(key, dataDirectory),
    upTo: upToOf(options['up-to']),
    readModels: urls && { urls, dataDirectory: dataDirectory ?? undefined },
  };
}

interface Where {
  readonly url: string | undefined;
  readonly ledgerUrl: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly schema: string;
}

interface Asked extends Given {
  readonly upTo: UpTo;
  readonly readModels:
    { readonly urls: readonly string[]; readonly dataDirectory: string | undefined } | undefined;
}

async function verifyDatabase(where: Where, given: Asked): Promise<Report> {
  const source = await sourceOf(where.url, where.dataDirectory);
  try {
    const log = await openLog(source.url, where.schema);
    try {
      const sealed = await sealedIn(where.ledgerUrl ?? source.url, 'ledger');
      const report = await verifyLog(eventsIn(log), given, sealed, true, given.upTo);
      return await withReadModels(report, given, () => linesIn(log));
    } finally {
      await log.close();
    }
  } finally {
    await source.close();
  }
}

async function* linesIn(log: EventLog): AsyncGenerator<string> {
  for await (const line of archiveOf(log)) yield line.trimEnd();
}

async function verifyFile(file: string, given: Asked): Promise<Report> {
  const report = await verifyArchive(file, () => eventsOfWholeLog(file), given, given.upTo);
  return await withReadModels(report, given, () => linesOf(file));
}

async function eventsOfWholeLog(file: string): Promise<AsyncIterable<Recorded>> {
  const { header, events } = await openArchive(linesOf(file));
  if (header.tenant !== null) {
    const message = `${file} holds tenant ${header.tenant} only; what is missing between its events cannot be verified.`;
    throw new CodedError('archive_partial', message, { tenant: header.tenant });
  }
  return (async function* (): AsyncGenerator<Recorded> {
    for await (const { event } of events) yield event;
  })();
}

/** What is not as it was written gives no state to compare with. */
async function withReadModels(
  report: Report,
  { readModels }: Asked,
  lines: () => AsyncIterable<string>,
): Promise<Report> {
  if (readModels === undefined || report.verifier.findings.length > 0) return report;
  const { urls, dataDirectory } = readModels;
  const { level, wrong } = await readModelsLevel(lines(), urls, dataDirectory);
  const levels = [...report.levels, level].sort((a, b) => (a.level < b.level ? -1 : 1));
  return { ...report, levels, wrong: [...report.wrong, ...wrong] };
}

/** Null: a key that happens to lie here says nothing of what came from elsewhere. */
async function keyOf(
  given: string | undefined,
  dataDirectory: string | null | undefined,
): Promise<Verifier | undefined> {
  const local =
    dataDirectory === null
      ? undefined
      : join(dataDirectoryOf(dataDirectory), 'signer', 'signer.pub');
  const text = given ?? (local !== undefined && existsSync(local) ? local : undefined);
  if (text === undefined) return undefined;
  return verifierOf(existsSync(text) ? (await textOf(text)).trim() : text);
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary verify --help`);

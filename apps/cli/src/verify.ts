import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openArchive } from '@tributary/event-log';
import { CodedError, type Recorded } from '@tributary/kernel';
import { type Verifier, verifierOf } from '@tributary/proofs';

import { type Command, EXIT, type ExitCode, parseOptions } from './command';
import { linesOf, textOf } from './files';
import { dataDirectoryOf, eventsIn, openLog, sourceOf } from './log-source';
import {
  type Given,
  type Level,
  eventsLevel,
  rebuildLevel,
  signatureLevel,
  sinceLevel,
  sizesOf,
} from './verify/levels';
import { LogVerifier } from './verify/log-verifier';
import { NOTHING_SEALED, type Sealed, sealedIn } from './verify/sealed-leaves';

export const verify: Command = {
  name: 'verify',
  summary: 'prove that the log is what was written and signed, and name what is not',
  help: `Usage: tributary verify [--archive <file>] [--checkpoint <file>] [--since <file>] [--key <key or file>] [--json]

Reads every event and changes nothing. Believes nobody: each hash, each sum and the root of all are computed again.

  L0  the checkpoint is signed by the key of the log
  L1  every event is as it was written: content, place in its stream and in the log, balanced entry, no account below zero,
      and the leaf that the ledger has sealed for it
  L2  the log begins with an earlier checkpoint, which you have kept yourself (--since)
  L3  all events together have the root that was signed

  --archive <file>    what tributary export wrote; otherwise the log in a database
  --checkpoint <file> as GET /v1/log/checkpoint answers; otherwise the last one in the database of the ledger
  --since <file>      a checkpoint that you have kept. Keep one from time to time: it is what nobody can take back.
  --key <text>        the public key of the log, or a file with it; otherwise signer/signer.pub in the data directory
  --url <url>         the database of the log; otherwise DATABASE_URL, otherwise our own PostgreSQL in
  --data-dir <dir>    (TRIBUTARY_DATA_DIR, .data), which may run or not
  --ledger-url <url>  the database of the ledger, where it is another one
  --json              one object instead of lines

Exit codes: 0 intact, 1 broken (what and where is named), 2 wrong options, 3 could not look, 4 intact as far as could be
looked, but something that a level needs was not there.`,
  async run(args, { variables, out }) {
    const options = parseOptions('verify', args, {
      archive: { type: 'string' },
      checkpoint: { type: 'string' },
      since: { type: 'string' },
      key: { type: 'string' },
      url: { type: 'string' },
      'ledger-url': { type: 'string' },
      'data-dir': { type: 'string' },
      schema: { type: 'string', default: 'log' },
      json: { type: 'boolean', default: false },
    });
    const dataDirectory = options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'];
    const key = await keyOf(options.key, dataDirectory);
    const files = {
      checkpoint: options.checkpoint && (await textOf(options.checkpoint)),
      since: options.since && (await textOf(options.since)),
    };
    const report =
      options.archive === undefined
        ? await verifyDatabase(
            {
              url: options.url ?? variables['DATABASE_URL'],
              ledgerUrl: options['ledger-url'],
              dataDirectory,
              schema: options.schema,
            },
            { ...files, key },
          )
        : await verifyArchive(options.archive, { ...files, key });
    out(options.json ? asJson(report) : asText(report));
    return exitOf(report);
  },
};

interface Report {
  readonly levels: readonly Level[];
  readonly verifier: LogVerifier;
}

interface Where {
  readonly url: string | undefined;
  readonly ledgerUrl: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly schema: string;
}

async function verifyDatabase(where: Where, given: Given): Promise<Report> {
  const source = await sourceOf(where.url, where.dataDirectory);
  try {
    const log = await openLog(source.url, where.schema);
    try {
      const sealed = await sealedIn(where.ledgerUrl ?? source.url, 'ledger');
      return await verified(eventsIn(log), given, sealed, true);
    } finally {
      await log.close();
    }
  } finally {
    await source.close();
  }
}

async function verifyArchive(file: string, given: Given): Promise<Report> {
  const { header, events: archived } = await openArchive(linesOf(file));
  if (header.tenant !== null) {
    const message = `${file} holds tenant ${header.tenant} only; what is missing between its events cannot be verified.`;
    throw new CodedError('archive_partial', message, { tenant: header.tenant });
  }
  const events = async function* (): AsyncGenerator<Recorded> {
    for await (const { event } of archived) yield event;
  };
  return await verified(events(), given, NOTHING_SEALED, false);
}

async function verified(
  events: AsyncIterable<Recorded>,
  files: Given,
  sealed: Sealed,
  dense: boolean,
): Promise<Report> {
  const given = { ...files, checkpoint: files.checkpoint ?? sealed.checkpoint };
  const verifier = new LogVerifier({
    dense,
    rootsAt: sizesOf(given),
    sealed: (index) => sealed.leaf(index),
  });
  for await (const event of events) verifier.take(event);
  const levels = [
    signatureLevel(given),
    eventsLevel(verifier),
    sinceLevel(verifier, given),
    rebuildLevel(verifier, given),
  ];
  return { levels, verifier };
}

async function keyOf(
  given: string | undefined,
  dataDirectory: string | undefined,
): Promise<Verifier | undefined> {
  const local = join(dataDirectoryOf(dataDirectory), 'signer', 'signer.pub');
  const text = given ?? (existsSync(local) ? local : undefined);
  if (text === undefined) return undefined;
  return verifierOf(existsSync(text) ? (await textOf(text)).trim() : text);
}

function exitOf({ levels }: Report): ExitCode {
  const outcomes = new Set(levels.map(({ outcome }) => outcome));
  if (outcomes.has('broken')) return EXIT.wrong;
  return outcomes.has('open') ? EXIT.open : EXIT.fine;
}

function asText({ levels, verifier }: Report): string {
  const { events, streams, head, findings, bySize } = verifier;
  const width = Math.max(0, ...bySize.map(([name]) => name.length));
  return [
    `${events} events in ${streams} streams, up to position ${head}`,
    ...bySize.map(([name, count]) => `  ${name.padEnd(width)}  ${count}`),
    ...levels.map(
      ({ level, outcome, proves, detail }) =>
        `${level}  ${outcome.padEnd(6)}  ${proves}: ${detail}`,
    ),
    ...findings.map(
      ({ position, what, stream, revision, detail }) =>
        `WRONG at position ${position}: ${what} of ${stream} revision ${revision}: ${detail}`,
    ),
  ].join('\n');
}

function asJson({ levels, verifier }: Report): string {
  const { events, streams, head, findings, bySize } = verifier;
  const report = {
    events,
    streams,
    head: String(head),
    categories: Object.fromEntries(bySize),
    levels,
    findings: findings.map(({ position, revision, ...finding }) => ({
      position: String(position),
      revision: String(revision),
      ...finding,
    })),
  };
  return JSON.stringify(report, null, 2);
}

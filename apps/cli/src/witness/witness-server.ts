import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { CodedError } from '@tributary/kernel';
import {
  type AddCheckpoint,
  type Verifier,
  type WitnessAnswer,
  parseAddCheckpoint,
  parseNote,
  witnessAnswer,
} from '@tributary/proofs';
import { type WitnessFolder, fileOfOrigin } from './witness-folder';

const MOST_BODY_BYTES = 64 * 1024;
const CHECKPOINT = /^\/([0-9a-f]{64})\/checkpoint$/;

export interface Witnessing {
  readonly folder: Pick<WitnessFolder, 'keep' | 'note' | 'seen' | 'signer'>;
  readonly logs: readonly Verifier[];
  readonly nowSeconds: () => number;
  /** What went wrong here and is not for the asker to know. */
  readonly failed: (error: unknown) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export interface WitnessServer {
  readonly address: string;
  stop(): Promise<void>;
}

/** POST /add-checkpoint and GET /<hash of origin>/checkpoint, as C2SP tlog-witness has them. */
export async function startWitness(
  witnessing: Witnessing,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<WitnessServer> {
  const oneByOne = new OneByOne();
  const server = createServer((request, response) => {
    answerTo(request, witnessing, oneByOne).then(
      (answer) => reply(response, answer),
      (error: unknown) => {
        witnessing.failed(error);
        reply(response, { status: 500, body: 'The witness could not keep what it saw.\n' });
      },
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  witnessing: Witnessing,
  oneByOne: OneByOne,
): Promise<Answer> {
  const { method, url = '' } = request;
  if (method === 'POST' && url === '/add-checkpoint') {
    const body = await bodyOf(request);
    if (body === undefined) return { status: 413, body: 'That is no checkpoint.\n' };
    // Between what was seen and what is kept nobody else may come.
    return await oneByOne.run(() => added(body, witnessing));
  }
  const [, asked] = CHECKPOINT.exec(url) ?? [];
  const log = witnessing.logs.find(({ name }) => fileOfOrigin(name) === asked);
  const note = method === 'GET' && log ? await witnessing.folder.note(log.name) : undefined;
  return note === undefined
    ? { status: 404, body: 'Nothing is kept under that name.\n' }
    : { status: 200, body: note };
}

async function added(
  body: string,
  { folder, logs, nowSeconds }: Pick<Witnessing, 'folder' | 'logs' | 'nowSeconds'>,
): Promise<Answer> {
  let request: AddCheckpoint;
  let origin: string | undefined;
  try {
    request = parseAddCheckpoint(body);
    origin = parseNote(request.checkpoint).text.split('\n')[0];
  } catch (error) {
    if (error instanceof CodedError) return { status: 400, body: `${error.message}\n` };
    throw error;
  }
  const log = logs.find(({ name }) => name === origin);
  const seen = log && (await folder.seen(log));
  const { signer } = folder;
  const answer = witnessAnswer(request, { log, seen, signer, atSeconds: nowSeconds() });
  if (answer.status === 200 && log) await folder.keep(log.name, request.checkpoint + answer.body);
  return told(answer);
}

const told = ({ status, body }: WitnessAnswer): Answer =>
  status === 409 ? { status, body, type: 'text/x.tlog.size' } : { status, body };

function reply(response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, { 'content-type': type ?? 'text/plain; charset=utf-8' });
  response.end(body);
}

/** Undefined where it is longer than any checkpoint with its proof. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class OneByOne {
  private last: Promise<unknown> = Promise.resolve();

  async run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = Promise.allSettled([mine]);
    return await mine;
  }
}

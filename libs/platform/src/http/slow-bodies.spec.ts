import { once } from 'node:events';
import { request as ask } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Body, Controller, Module, Post, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access';
import { FixedCallers, testSettings } from '../testing';
import { TakesLines } from './bodies';
import { createHttpApp } from './create-http-app';
import { listen } from './run-http-app';

const BODY_TIME_MS = 150;
const SLOWLY_MS = 100;

@Public()
@Controller()
class Counting {
  @Post('lines')
  @TakesLines()
  async count(@Body() body: unknown, @Res() reply: FastifyReply) {
    await reply.status(200).send(Readable.from(counted(body)));
  }
}

/** Answers while it reads. */
async function* counted(body: unknown): AsyncGenerator<string> {
  let count = 0;
  if (body instanceof Readable) for await (const _chunk of body) yield `${++count} `;
  yield 'all';
}

const carriedOut: unknown[] = [];

@Public()
@Controller()
class Taking {
  @Post('values')
  take(@Body() body: unknown): void {
    carriedOut.push(body);
  }
}

@Module({ controllers: [Counting, Taking] })
class Counts {}

describe('a body that is long on its way', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    app = await createHttpApp(Counts, {
      settings: { ...testSettings, DOCS: 'off' },
      service: 'counts',
      api: { title: 'Counts', version: '1' },
      authenticator: new FixedCallers({}),
      bodyTimeMs: BODY_TIME_MS,
    });
    url = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  });
  afterAll(() => app.close());

  it('is read to its end where it is a stream', async () => {
    expect(await slowly('application/x-ndjson', ['1\n', '2\n', '3\n', '4\n'])).toEqual({
      status: 200,
      text: '1 2 3 4 all',
    });
    // That of the server itself would cut off what takes longer than it.
    expect((app.getHttpServer() as { requestTimeout?: number }).requestTimeout).toBe(0);
  });

  it('is refused where it is read as a whole', async () => {
    const { status, text } = await slowly('application/json', ['[', '1', ',', '2', ']']);
    expect(status).toBe(408);
    expect(JSON.parse(text)).toMatchObject({ code: 'request_timeout' });
  });

  it('is not carried out once it was refused, however long its sender goes on', async () => {
    const socket = connect({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    const head = ['POST /values HTTP/1.1', 'host: x', 'content-type: application/json'];
    socket.write(`${[...head, 'content-length: 2', ''].join('\r\n')}\r\n[`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 408');
    socket.on('error', () => undefined).write(']');
    const server = app.getHttpServer();
    const open = promisify(server.getConnections.bind(server));
    while (carriedOut.length === 0 && (await open()) > 0) await setImmediate();
    socket.destroy();
    expect(carriedOut).toEqual([]);
  });

  it('that breaks off as no HTTP ends its answer, and puts no other one into it', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const closed = once(socket, 'close');
    const head = ['POST /lines HTTP/1.1', 'host: x', 'content-type: application/x-ndjson'];
    socket.write(`${[...head, 'transfer-encoding: chunked', ''].join('\r\n')}\r\n2\r\n1\n\r\n`);
    while (!text.includes('1 ')) await once(socket, 'data');
    socket.write('canary\r\n');
    await closed;
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(text).not.toContain('all');
  });

  /** Piece by piece; gives the whole answer. */
  function slowly(type: string, pieces: readonly string[]) {
    return new Promise<{ readonly status: number | undefined; readonly text: string }>(
      (answered, failed) => {
        const headers = { 'content-type': type, 'transfer-encoding': 'chunked' };
        const sending = ask(`${url}/lines`, { method: 'POST', headers }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => answered({ status: response.statusCode, text }));
          response.on('error', failed);
        });
        sending.on('error', failed);
        const left = [...pieces];
        const next = () => {
          const piece = left.shift();
          if (piece === undefined) return void sending.end();
          sending.write(piece);
          setTimeout(next, SLOWLY_MS);
        };
        next();
      },
    );
  }
});

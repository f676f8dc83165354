import { connect } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, Injectable, Module, type OnModuleDestroy, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Public } from '../auth/access';
import { CameWith, type RequestContext } from './request-context';
import { FixedCallers, testSettings } from '../testing';
import { createHttpApp } from './create-http-app';
import { listen, stop } from './run-http-app';

const happened: string[] = [];
const slow = gate();

@Injectable()
class Database implements OnModuleDestroy {
  onModuleDestroy() {
    happened.push('database closed');
  }
}

@Public()
@Controller()
class SlowController {
  @Get('slow')
  async slow() {
    happened.push('begun');
    await slow.opened;
    happened.push('answered');
    return { done: true };
  }

  @Post('echo')
  echo(@CameWith() { correlationId }: RequestContext) {
    return { seen: correlationId };
  }
}

@Module({ controllers: [SlowController], providers: [Database] })
class SlowModule {}

const open = () =>
  createHttpApp(SlowModule, {
    settings: { ...testSettings, DOCS: 'off' },
    service: 'slow',
    api: { title: 'Slow', version: '1' },
    authenticator: new FixedCallers({}),
  });
const anywhere = { HOST: '127.0.0.1', PORT: 0 };

describe('running a process', () => {
  it('names the port and the setting when the port is taken', async () => {
    const first = await open();
    const url = new URL(await listen(first, anywhere));
    const second = await open();
    await expect(
      listen(second, { HOST: '127.0.0.1', PORT: Number(url.port) }),
    ).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringMatching(
        new RegExp(`port ${url.port}: another process.*Set PORT`),
      ) as string,
    });
    await Promise.all([first.close(), second.close()]);
  });

  it('answers what is not HTTP with a problem document', async () => {
    const app = await open();
    const answer = await exchange(await listen(app, anywhere), 'canary\r\n\r\n');
    expect(answer).toMatch(
      /^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json/,
    );
    expect(answer).toContain('"code":"malformed_request"');
    await app.close();
  });

  it('knows the request also after its body came in pieces', async () => {
    const app = await open();
    const head = (id: string) =>
      `POST /echo HTTP/1.1\r\nhost: x\r\nx-correlation-id: ${id}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n`;
    const answer = await exchange(
      await listen(app, anywhere),
      `${head('correlation-1')}\r\n{"a":`,
      ' 10}',
      `${head('correlation-2')}connection: close\r\n\r\n{"a":`,
      ' 10}',
    );
    expect([...answer.matchAll(/"seen":"([^"]+)"/g)].map(([, id]) => id)).toEqual([
      'correlation-1',
      'correlation-2',
    ]);
    await app.close();
  });

  it('finishes what it has begun, takes nothing new, and closes the services last', async () => {
    const app = await open();
    const url = await listen(app, anywhere);
    happened.length = 0;
    const begun = fetch(`${url}/slow`);
    await until(() => happened.includes('begun'));
    const stopped = stop(app, 60_000);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    const late = await app.inject({ method: 'GET', url: '/slow' });
    expect([
      late.statusCode,
      late.headers['retry-after'],
      late.json<{ code: string }>().code,
    ]).toEqual([503, '5', 'unavailable']);
    expect((await app.inject({ method: 'GET', url: '/health/ready' })).json()).toMatchObject({
      facts: { failing: ['draining'] },
    });
    expect((await app.inject({ method: 'GET', url: '/health/live' })).statusCode).toBe(200);
    slow.open();
    expect(await (await begun).json()).toEqual({ done: true });
    await stopped;
    expect(happened).toEqual(['begun', 'answered', 'database closed']);
    await stop(app, 0);
  });

  it('does not wait for ever', async () => {
    const app = await openHanging();
    const url = await listen(app, anywhere);
    const cut = fetch(`${url}/hang`).then(
      () => 'answered',
      () => 'cut',
    );
    await until(() => happened.includes('hanging'));
    await stop(app, 10);
    expect(await cut).toBe('cut');
  });

  it('serves no documentation where that is switched off', async () => {
    const app = await open();
    expect((await app.inject({ method: 'GET', url: '/docs' })).statusCode).toBe(404);
    expect((await app.inject({ method: 'GET', url: '/openapi.json' })).statusCode).toBe(404);
    await app.close();
  });
});

function openHanging(): Promise<NestFastifyApplication> {
  @Public()
  @Controller()
  class HangingController {
    @Get('hang')
    hang() {
      happened.push('hanging');
      return new Promise(() => undefined);
    }
  }
  @Module({ controllers: [HangingController] })
  class HangingModule {}
  const authenticator = new FixedCallers({});
  return createHttpApp(HangingModule, {
    settings: testSettings,
    service: 'x',
    api: { title: 'x', version: '1' },
    authenticator,
  });
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !holds(); i++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

/** Each piece is sent in a turn of its own. */
async function exchange(url: string, ...pieces: string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await closed;
  return answer;
}

import { Controller, Get, Module, Query, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional, Length, Max } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../auth/access';
import { createHttpApp } from '../http/create-http-app';
import type { LogClock } from '../service/log-clock';
import type { ServiceRuntime } from '../service/service-runtime';
import { FixedCallers, collectingLogger, testSettings } from '../testing';
import { AsOfPageQuery, pointAsked } from './as-of';
import { asAccepted } from './csv';
import { cursorOf, readCursor } from './keyset';
import { PageQuery } from './page-query';

const ROWS = Array.from({ length: 2_345 }, (_, n) => ({ n }));
const COLUMNS = { n: ({ n }: { n: number }) => n };
const HEAD = 7n;

@Controller('v1')
@Allow('auditor')
class RowsController {
  @Get('rows')
  rows(
    @Query() { after, limit, known, position }: AsOfPageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const from = after === undefined ? 0 : Number(readCursor(after, 1)[0]);
    if (from > 2_000 && position === '5') throw new Error('the database went away');
    const at = BigInt(position ?? (known === undefined ? HEAD : 3));
    const items = ROWS.slice(from, from + limit);
    const next = from + limit < ROWS.length ? cursorOf(String(from + limit)) : null;
    return asAccepted({ position: at, items, next }, COLUMNS, { request, reply });
  }

  @Get('others')
  others(@Query() { after }: AsOfPageQuery) {
    return { items: after === undefined ? [] : readCursor(after, 1), next: null };
  }
}

/** Whenever somebody asks as of now, one more has come; a position is how many there were. */
const grown = { rows: 450, isShown: true };
const clock: LogClock = ({ known, position }) => {
  const at = BigInt(position ?? grown.rows++);
  return Promise.resolve({ known: known ?? null, position: at, leaf: 1, checkpoint: null });
};
const clockAsked = jest.fn(clock);
const runtime = {
  logClock: clockAsked,
  feeds: { waitUntil: () => Promise.resolve(grown.isShown) },
} as unknown as ServiceRuntime;

@Controller('v1')
@Allow('auditor')
class GrowingController {
  @Get('growing')
  async growing(
    @Query() query: AsOfPageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(runtime, [], query);
    const order = point ? 'oldest' : 'newest';
    return this.page(query, { upTo: point?.position, order, request, reply });
  }

  /** A route that can be asked as of now alone. */
  @Get('growing-now')
  now(
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.page(query, { upTo: undefined, order: 'oldest', request, reply });
  }

  private page(
    { after, limit }: PageQuery,
    {
      upTo = BigInt(grown.rows++),
      order,
      ...asked
    }: {
      readonly upTo: bigint | undefined;
      readonly order: 'newest' | 'oldest';
      readonly request: FastifyRequest;
      readonly reply: FastifyReply;
    },
  ) {
    const from = after === undefined ? 0 : Number(readCursor(after, 1)[0]);
    const to = Math.min(from + limit, Number(upTo));
    const next = to < Number(upTo) ? cursorOf(String(to)) : null;
    const items = ROWS.slice(from, to);
    // As of now they are read in another way.
    if (order === 'newest') items.reverse();
    return asAccepted({ position: upTo, items, next }, COLUMNS, asked);
  }
}

@Module({ controllers: [RowsController, GrowingController] })
class RowsModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createHttpApp(RowsModule, {
    settings: testSettings,
    service: 'rows',
    api: { title: 'Rows', version: '1' },
    authenticator: new FixedCallers({
      auditor: { tenant: 'acme', role: 'auditor', actor: 'key:auditor' },
    }),
    logger: collectingLogger().logger,
  });
});
afterAll(async () => {
  await app.close();
});

const ask = async (url: string, accept = 'application/json') =>
  await app.inject({ url, headers: { accept, authorization: 'Bearer auditor' } });

const nextOf = async (url: string): Promise<string> =>
  (await ask(url)).json<{ next: string }>().next;

describe('a cursor', () => {
  it('leads on where it came from', async () => {
    const next = await nextOf('/v1/rows?limit=2');
    const rest = await ask(`/v1/rows?limit=2&after=${next}`);
    expect(rest.json()).toMatchObject({ items: [{ n: 2 }, { n: 3 }] });
    // A page of now names its position, at which the rest may be asked for.
    expect((await ask(`/v1/rows?position=7&after=${next}`)).statusCode).toBe(200);
  });

  it('is refused by another route, and where it is not one of ours', async () => {
    const next = await nextOf('/v1/rows');
    for (const url of [
      `/v1/others?after=${next}`,
      `/v1/rows?after=${next.slice(9)}`,
      `/v1/rows?after=${cursorOf('2')}`,
      '/v1/rows?after=nonsense',
    ]) {
      const refused = await ask(url);
      expect([refused.statusCode, refused.json()]).toMatchObject([422, { code: 'invalid_cursor' }]);
    }
  });

  it.each([
    ['position=3', 'limit=1', 422],
    ['position=3', 'position=4', 422],
    ['position=3', 'position=3', 200],
    ['position=3', 'known=2026-01-01T00:00:00Z', 200],
    ['position=4', 'known=2026-01-01T00:00:00Z', 422],
    ['known=2026-01-01T00:00:00Z', 'position=3', 200],
    ['known=2026-01-01T00:00:00Z', 'limit=1', 422],
  ])('of %s, handed back with %s: %i', async (first, then, status) => {
    const next = await nextOf(`/v1/rows?${first}`);
    const accepted = ['application/json', 'text/csv'].map((form) =>
      ask(`/v1/rows?${then}&after=${next}`, form),
    );
    for (const { statusCode } of await Promise.all(accepted)) expect(statusCode).toBe(status);
  });
});

describe('CSV', () => {
  const csvOf = (from: number, to = ROWS.length): string =>
    `n\r\n${ROWS.slice(from, to)
      .map(({ n }) => `${n}\r\n`)
      .join('')}`;

  it('is whole where no limit was named', async () => {
    const { body, headers } = await ask('/v1/rows', 'text/csv');
    expect(body).toBe(csvOf(0));
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'x-position': '7',
    });
    expect(headers).not.toHaveProperty('x-next');
  });

  it('of now holds nothing that is newer than its position, and asks nobody what that stands for', async () => {
    clockAsked.mockClear();
    const { body, headers } = await ask('/v1/growing', 'text/csv');
    expect(headers).not.toHaveProperty('x-next');
    expect(headers['x-position']).toBe(String(grown.rows - 1));
    expect(body).toBe(csvOf(0, grown.rows - 1));
    expect(clockAsked).not.toHaveBeenCalled();
  });

  it('of now goes on from a cursor', async () => {
    const next = await nextOf('/v1/growing?limit=3');
    const { body } = await ask(`/v1/growing?after=${next}`, 'text/csv');
    expect(body).toBe(csvOf(3, grown.rows - 1));
  });

  it('of an earlier point asks once for it, also where a moment is named that is still to come', async () => {
    for (const asked of ['known=2099-01-01T00:00:00Z', 'position=420']) {
      clockAsked.mockClear();
      const { body, headers } = await ask(`/v1/growing?${asked}`, 'text/csv');
      expect(body).toBe(csvOf(0, Number(headers['x-position'])));
      expect(clockAsked).toHaveBeenCalledTimes(1);
    }
  });

  it('of now is refused, and not cut in its middle, where its position does not show in time', async () => {
    grown.isShown = false;
    try {
      const refused = await ask('/v1/growing', 'text/csv');
      expect(refused.statusCode).toBe(503);
      expect(refused.headers['content-type']).toContain('application/problem+json');
      expect(refused.json()).toMatchObject({
        code: 'not_yet_visible',
        errors: [{ parameter: 'timeoutMs' }],
      });
      expect(refused.headers).not.toHaveProperty('x-position');
      expect((await ask('/v1/growing?limit=2', 'text/csv')).statusCode).toBe(200);
    } finally {
      grown.isShown = true;
    }
  });

  it('is whole also of a route that answers as of now alone, and may then be newer at its end', async () => {
    const { body, headers } = await ask('/v1/growing-now', 'text/csv');
    expect(body).toBe(csvOf(0, grown.rows - 1));
    expect(grown.rows - 1).toBeGreaterThan(Number(headers['x-position']));
  });

  it('ends at the limit that was named, and says where the rest begins', async () => {
    const { body, headers } = await ask('/v1/rows?limit=3&position=5', 'text/csv');
    expect(body).toBe(csvOf(0, 3));
    const rest = await ask(
      `/v1/rows?limit=5&position=5&after=${String(headers['x-next'])}`,
      'text/csv',
    );
    expect(rest.body).toBe(csvOf(3, 8));
  });

  it('never looks whole where a later page fails', async () => {
    await expect(ask('/v1/rows?position=5', 'text/csv')).rejects.toThrow();
  });
});

class SmallPages {
  @IsOptional()
  @Length(1, 400)
  after?: string;

  @Max(100)
  limit = 50;
}

@Controller('v1')
@Allow('auditor')
class SmallController {
  @Get('small')
  small(@Query() { limit }: SmallPages) {
    return { items: [limit], next: null };
  }
}

@Module({ controllers: [SmallController] })
class SmallModule {}

it('keeps a service from starting whose pages are smaller than those of a file', async () => {
  const starting = createHttpApp(SmallModule, {
    settings: testSettings,
    service: 'small',
    api: { title: 'Small', version: '1' },
    authenticator: new FixedCallers({}),
    logger: collectingLogger().logger,
  });
  await expect(starting).rejects.toThrow('SmallController.small takes pages of 200');
});

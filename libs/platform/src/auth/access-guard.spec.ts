import { Controller, Get, Module, Param } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '../http/create-http-app';
import { FixedCallers, collectingLogger, testSettings } from '../testing';
import { Allow } from './access';

@Controller('v1/partners/:partner/statements')
class StatementsController {
  @Get()
  @Allow('finance', 'partner')
  of(@Param('partner') partner: string) {
    return { partner };
  }
}

@Module({ controllers: [StatementsController] })
class Statements {}

describe('a partner who asks about partners', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await createHttpApp(Statements, {
      settings: testSettings,
      api: { title: 'Test', version: '1' },
      service: 'test',
      logger: collectingLogger('silent').logger,
      authenticator: new FixedCallers({
        p1: { tenant: 'acme', role: 'partner', actor: 'key:p1', partnerId: 'p1' },
        finance: { tenant: 'acme', role: 'finance', actor: 'key:finance' },
      }),
    });
  });
  afterAll(() => app.close());

  it.each([
    ['p1', 'p1', 200, undefined],
    ['p1', 'p2', 403, 'not_your_partner'],
    ['p1', 'P1', 403, 'not_your_partner'],
    ['finance', 'p2', 200, undefined],
  ])('with the key of %s, about %s, is answered %i', async (key, partner, status, code) => {
    const answered = await app.inject({
      url: `/v1/partners/${partner}/statements`,
      headers: { authorization: `Bearer ${key}` },
    });
    expect([answered.statusCode, answered.json<{ code?: string }>().code]).toEqual([status, code]);
  });
});

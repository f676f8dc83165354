import {
  Body,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Query as QueryOf,
} from '@nestjs/common';
import { CommandBus, Query, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import { MemoryEventLog } from '@tributary/event-log';
import {
  CommandRunner,
  type Decider,
  type DomainEvent,
  type Instant,
  accept,
  nothing,
  reject,
  streamOf,
} from '@tributary/kernel';
import { Allow } from '../auth/access';
import { createHttpApp } from '../http/create-http-app';
import { answerOf, positionOf } from '../idempotency/answer';
import { type CommandContext, Idempotent } from '../idempotency/command-context';
import { FixedCallers, expectEveryRouteDeclared, testSettings } from '../testing';
import { Dispatched, commandHandler, queryHandler } from './handlers';

type Opened = DomainEvent<'AccountOpened', { name: string }>;
type Refused = { readonly code: 'name_empty'; readonly limit: bigint };
interface OpenData {
  readonly id: string;
  readonly name: string;
  readonly at: Instant;
}
const account: Decider<OpenData, Opened, string[], Refused> = {
  initial: [],
  decide({ name, at }, names) {
    if (name === '') return reject({ code: 'name_empty', limit: 2n ** 60n });
    if (names.includes(name)) return nothing;
    return accept({ type: 'AccountOpened', data: { name }, occurredAt: at });
  },
  evolve: (names, { data }) => [...names, data.name],
};
class OpenAccount extends Dispatched<OpenData, Refused> {}

class NamesLike extends Query<readonly string[]> {
  constructor(readonly part: string) {
    super();
  }
}
@Injectable()
class Names {
  like(part: string): readonly string[] {
    return ['north', 'south'].filter((name) => name.includes(part));
  }
}

class OpenBody {
  @IsString() name!: string;
}
const REFUSALS = { name_empty: [422, 'An account has a name.'] } as const;

@Controller('v1/accounts')
@Allow('finance')
class AccountsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  create(@Idempotent() context: CommandContext, @Body() body: OpenBody) {
    return this.open(context.newId, context, body);
  }

  @Post(':id/names')
  @HttpCode(202)
  rename(@Param('id') id: string, @Idempotent() context: CommandContext, @Body() body: OpenBody) {
    return this.open(id, context, body);
  }

  @Get()
  find(@QueryOf('part') part: string) {
    return this.queries.execute(new NamesLike(part));
  }

  private async open(id: string, context: CommandContext, { name }: OpenBody) {
    const outcome = await this.commands.execute(
      new OpenAccount({ id, name, at: context.receivedAt }, context),
    );
    return answerOf(outcome, { service: 'accounts', id }, REFUSALS);
  }
}

const now = () => Date.parse('2026-03-31T10:00:00Z');
const log = new MemoryEventLog({ now });

@Module({
  controllers: [AccountsController],
  providers: [
    Names,
    { provide: CommandRunner, useFactory: () => new CommandRunner(log, { now }) },
    commandHandler(OpenAccount, account, ({ id }, tenant) => streamOf('account', tenant, id)),
    queryHandler(NamesLike, Names, ({ part }, names) => Promise.resolve(names.like(part))),
  ],
})
class AccountsModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  const authenticator = new FixedCallers({
    north: { tenant: 'north', role: 'finance', actor: 'key:1' },
    south: { tenant: 'south', role: 'finance', actor: 'key:2' },
  });
  const api = { title: 'Accounts', version: '1' };
  app = await createHttpApp(AccountsModule, {
    settings: testSettings,
    service: 'accounts',
    api,
    authenticator,
    now,
  });
});
afterAll(() => app.close());

interface Answer {
  id: string;
  replayed: boolean;
  token: string;
}
const send = (tenant: string, key: string, payload: object, url = '/v1/accounts') =>
  app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${tenant}`, 'idempotency-key': key },
    payload,
  });

describe('sending a command over HTTP', () => {
  it('appends once, answers a repeat as then, and refuses the key for anything else', async () => {
    const first = await send('north', 'request-1', { name: 'alpha' });
    expect(first.statusCode).toBe(202);
    const answer = first.json<Answer>();
    expect(answer).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      replayed: false,
      token: 'accounts:1',
    });
    expect((await send('north', 'request-1', { name: 'alpha' })).json()).toEqual({
      ...answer,
      replayed: true,
    });

    const other = await send('north', 'request-1', { name: 'beta' });
    expect(other.json()).toMatchObject({
      status: 409,
      code: 'idempotency_conflict',
      errors: [{ pointer: '/name', code: 'differs' }],
    });
    const read = [];
    for await (const event of log.read(streamOf('account', 'north', answer.id))) read.push(event);
    expect(read).toEqual([
      expect.objectContaining({
        type: 'AccountOpened',
        actor: 'key:1',
        tenant: 'north',
        data: { name: 'alpha' },
      }),
    ]);
  });

  it('keeps the same key of two tenants, and on two addresses, apart', async () => {
    const [north, south] = [
      await send('north', 'request-2', { name: 'a' }),
      await send('south', 'request-2', { name: 'b' }),
    ];
    expect(south.statusCode).toBe(202);
    expect(south.json<Answer>().id).not.toBe(north.json<Answer>().id);
    const renamed = await send('north', 'request-2', { name: 'b' }, '/v1/accounts/x1/names');
    expect(renamed.json()).toMatchObject({ id: 'x1', replayed: false });
    const elsewhere = await send('north', 'request-2', { name: 'b' }, '/v1/accounts/x2/names');
    expect(elsewhere.json()).toMatchObject({ id: 'x2', replayed: false });
  });

  it('shows what the decider refused, and decides it anew when it is sent again', async () => {
    for (let times = 0; times < 2; times++) {
      const refused = await send('north', 'request-3', { name: '' });
      expect(refused.json()).toMatchObject({
        status: 422,
        code: 'name_empty',
        detail: 'An account has a name.',
        facts: { limit: '1152921504606846976' },
      });
    }
    expect((await send('north', 'request-3', { name: 'mended' })).statusCode).toBe(202);
  });

  it('answers with a token that says whose position it is', () => {
    expect(positionOf('accounts:7', 'accounts')).toBe(7n);
    expect(() => positionOf('accounts:7', 'payouts')).toThrow('A token of accounts');
    expect(() => positionOf('7', 'payouts')).toThrow('Not a token');
  });
});

describe('asking a query over HTTP', () => {
  it('reaches the read model that the handler names', async () => {
    const headers = { authorization: 'Bearer north' };
    const found = await app.inject({ method: 'GET', url: '/v1/accounts?part=nor', headers });
    expect(found.json()).toEqual(['north']);
    expectEveryRouteDeclared(app);
  });
});

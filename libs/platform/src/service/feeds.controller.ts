import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  type Type,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsOptional, Length } from 'class-validator';
import { Allow, Caller } from '../auth/access';
import type { Principal } from '../auth/principal';
import { Refusal } from '../errors/problem';
import { ServiceRuntime } from './service-runtime';

class ParkedQuery {
  @IsOptional() @Length(1, 80) subscription?: string;
}

class ParkedSubject {
  @Length(1, 80) subscription!: string;
  @Length(1, 300) stream!: string;
}

class Discard extends ParkedSubject {
  @Length(3, 500) reason!: string;
}

/** For operators: how far everything has come that follows events in a service, and what waits for a person. */
abstract class FeedsRoutes {
  @Inject(ServiceRuntime) private readonly runtime!: ServiceRuntime;

  @Get()
  @Allow('admin', 'auditor')
  @ApiOperation({ summary: 'How far the feeds of this service have come' })
  async status() {
    return await this.runtime.feeds.status();
  }

  @Get('parked')
  @Allow('admin', 'auditor')
  @ApiOperation({ summary: 'Streams of your tenant that wait for a person, and why' })
  async parked(@Caller() { tenant }: Principal, @Query() { subscription }: ParkedQuery) {
    const filter = { tenant, ...(subscription !== undefined && { subscription }) };
    return { parked: await this.runtime.feeds.parking.list(filter) };
  }

  @Post('parked/resume')
  @HttpCode(200)
  @Allow('admin')
  @ApiOperation({
    summary: 'Runs a parked event and all behind it again, after its cause was mended',
  })
  async resume(@Caller() caller: Principal, @Body() body: ParkedSubject) {
    await this.assertOwn(caller, body);
    return await this.runtime.feeds.resume(body.subscription, body.stream, caller.actor);
  }

  @Post('parked/discard')
  @HttpCode(200)
  @Allow('admin')
  @ApiOperation({
    summary: 'Gives up one parked event, on record, and goes on with those behind it',
  })
  async discard(@Caller() caller: Principal, @Body() body: Discard) {
    await this.assertOwn(caller, body);
    const { subscription, stream, reason } = body;
    return await this.runtime.feeds.discard(subscription, stream, caller.actor, reason);
  }

  @Post('projections/:projection/rebuild')
  @HttpCode(200)
  @Allow('admin')
  @ApiOperation({
    summary: 'Fills a projection anew beside the live one, compares, and switches readers over',
  })
  async rebuild(@Param('projection') projection: string) {
    return await this.runtime.feeds.rebuild(projection, { compare: true });
  }

  private async assertOwn(
    { tenant }: Principal,
    { subscription, stream }: ParkedSubject,
  ): Promise<void> {
    const [parked] = await this.runtime.feeds.parking.list({
      tenant,
      subscription,
      stream,
      limit: 1,
    });
    if (!parked)
      throw new Refusal(404, 'not_parked', `${stream} is not parked for ${subscription}.`);
  }
}

/** Each service has its own, because several of them share one address when they run in one process. */
export function feedsController(service: string): Type {
  @ApiTags('operations')
  @Controller(`v1/feeds/${service}`)
  class FeedsController extends FeedsRoutes {}
  return FeedsController;
}

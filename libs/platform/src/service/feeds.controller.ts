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
import { Type as Typed } from 'class-transformer';
import { IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
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

const OFFSET = /^(0|[1-9][0-9]{0,17})$/;

class LettersQuery {
  @IsOptional() @Length(1, 300) channel?: string;
  /** The last offset that was seen of this channel. */
  @IsOptional() @Matches(OFFSET) after?: string;
  @IsOptional() @Typed(() => Number) @IsInt() @Min(1) @Max(500) limit?: number;
}

class CloseLetters {
  @Length(1, 300) channel!: string;
  @Matches(OFFSET) offset!: string;
  /** The last one to close; left out, only the one. */
  @IsOptional() @Matches(OFFSET) through?: string | null;
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

  @Get('dead-letters')
  @Allow('admin', 'auditor')
  @ApiOperation({
    summary: 'Messages of your tenant that were refused, and why, without their content',
    description:
      'By channel (`<topic>/<partition>`) and offset. What was sent lies on the topic as long as Kafka keeps it. ' +
      'The next page: the channel and the offset of the last one as `after`.',
  })
  async letters(@Caller() { tenant }: Principal, @Query() query: LettersQuery) {
    const { channel, after, limit = 100 } = query;
    if (after !== undefined && channel === undefined)
      throw new Refusal(422, 'validation_failed', '`after` counts within a channel.', {
        errors: [{ parameter: 'channel', code: 'required', detail: 'Name it with `after`.' }],
      });
    const letters = await this.runtime.feeds.deadLetters.list({
      tenant,
      limit,
      ...(channel !== undefined && { channel }),
      ...(after !== undefined && { after: BigInt(after) }),
    });
    // Without key and content, in which a sender may have put anything.
    return {
      deadLetters: letters.map(({ channel, offset, code, facts, arrivedAt }) => ({
        channel,
        offset,
        code,
        facts,
        arrivedAt,
      })),
    };
  }

  @Post('dead-letters/close')
  @HttpCode(200)
  @Allow('admin')
  @ApiOperation({ summary: 'Closes messages that were refused, on record, with who and why' })
  async close(@Caller() { tenant, actor }: Principal, @Body() body: CloseLetters) {
    const { channel, offset, through, reason } = body;
    const letters = { tenant, channel, from: BigInt(offset), through: BigInt(through ?? offset) };
    const closed = await this.runtime.feeds.deadLetters.close(letters, actor, reason);
    if (closed > 0) return { closed };
    const detail = `Nothing of your tenant is open there on ${channel}.`;
    throw new Refusal(404, 'dead_letter_unknown', detail);
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

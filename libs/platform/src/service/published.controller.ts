import { Controller, Get, Headers, Param, Query, type Type } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Owner } from '@tributary/contracts';
import { Public } from '../auth/access';
import { Refusal } from '../errors/problem';
import { ServiceRuntime } from './service-runtime';
import { assertService } from './service-token';

const MOST = 3_000;

/**
 * What this service has published, for other services: a new consumer reads it from the beginning, and gaps are filled from
 * it. It spans tenants, so no API key opens it, only the token that the services share.
 */
export function publishedController(owner: Owner): Type {
  @ApiExcludeController()
  @Controller(`v1/published/${owner}`)
  @Public()
  class PublishedController {
    constructor(private readonly runtime: ServiceRuntime) {}

    @Get()
    async after(
      @Headers('authorization') authorization?: string,
      @Query('after') after = '0',
      @Query('limit') limit = '1000',
    ) {
      this.assertService(authorization);
      const most = Math.min(Number(wholeNumber('limit', limit)), MOST);
      return await this.runtime.published.after(wholeNumber('after', after), most);
    }

    @Get(':stream')
    async ofStream(
      @Headers('authorization') authorization: string | undefined,
      @Param('stream') stream: string,
      @Query('after') after?: string,
    ) {
      this.assertService(authorization);
      const events = await this.runtime.published.ofStream(
        stream,
        after === undefined ? null : wholeNumber('after', after),
      );
      return { events };
    }

    private assertService(authorization: string | undefined): void {
      assertService(this.runtime.process.settings.SERVICE_TOKEN, authorization);
    }
  }
  return PublishedController;
}

function wholeNumber(parameter: string, text: string): bigint {
  if (/^(0|[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  const detail = 'A whole number, as this route answered it.';
  throw new Refusal(422, 'validation_failed', detail, {
    errors: [{ parameter, code: 'not_a_number', detail }],
  });
}

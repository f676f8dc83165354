import { Body, Controller, Headers, HttpCode, Post, type Type } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Owner } from '@tributary/contracts';
import { type JsonObject, unavailable } from '@tributary/kernel';
import { IsObject, Length, Matches, ValidateIf } from 'class-validator';
import { Public } from '../auth/access';
import { IsStreamId } from '../validation/fields';
import type { OrderAnswer } from './orders';
import { ServiceRuntime } from './service-runtime';
import { assertService } from './service-token';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

class OrderBody {
  @IsStreamId() tenant!: string;
  @Matches(/^[A-Z][A-Za-z0-9]{0,63}$/) type!: string;
  @IsObject() data!: JsonObject;
  @Matches(UUID) commandId!: string;
  @Matches(UUID) causationId!: string;
  @Length(1, 200) correlationId!: string;
  @ValidateIf(({ traceParent }: OrderBody) => traceParent !== null)
  @Length(1, 200)
  traceParent!: string | null;
  @Matches(/^service:[a-z-]{1,32}$/) actor!: string;
}

/** What other services order of this one. Like what it publishes it spans tenants, so no API key opens it. */
export function ordersController(owner: Owner): Type {
  @ApiExcludeController()
  @Controller(`v1/orders/${owner}`)
  @Public()
  class OrdersController {
    constructor(private readonly runtime: ServiceRuntime) {}

    /** A refusal of the decider is an answer like any other; an error is for whatever kept it from deciding. */
    @Post()
    @HttpCode(200)
    async take(
      @Headers('authorization') authorization: string | undefined,
      @Body() order: OrderBody,
    ): Promise<OrderAnswer> {
      const { process } = this.runtime;
      assertService(process.settings.SERVICE_TOKEN, authorization);
      const handler = process.doorOf(owner);
      if (!handler) throw unavailable(`The door of ${owner}`);
      return await handler({ ...order });
    }
  }
  return OrdersController;
}

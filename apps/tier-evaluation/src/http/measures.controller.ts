import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Caller, type Principal } from '@tributary/platform';
import { MeasuresOfPartner } from '../application/measures-of-partner';
import { MeasuresQuery } from './measures.dto';

@ApiTags('partners')
@Controller('v1/partners/:partner/measures')
export class MeasuresController {
  constructor(private readonly bus: QueryBus) {}

  @Get()
  @Allow('admin', 'finance', 'programme', 'auditor', 'partner')
  @ApiOperation({
    summary: 'What was measured of a partner, added up',
    description:
      '`seen` is the correlation id of an event: the answer waits until what follows from it has arrived.',
  })
  async ofPartner(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() { seen, timeoutMs }: MeasuresQuery,
  ) {
    return await this.bus.execute(new MeasuresOfPartner(tenant, partner, seen, timeoutMs));
  }
}

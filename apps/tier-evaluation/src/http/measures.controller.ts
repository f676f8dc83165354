import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Caller, type Principal, Refusal } from '@tributary/platform';
import { MeasuresOfPartner } from '../application/measures-of-partner';

const MOST_WAIT_MS = 30_000;

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
    @Caller() { tenant, role, partnerId }: Principal,
    @Param('partner') partner: string,
    @Query('seen') seen?: string,
    @Query('timeoutMs') timeoutMs = '10000',
  ) {
    if (role === 'partner' && partner !== partnerId) {
      throw new Refusal(403, 'not_your_partner', 'A key of a partner reads that partner alone.');
    }
    const waitMs = Math.min(Number(timeoutMs) || 0, MOST_WAIT_MS);
    return await this.bus.execute(new MeasuresOfPartner(tenant, partner, seen, waitMs));
  }
}

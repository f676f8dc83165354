import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ITEM_STATES, type ItemState } from '../read-model/registers.queries';
import { RUN } from './runs.names';

const DAY = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export class ReturnsQuery extends AsOfPageQuery {
  @IsOptional()
  @Matches(RUN)
  run?: string;

  @IsOptional()
  @IsStreamId()
  entity?: string;

  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ example: '2026-03-01', description: 'The first day of the bank.' })
  @IsOptional()
  @Matches(DAY)
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31', description: 'The last day of the bank.' })
  @IsOptional()
  @Matches(DAY)
  to?: string;
}

export class RegisterQuery extends ReturnsQuery {
  @ApiPropertyOptional({ enum: ITEM_STATES })
  @IsOptional()
  @IsIn(ITEM_STATES)
  state?: ItemState;
}

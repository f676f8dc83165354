import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, IsDay, IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ITEM_STATES, type ItemState } from '../read-model/registers.queries';
import { RUN } from './runs.names';

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
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31', description: 'The last day of the bank.' })
  @IsOptional()
  @IsDay()
  to?: string;
}

export class RegisterQuery extends ReturnsQuery {
  @ApiPropertyOptional({ enum: ITEM_STATES })
  @IsOptional()
  @IsIn(ITEM_STATES)
  state?: ItemState;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, PageQuery, WaitingQuery } from '@tributary/platform';
import { IsOptional } from 'class-validator';

export class OnDayQuery extends WaitingQuery {
  @ApiPropertyOptional({ description: 'The moment of which it is asked. Left out, now.' })
  @IsOptional()
  @IsInstant()
  on?: string;
}

export class HoldsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The moment of which it is asked. Left out, now.' })
  @IsOptional()
  @IsInstant()
  on?: string;
}

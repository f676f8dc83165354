import { ApiPropertyOptional } from '@nestjs/swagger';
import { WaitingQuery } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';
import { STAGES, type Stage } from '../read-model/fact-outcomes.queries';

export class OutcomeQuery extends WaitingQuery {
  @ApiPropertyOptional({ enum: STAGES, description: 'How far to wait for.' })
  @IsOptional()
  @IsIn(STAGES)
  wait?: Stage;
}

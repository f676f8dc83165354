import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { STAGES, type Stage } from '../read-model/fact-outcomes.queries';
import { Waiting } from './leads.dto';

export class OutcomeQuery extends Waiting {
  @ApiPropertyOptional({ enum: STAGES, description: 'How far to wait for.' })
  @IsOptional()
  @IsIn(STAGES)
  wait?: Stage;
}

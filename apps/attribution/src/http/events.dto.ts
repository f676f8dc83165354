import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { STAGES, type Stage } from '../read-model/fact-outcomes.queries';

export class OutcomeQuery {
  @ApiPropertyOptional({ description: 'As the answer to your event gave it.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ enum: STAGES, description: 'How far to wait for.' })
  @IsOptional()
  @IsIn(STAGES)
  wait?: Stage;

  @ApiPropertyOptional({ description: 'How long to wait at the most.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

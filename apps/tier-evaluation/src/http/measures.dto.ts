import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Length, Max, Min } from 'class-validator';

export class MeasuresQuery {
  @ApiPropertyOptional({ description: 'The correlation id of an event, as its answer gave it.' })
  @IsOptional()
  @Length(1, 100)
  seen?: string;

  @ApiPropertyOptional({ description: 'How long to wait at the most.' })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

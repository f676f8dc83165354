import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, IsStreamId, IsZone, WaitingQuery } from '@tributary/platform';
import { IsOptional } from 'class-validator';

export class PeriodQuery extends WaitingQuery {
  @ApiPropertyOptional({ description: 'Left out, from the beginning.' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    description: 'The first moment that is no part of the period. Left out, without an end.',
  })
  @IsOptional()
  @IsInstant()
  to?: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;
}

export class RevenueQuery extends PeriodQuery {
  @ApiPropertyOptional({
    description: 'In which months begin and end, by its name in the IANA database.',
    example: 'America/Sao_Paulo',
  })
  @IsZone()
  zone = 'UTC';
}

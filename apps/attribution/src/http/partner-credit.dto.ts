import { ApiPropertyOptional } from '@nestjs/swagger';
import { hasCode, resolvePeriod } from '@tributary/kernel';
import { IsInstant, IsStreamId } from '@tributary/platform';
import { IsOptional, ValidateBy } from 'class-validator';
import { Waiting } from './leads.dto';

export class PeriodQuery extends Waiting {
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
  @ValidateBy({
    name: 'isZone',
    validator: {
      validate: isZone,
      defaultMessage: () => '$property is a zone of the IANA database',
    },
  })
  zone = 'UTC';
}

function isZone(zone: unknown): boolean {
  if (zone === 'UTC') return true;
  if (typeof zone !== 'string') return false;
  try {
    return resolvePeriod(zone, '2026-01').zone === zone;
  } catch (error) {
    if (hasCode(error, 'unknown_zone')) return false;
    throw error;
  }
}

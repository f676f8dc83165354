import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsAsset, IsInstant, IsStreamId, WaitingQuery } from '@tributary/platform';
import { IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import { DENOMINATORS, type Denominator } from '../read-model/reports';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;
const DAY = /^(?:19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/;

const isDay = (value: unknown): boolean => {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

/** From where, and over which months, the books are looked at. */
export class ReportQuery extends WaitingQuery {
  @ApiProperty({ example: '2026-01' })
  @Matches(MONTH)
  from!: string;

  @ApiProperty({ example: '2026-03' })
  @Matches(MONTH)
  to!: string;

  @ApiPropertyOptional({
    example: '2026-03-31',
    description: 'What happened by the end of this day, as each entity counts its days.',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isDay',
    validator: {
      validate: isDay,
      defaultMessage: () => '$property is a day from 1970 on, like "2026-03-31"',
    },
  })
  effective?: string;

  @ApiPropertyOptional({ description: 'What was known then, by when the log recorded it.' })
  @IsOptional()
  @IsInstant()
  known?: string;

  @ApiPropertyOptional({ description: 'Nothing that stands in the log after this position.' })
  @IsOptional()
  @Matches(/^(?:0|[1-9][0-9]{0,17})$/)
  position?: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;

  @IsOptional()
  @IsAsset()
  asset?: string;
}

export class AccrualsQuery extends ReportQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @IsOptional()
  @IsStreamId()
  partner?: string;

  @IsOptional()
  @IsStreamId()
  plan?: string;
}

export class RatioQuery extends ReportQuery {
  @ApiPropertyOptional({ enum: DENOMINATORS, default: 'sourced_and_influenced' })
  @IsIn(DENOMINATORS)
  denominator: Denominator = 'sourced_and_influenced';
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfQuery, IsAsset, IsDay, IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { DENOMINATORS, type Denominator } from '../read-model/reports';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

/** From where, and over which months, the books are looked at. */
export class ReportQuery extends AsOfQuery {
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
  @IsDay()
  effective?: string;

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

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfQuery, IsInstant, IsStreamId, LimitedQuery } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsOptional,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

const CODE = /^[a-z][a-z0-9_]{0,63}$/;

export class OverrideBody {
  @ApiProperty({ example: ['rate_outside_range'], description: 'The errors that you lift.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @Matches(CODE, { each: true })
  codes!: string[];

  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @Length(3, 500)
  reason!: string;
}

export class PlanApprovalBody {
  /** Of the draft that you have read. */
  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  @Matches(/^[0-9a-f]{64}$/)
  hash!: string;

  @ApiPropertyOptional({ description: 'Codes of the warnings that you have read.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(CODE, { each: true })
  acknowledge?: string[];

  @ApiPropertyOptional({ type: OverrideBody, description: 'Of errors that can be lifted.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => OverrideBody)
  override?: OverrideBody;
}

export class PlanAsOfQuery extends AsOfQuery {
  @ApiPropertyOptional({
    description:
      "On the world's clock: which version governs a sale that was paid then. Left out, with `known`: at that moment.",
  })
  @IsOptional()
  @IsInstant()
  on?: string;
}

export class PlansQuery extends LimitedQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsStreamId()
  after?: string;
}

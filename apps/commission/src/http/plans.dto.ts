import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
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

export class PlanQuery {
  @ApiPropertyOptional({ description: 'As the answer to your command gave it.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait for the token.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

export class PlanAsOfQuery extends PlanQuery {
  @ApiPropertyOptional({
    description:
      "On the world's clock: which version governs a sale that was paid then. Left out, with `known`: at that moment.",
  })
  @IsOptional()
  @IsInstant()
  on?: string;

  @ApiPropertyOptional({ description: 'On our clock: what we knew then. Left out, everything.' })
  @IsOptional()
  @IsInstant()
  known?: string;
}

export class PlansQuery extends PlanQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsStreamId()
  after?: string;

  @ApiPropertyOptional({ default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;
}

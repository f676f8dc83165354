import { TRACKS, type Track } from '@tributary/contracts';
import { IsInstant, IsStreamId, WaitingQuery } from '@tributary/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';

const TRACK_NAMES = Object.keys(TRACKS) as Track[];
const TIERS = [...new Set(Object.values(TRACKS).flat())];

export class StandingProposalBody {
  @ApiProperty({ type: String, nullable: true, enum: [...TIERS, null], example: 'preferred' })
  @IsIn([...TIERS, null])
  tier!: string | null;

  @ApiPropertyOptional({
    description:
      'The first payments that it governs. Left out, those from the approval on. A tier may rise as of a past day, and never fall.',
  })
  @ValidateIf((_body: object, value: unknown) => value !== undefined)
  @IsInstant()
  effectiveAt?: string;

  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @IsString()
  @Length(3, 500)
  reason!: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'References to what it rests on; they name no person either.',
    example: ['certificate 2026-118'],
  })
  @ValidateIf((_body: object, value: unknown) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence?: string[];
}

export class StandingApprovalBody {
  @ApiProperty({ description: 'What you have read: `pending.proposal` of the standing.' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  proposal!: number;
}

export class StandingRejectionBody extends StandingApprovalBody {
  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @IsString()
  @Length(3, 500)
  reason!: string;
}

/** On the world's clock: by everything that is known by now. */
export class StandingsQuery extends WaitingQuery {
  @ApiPropertyOptional({ description: 'What holds for a payment of this time. Left out, now.' })
  @IsOptional()
  @IsInstant()
  at?: string;

  @ApiPropertyOptional({ enum: TRACK_NAMES })
  @IsOptional()
  @IsIn(TRACK_NAMES)
  track?: Track;

  @ApiPropertyOptional({ enum: TIERS, description: 'Who stands in this tier at that time.' })
  @IsOptional()
  @IsIn(TIERS)
  tier?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether a proposal waits.' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  )
  @IsBoolean()
  pending?: boolean;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether a commitment was not kept.' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  )
  @IsBoolean()
  atRisk?: boolean;

  @ApiPropertyOptional({ description: '`next` of the page before.', example: 'p1.commercial' })
  @IsOptional()
  @Matches(/^[a-z0-9]{1,32}\.[a-z0-9]{1,32}$/)
  after?: string;

  @ApiPropertyOptional({ default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}

export class StandingPath {
  @IsStreamId()
  partner!: string;

  @ApiProperty({ enum: TRACK_NAMES })
  @IsStreamId()
  track!: string;
}

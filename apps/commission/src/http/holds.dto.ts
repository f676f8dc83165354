import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, IsMinorUnits } from '@tributary/platform';
import { IsIn, IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';

const REASONS = ['dispute', 'fraud', 'manual'] as const;
const NAME = /^[a-z][a-z0-9._-]{1,63}$/;

export class ReleaseBody {
  @ApiProperty({ description: 'Everything whose hold has ended by then is released.' })
  @IsInstant()
  asOf!: string;

  @ApiPropertyOptional({ description: 'How many windows one request looks at.', default: 500 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 500;

  @ApiPropertyOptional({ description: '`next` of the answer before; refused with another `asOf`.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

export class HoldBody {
  @ApiProperty({ enum: REASONS })
  @IsIn(REASONS)
  reason!: (typeof REASONS)[number];

  @ApiProperty({ description: 'Who has to act: a role or a team.', example: 'finance' })
  @Matches(NAME)
  owner!: string;

  @ApiProperty({ description: 'What has to happen before it is lifted. It names no person.' })
  @Length(3, 300)
  condition!: string;
}

export class LiftBody {
  @ApiProperty({ description: 'Why it is lifted. It stands in the log for good.' })
  @Length(3, 500)
  note!: string;
}

export class OverrideBody {
  /** What the line is to be worth; shorter than amounts may be, because what is posted is its difference to the worth before. */
  @IsMinorUnits()
  @Length(1, 17)
  amount!: string;

  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @Length(3, 500)
  reason!: string;
}

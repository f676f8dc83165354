import { TRACKS } from '@tributary/contracts';
import { IsInstant } from '@tributary/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';

const TIERS = [...new Set(Object.values(TRACKS).flat())];
const FOR_GOOD = 'It stands in the log for good, so it names no person.';

class ReasonedBody {
  @ApiProperty({ description: FOR_GOOD })
  @IsString()
  @Length(3, 500)
  reason!: string;
}

export class AnnulmentBody extends ReasonedBody {
  @ApiProperty({ type: String, nullable: true, enum: [...TIERS, null], example: null })
  @IsIn([...TIERS, null])
  tier!: string | null;

  @ApiProperty({ description: 'From the payments of this day on there is at most that tier.' })
  @IsInstant()
  from!: string;

  @ApiPropertyOptional({ description: 'Left out, until a later grant by hand.' })
  @ValidateIf((_body: object, value: unknown) => value !== undefined)
  @IsInstant()
  until?: string;

  @ApiProperty({ type: [String], description: 'References to what proves it.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence!: string[];
}

export class AnnulmentApprovalBody {
  @ApiProperty({ description: 'What you have read: `annulment.annulment` of the standing.' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  annulment!: number;
}

export class AnnulmentRejectionBody extends AnnulmentApprovalBody {
  @ApiProperty({ description: FOR_GOOD })
  @IsString()
  @Length(3, 500)
  reason!: string;
}

export class AppealBody extends ReasonedBody {
  @ApiProperty({ enum: TIERS, description: 'The tier that is about to fall.' })
  @IsIn(TIERS)
  tier!: string;
}

export class AppealDecisionBody extends AppealBody {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Until when the tier stays; null turns the appeal down.',
  })
  @ValidateIf((_body: object, value: unknown) => value !== null)
  @IsInstant()
  keepUntil!: string | null;
}

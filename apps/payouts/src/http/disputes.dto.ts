import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsMinorUnits, IsStreamId } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { DISPUTE_STATUSES, type DisputeStatus } from '../read-model/disputes.queries';
import { PageQuery, asBoolean } from './accounts.dto';
import { ReasonedBody } from './adjustments.dto';

const LINE = /^[0-9a-f]{32}$/;
const MOST_LINES = 50;

export class DisputeBody extends ReasonedBody {
  @ApiPropertyOptional({ description: 'Whose lines they are; left out, your own.' })
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiProperty({
    type: [String],
    description: 'Of one account, as statements and lines name them.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ArrayUnique()
  @Matches(LINE, { each: true })
  lines!: string[];
}

export class LineDecisionBody {
  @Matches(LINE)
  line!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the line is worth from now on; null refuses the dispute of it.',
  })
  @IsOptional()
  @IsMinorUnits()
  @Length(1, 15)
  due!: string | null;
}

export class DecisionBody extends ReasonedBody {
  @ApiProperty({ type: [LineDecisionBody], description: 'Every line of the dispute, each once.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => LineDecisionBody)
  decisions!: LineDecisionBody[];
}

export class EndBody {
  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @Length(3, 500)
  note!: string;
}

export class DisputesQuery extends PageQuery {
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ enum: DISPUTE_STATUSES })
  @IsOptional()
  @IsIn(DISPUTE_STATUSES)
  status?: DisputeStatus;

  @ApiPropertyOptional({ description: 'Only those that should have been decided by now.' })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  overdue?: boolean;
}

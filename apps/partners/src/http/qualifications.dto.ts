import { QUALIFICATIONS } from '@tributary/contracts';
import { IsInstant, IsStreamId } from '@tributary/platform';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
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
} from 'class-validator';
import { CERTIFICATION_STEPS, type CertificationStep } from '../domain/certification/events';
import { TimedBody } from './bodies';
import { MayBeLeftOut } from './fields';

const EVIDENCE: ApiPropertyOptions = {
  type: [String],
  description: 'References to what it rests on; they name no person.',
  example: ['exam 2026-118'],
};

export class QualificationPath {
  @IsStreamId()
  partner!: string;

  @ApiProperty({ enum: Object.keys(QUALIFICATIONS) })
  @IsStreamId()
  kind!: string;

  /** Yours; a partner may have several of one kind, such as a certificate for each person. */
  @IsStreamId()
  record!: string;
}

export class QualificationBody extends TimedBody {
  @ApiProperty({ description: 'One of its kind; of a commitment, a number as text.' })
  @IsString()
  @Length(1, 40)
  level!: string;

  /** Left out, it does not run out. */
  @MayBeLeftOut()
  @IsInstant()
  validUntil?: string;

  @ApiProperty(EVIDENCE)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence!: string[];
}

export class QualificationWithdrawalBody extends TimedBody {
  @IsString()
  @Length(3, 500)
  reason!: string;
}

export class CertificationStepBody {
  /** Yours; it names this entry. */
  @IsStreamId()
  record!: string;

  @ApiProperty({ enum: CERTIFICATION_STEPS })
  @IsIn(CERTIFICATION_STEPS)
  step!: CertificationStep;

  /** Of training, in whole minutes; 0 for a demo or a pilot. */
  @IsInt()
  @Min(0)
  @Max(100_000)
  minutes!: number;

  @IsInstant()
  completedAt!: string;

  @ApiProperty(EVIDENCE)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence!: string[];
}

export class CertificationStepPath {
  @IsStreamId()
  partner!: string;

  @IsStreamId()
  record!: string;
}

export class CertificationStepWithdrawalBody {
  @IsString()
  @Length(3, 500)
  reason!: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Asset } from '@tributary/kernel';
import {
  IsAsset,
  IsDay,
  IsInstant,
  IsMinorUnits,
  IsStreamId,
  PageQuery,
  WaitingQuery,
} from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FLAGS, type Flag } from '../domain/run/events';

const HASH = /^[0-9a-f]{64}$/;
const ITEM = /^[0-9A-Z]{15}$/;
const MOST_PARTNERS = 500;

export class OfPayerBody {
  @ApiProperty({ description: 'The entity that pays.', example: 'main' })
  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: Asset;
}

export class DraftRunBody extends OfPayerBody {
  @ApiPropertyOptional({
    description:
      'When the money is to arrive, a day of the entity, a year ahead at the most. Left out, today.',
    example: '2026-04-15',
  })
  @IsOptional()
  @IsDay()
  payOn?: string;

  @ApiPropertyOptional({
    description: 'Only these. Left out, everybody to whom something is owed.',
    type: [String],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PARTNERS)
  @IsStreamId({ each: true })
  partners?: string[];
}

export class AdvanceRunsBody {
  @ApiProperty({ description: 'Monthly runs whose day has come by then are drafted.' })
  @IsInstant()
  asOf!: string;
}

export class AcknowledgeFlagsBody {
  @ApiProperty({ enum: FLAGS })
  @IsIn(FLAGS)
  flag!: Flag;

  @ApiPropertyOptional({ description: 'Left out, every item that has it.', type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PARTNERS)
  @Matches(ITEM, { each: true })
  items?: string[];

  @ApiProperty({ description: 'What was looked at. It stands in the log, so it names no person.' })
  @Length(3, 500)
  note!: string;
}

export class ApproveRunBody {
  @ApiProperty({ description: 'Of the run as it was read; any change since has another one.' })
  @Matches(HASH)
  hash!: string;
}

export class ExcludeItemsBody {
  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PARTNERS)
  @Matches(ITEM, { each: true })
  items!: string[];

  @ApiProperty({ description: 'It stands in the log, so it names no person.' })
  @Length(3, 500)
  reason!: string;
}

export class CancelRunBody {
  @ApiProperty({ description: 'It stands in the log, so it names no person.' })
  @Length(3, 500)
  reason!: string;
}

export class MinimumBody {
  @IsAsset()
  asset!: Asset;

  @IsMinorUnits()
  @Matches(/^\d+$/)
  amount!: string;
}

export class PayingAccountBody {
  @IsAsset()
  asset!: Asset;

  @ApiProperty({ description: 'Id of a registered account that we pay from.' })
  @IsStreamId()
  rail!: string;
}

export class PayoutPolicyBody {
  @ApiProperty({ description: 'The first payment that it governs.' })
  @IsInstant()
  effectiveFrom!: string;

  @ApiProperty({ description: 'What is below it rolls forward. Left out, 100.00.' })
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => MinimumBody)
  minimum!: MinimumBody[];

  @ApiProperty({ description: 'Of the month, on which the monthly run is drafted.', default: 15 })
  @IsInt()
  @Min(1)
  @Max(28)
  runDay!: number;

  @IsBoolean()
  isAutomatic!: boolean;

  @ApiProperty({ description: 'After the end of the month of a payment.', default: 30 })
  @IsInt()
  @Min(1)
  @Max(365)
  dueDays!: number;

  @ApiProperty({ description: 'One that no version has paid from waits for a second person.' })
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => PayingAccountBody)
  payingAccounts!: PayingAccountBody[];
}

export class ApprovePolicyBody {
  @Matches(HASH)
  hash!: string;
}

export class RunQuery extends WaitingQuery {}

export class RunPageQuery extends PageQuery {}

export class RunsQuery extends RunPageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;
}

const ITEMS_ONLY = [...FLAGS, 'changed', 'faulty'] as const;

export class RunItemsQuery extends RunPageQuery {
  @ApiPropertyOptional({ enum: ITEMS_ONLY, description: 'Only those with this flag or fault.' })
  @IsOptional()
  @IsIn(ITEMS_ONLY)
  only?: (typeof ITEMS_ONLY)[number];
}

export class DeclinedQuery extends RunPageQuery {
  @ApiPropertyOptional({ description: 'Only those who were left out for this reason.' })
  @IsOptional()
  @Length(1, 40)
  reason?: string;
}

export class OnTimeQuery extends RunQuery {
  @ApiPropertyOptional({ description: 'What is unpaid after its due day by then is late.' })
  @IsOptional()
  @IsDay()
  asOf?: string;
}

export class ForecastQuery extends RunQuery {
  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: Asset;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfQuery, IsInstant, IsStreamId } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { RUNGS, type Rung } from '../domain/credit/credit';
import { PageQuery } from './leads.dto';

/** The text of a query as the boolean that it means; anything else is left for the validator to refuse. */
export const booleanIn = ({ value }: { value: unknown }): unknown =>
  ({ true: true, false: false })[String(value)] ?? value;

export class CustomersQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Your own id of a customer, as your events name it. Answers 404 where none did.',
  })
  @IsOptional()
  @Length(1, 200)
  ref?: string;

  @ApiPropertyOptional({ description: 'Credited with it, or a hand in it.' })
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ enum: RUNGS, description: 'Whose word decided.' })
  @IsOptional()
  @IsIn(RUNGS)
  rung?: Rung;

  @ApiPropertyOptional({ description: 'Those with whom nobody is credited, or all others.' })
  @IsOptional()
  @Transform(booleanIn)
  @IsBoolean()
  unattributed?: boolean;
}

export class CaseQuery extends AsOfQuery {
  @ApiPropertyOptional({
    description: "On the world's clock: what held then. Left out, what holds now.",
  })
  @IsOptional()
  @IsInstant()
  on?: string;
}

export class DecisionsQuery extends AsOfQuery {
  @ApiPropertyOptional({ default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

export class AdjudicatedPartBody {
  @IsStreamId()
  partner!: string;

  @Length(1, 60)
  role!: string;

  /** Basis points; those of all parts are 10,000 together. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  bp!: number;
}

export class CreditAdjudicationBody {
  @ApiPropertyOptional({ description: 'A deal of the case. Left out, everything of the customer.' })
  @IsOptional()
  @IsStreamId()
  deal?: string;

  /** The first sales that it governs, by the time of payment. */
  @IsInstant()
  from!: string;

  /** Nobody at all: the house. */
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => AdjudicatedPartBody)
  parts!: AdjudicatedPartBody[];

  /** Stays in the log, so it names no person. */
  @Length(1, 500)
  reason!: string;

  @ApiPropertyOptional({
    description: 'What it rests on: items of the case, ids of facts.',
    type: String,
    isArray: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 200, { each: true })
  evidence?: string[];

  @ApiPropertyOptional({ description: 'Where no evidence can be named: why it was decided so.' })
  @IsOptional()
  @Length(1, 500)
  note?: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfQuery, IsInstant, IsMinorUnits, IsStreamId, IsZone } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;
const RULE = /^[a-z][a-z0-9-]{1,59}$/;
const TAX = /^[A-Z][A-Z0-9_]{1,19}$/;
const NAME = /^[a-z][a-z0-9_]{1,39}$/;
const POSITIVE = /^[1-9][0-9]{0,17}$/;
const NOT_NEGATIVE = /^(?:0|[1-9][0-9]{0,17})$/;

export class ExampleBody {
  @ApiProperty({ example: '100000' })
  @IsMinorUnits()
  @Matches(POSITIVE)
  gross!: string;

  @ApiPropertyOptional({ example: 'simples' })
  @IsOptional()
  @Matches(NAME)
  regime?: string | null;

  @ApiProperty({ example: '1500' })
  @IsMinorUnits()
  @Matches(NOT_NEGATIVE)
  withheld!: string;
}

export class RuleBody {
  @ApiProperty({
    example: 'br-irrf-commissions-company',
    description: 'The same in every version; the register groups by it.',
  })
  @Matches(RULE)
  rule!: string;

  @ApiProperty({ example: 'IRRF' })
  @Matches(TAX)
  tax!: string;

  @ApiProperty({ example: 'BR', description: 'Of the payee.' })
  @Matches(/^[A-Z]{2}$/)
  country!: string;

  @IsIn(['company', 'person'])
  payees!: 'company' | 'person';

  @ApiProperty({ example: ['mei', 'simples'] })
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(NAME, { each: true })
  exemptRegimes!: string[];

  @ApiProperty({ example: 150, description: 'Basis points of the base.' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  rateBp!: number;

  @IsIn(['gross'])
  base!: 'gross';

  @ApiProperty({
    example: '1000',
    description: 'Up to this tax nothing is kept back; "0": always.',
  })
  @IsMinorUnits()
  @Matches(NOT_NEGATIVE)
  notAbove!: string;

  @IsIn(['payment'])
  trigger!: 'payment';

  @IsInstant()
  from!: string;

  @IsOptional()
  @IsInstant()
  until?: string | null;

  @ApiProperty({ description: 'The law or the ruling.' })
  @Length(3, 500)
  source!: string;

  @ApiProperty({ description: 'Without one of them a payment waits.' })
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(NAME, { each: true })
  documents!: string[];

  @ApiProperty({ description: 'Computed when the rule is proposed; one that differs refuses it.' })
  @IsArray()
  @ArrayMaxSize(30)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ExampleBody)
  examples!: ExampleBody[];
}

export class RulesBody {
  @ApiProperty({ description: 'Of the first payment that they govern.' })
  @IsInstant()
  effectiveFrom!: string;

  @ApiProperty({
    description: 'Who says so. It stands in the log for good, so it names no person.',
  })
  @Length(3, 500)
  source!: string;

  @ApiProperty({ description: 'All of them. None declares that the entity keeps nothing back.' })
  @IsArray()
  @ArrayMaxSize(40)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RuleBody)
  rules!: RuleBody[];
}

export class ActivationBody {
  @ApiProperty({ description: 'Of the proposal that you have read.' })
  @Matches(/^[0-9a-f]{64}$/)
  hash!: string;
}

export class RegisterQuery extends AsOfQuery {
  @IsStreamId()
  entity = 'main';

  @ApiProperty({ example: '2026-01' })
  @Matches(MONTH)
  from!: string;

  @ApiProperty({ example: '2026-03' })
  @Matches(MONTH)
  to!: string;

  @ApiPropertyOptional({
    description: 'In which months begin and end. Left out, the zone of the entity.',
    example: 'America/Sao_Paulo',
  })
  @IsOptional()
  @IsZone()
  zone?: string;

  @IsOptional()
  @IsStreamId()
  partner?: string;

  @IsOptional()
  @Matches(TAX)
  tax?: string;

  @ApiPropertyOptional({ default: 1_000 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit = 1_000;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

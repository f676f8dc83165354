import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsMinorUnits } from '@tributary/platform';
import { STATEMENT_FORMATS, type StatementFormat } from '@tributary/sandbox-bank';
import { Type } from 'class-transformer';
import {
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

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const SCENARIO = {
  description:
    'How the bank behaves; see libs/sandbox-bank/README.md. Left out, it pays everything.',
  type: 'object',
  additionalProperties: true,
  example: {
    rules: [{ when: { payee: 'MARIA' }, then: { kind: 'returned', afterDays: 1, reason: 'AC03' } }],
  },
} as const;

export class SandboxAccountBody {
  @ApiProperty({ example: '341' })
  @Matches(/^[0-9]{3}$/)
  bank!: string;

  @ApiProperty({ example: '1234' })
  @Matches(/^[0-9]{1,5}$/)
  branch!: string;

  @ApiProperty({ example: '56789' })
  @Matches(/^[0-9]{1,12}$/)
  number!: string;

  @ApiProperty({ example: '0' })
  @Matches(/^[0-9A-Z]$/)
  digit!: string;
}

export class OpenSandboxBankBody {
  @ApiProperty({ description: 'As the paying account was registered.' })
  @IsObject()
  @ValidateNested()
  @Type(() => SandboxAccountBody)
  account!: SandboxAccountBody;

  @Length(1, 100)
  holder!: string;

  @ApiProperty({ description: 'The CNPJ of the holder, without dots.', example: '11222333000181' })
  @Matches(/^[0-9A-Z]{12}[0-9]{2}$/)
  document!: string;

  @IsMinorUnits()
  opening!: string;

  @ApiProperty({ description: 'The first day of the bank, by its own calendar.' })
  @Matches(DAY)
  on!: string;

  @ApiPropertyOptional(SCENARIO)
  @IsOptional()
  @IsObject()
  scenario?: object;
}

export class SandboxFileQuery {
  @ApiPropertyOptional({
    description:
      'The day on which it is handed over. Left out, today; a bank that is later stays so.',
  })
  @IsOptional()
  @Matches(DAY)
  on?: string;
}

export class SandboxDaysBody {
  @ApiPropertyOptional({ description: 'The day that it shall be.', example: '2026-05-15' })
  @IsOptional()
  @Matches(DAY)
  to?: string;

  @ApiPropertyOptional({ description: 'Instead of `to`: so many days later.', example: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_660)
  days?: number;
}

export class SandboxScenarioBody {
  @ApiProperty(SCENARIO)
  @IsObject()
  scenario!: object;
}

export class SandboxStatementQuery {
  @ApiPropertyOptional({ description: 'Left out, the first day of the bank.' })
  @IsOptional()
  @Matches(DAY)
  from?: string;

  @ApiPropertyOptional({ description: 'Left out, the last day that is over.' })
  @IsOptional()
  @Matches(DAY)
  until?: string;

  @ApiPropertyOptional({ enum: STATEMENT_FORMATS, default: 'camt053' })
  @IsIn(STATEMENT_FORMATS)
  format: StatementFormat = 'camt053';
}

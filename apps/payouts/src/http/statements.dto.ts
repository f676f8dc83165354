import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { FORMATS, type Format, LANGUAGES, type Language } from '../domain/statement/events';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

export class IssueStatementsBody {
  @ApiProperty({ example: '2026-03', description: 'It has to be over, where the entity is.' })
  @Matches(MONTH)
  month!: string;

  @ApiPropertyOptional({ default: 'main' })
  @IsStreamId()
  entity = 'main';
}

export class StatementsPageQuery {
  @ApiPropertyOptional({ description: 'As a command answered: waits until its write is visible.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait at the most.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;

  @ApiPropertyOptional({ default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

export class PartnerStatementsQuery extends StatementsPageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @ApiPropertyOptional({ example: '2026-03' })
  @IsOptional()
  @Matches(MONTH)
  month?: string;
}

export class StatementsQuery extends PartnerStatementsQuery {
  @IsOptional()
  @IsStreamId()
  partner?: string;
}

export class DocumentQuery {
  @ApiPropertyOptional({ enum: FORMATS, default: 'pdf' })
  @IsIn(FORMATS)
  format: Format = 'pdf';

  @ApiPropertyOptional({ enum: LANGUAGES, default: 'pt-BR' })
  @IsIn(LANGUAGES)
  language: Language = 'pt-BR';
}

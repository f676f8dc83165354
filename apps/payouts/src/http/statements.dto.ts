import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsStreamId, PageQuery } from '@tributary/platform';
import { IsIn, IsOptional, Matches } from 'class-validator';
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

export class StatementsPageQuery extends PageQuery {}

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

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, IsStreamId, WaitingQuery } from '@tributary/platform';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, Length } from 'class-validator';
import { SETTLEMENTS } from '../domain/prospect/events';
import { PageQuery, ReasonBody } from './leads.dto';

const STATES = ['open', ...SETTLEMENTS] as const;

export class ConflictsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: string;
}

export class AdjudicationBody extends ReasonBody {
  @ApiProperty({ description: '`side` of the one that wins; `direct` for our own sales team.' })
  @Length(1, 70)
  winner!: string;

  @ApiProperty({
    description: 'What the decision rests on: ids of facts, of documents.',
    type: String,
    isArray: true,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @Length(1, 200, { each: true })
  evidence!: string[];

  @ApiPropertyOptional({ description: 'Left out: what the winner has, or as the programme says.' })
  @IsOptional()
  @IsInstant()
  protectionUntil?: string;
}

export class ConflictRateQuery extends WaitingQuery {
  @IsInstant()
  from!: string;

  /** The first moment that is no part of the period. */
  @IsInstant()
  to!: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;
}

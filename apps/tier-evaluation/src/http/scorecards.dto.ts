import { AsOfQuery, IsInstant, IsStreamId, LimitedQuery, PageSize } from '@tributary/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { StandingPath } from './standings.dto';

const OWNER = /^[a-z][a-z0-9._-]{1,63}$/;

/** On both clocks: `at` is the world's. */
export class ScorecardQuery extends AsOfQuery {
  @ApiPropertyOptional({ description: 'How it stood then. Left out, now.' })
  @IsOptional()
  @IsInstant()
  at?: string;
}

export class ScorecardsQuery extends AsOfQuery {
  @ApiPropertyOptional({ description: 'The `position` of the last one of the page before.' })
  @IsOptional()
  @Matches(/^[1-9][0-9]{0,17}$/)
  before?: string;

  @PageSize()
  limit = 100;
}

export class TasksQuery extends LimitedQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ enum: ['open', 'done', 'dropped'] })
  @IsOptional()
  @IsIn(['open', 'done', 'dropped'])
  state?: 'done' | 'dropped' | 'open';

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(OWNER)
  owner?: string;
}

export class TaskPath extends StandingPath {
  @IsStreamId()
  task!: string;
}

export class TaskAssignmentBody {
  @ApiProperty({ description: 'Who has to act: a role or a team.', example: 'partnerships' })
  @Matches(OWNER)
  owner!: string;
}

export class TaskDoneBody {
  @ApiProperty({ description: 'What was done. It stands in the log for good.' })
  @IsString()
  @Length(3, 500)
  note!: string;
}

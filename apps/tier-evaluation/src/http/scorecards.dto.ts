import { IsInstant, IsStreamId } from '@tributary/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { StandingPath } from './standings.dto';

const OWNER = /^[a-z][a-z0-9._-]{1,63}$/;

export class ScorecardQuery {
  @ApiPropertyOptional({ description: 'By what is known now, how it stood then. Left out, now.' })
  @IsOptional()
  @IsInstant()
  at?: string;
}

export class BenefitsQuery extends ScorecardQuery {}

export class NoticesQuery {
  @ApiPropertyOptional({ description: 'As a command answered: waits until its write is visible.' })
  @IsOptional()
  @IsString()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait for the token.', default: 10_000 })
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
}

export class ScorecardsQuery extends NoticesQuery {
  @ApiPropertyOptional({ description: 'The `position` of the last one of the page before.' })
  @IsOptional()
  @Matches(/^[1-9][0-9]{0,17}$/)
  before?: string;
}

export class TasksQuery extends NoticesQuery {
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

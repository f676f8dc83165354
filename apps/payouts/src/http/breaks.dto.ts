import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay, IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { BREAK_TYPES, type BreakType } from '../domain/rail/break-events';
import { PagedQuery } from './bank-statements.dto';

const TYPES = Object.keys(BREAK_TYPES);
const STATES = ['all', 'closed', 'open'] as const;
const OWNER = /^[a-z][a-z0-9._-]{1,63}$/;

export class AsOfQuery extends PagedQuery {
  @ApiPropertyOptional({ description: 'Only of this account.' })
  @IsOptional()
  @IsStreamId()
  payingAccount?: string;

  @ApiPropertyOptional({ description: 'The day whose ages are shown; left out, today in UTC.' })
  @IsOptional()
  @IsDay()
  asOf?: string;
}

export class BreaksQuery extends AsOfQuery {
  @ApiPropertyOptional({ enum: STATES, default: 'open' })
  @IsOptional()
  @IsIn(STATES)
  state: (typeof STATES)[number] = 'open';

  @ApiPropertyOptional({ enum: TYPES })
  @IsOptional()
  @IsIn(TYPES)
  type?: BreakType;

  @IsOptional()
  @Matches(OWNER)
  owner?: string;
}

export class AgeingBody {
  /** What should have happened by the end of this day, and has not, becomes a break. */
  @IsDay()
  asOf!: string;

  /** Left out: of all accounts. */
  @IsOptional()
  @IsStreamId()
  payingAccount?: string;
}

export class AssignmentBody {
  /** Who has to act: a role or a team. */
  @Matches(OWNER)
  owner!: string;

  @Length(3, 500)
  note!: string;
}

export class ClosureBody {
  /** It stands in the log for good, so it names no person. */
  @Length(3, 500)
  reason!: string;
}

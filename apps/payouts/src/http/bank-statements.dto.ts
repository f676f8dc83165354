import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsMinorUnits, PageSize } from '@tributary/platform';
import { IsOptional, Length, Matches } from 'class-validator';
import { FilesReadQuery } from './paying-accounts.dto';

export const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export class PagedQuery extends FilesReadQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 300)
  after?: string;

  @PageSize()
  limit = 100;
}

/** For a format that carries no balance of the period, from the paper that does. Minor units, negative where overdrawn. */
export class DeclaredQuery {
  @IsOptional()
  @IsMinorUnits()
  opening?: string;

  @IsOptional()
  @IsMinorUnits()
  closing?: string;
}

export class AcceptanceBody {
  /** Why it may stand beside what is known. It stands in the log for good, so it names no person. */
  @Length(3, 500)
  reason!: string;
}

export class LinesQuery extends PagedQuery {
  @ApiPropertyOptional({ description: 'Booked on this day or later.' })
  @IsOptional()
  @Matches(DAY)
  from?: string;

  @ApiPropertyOptional({ description: 'Booked on this day or before.' })
  @IsOptional()
  @Matches(DAY)
  until?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay, IsMinorUnits, PageSize } from '@tributary/platform';
import { IsOptional, Length } from 'class-validator';
import { FilesReadQuery } from './paying-accounts.dto';

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

export class DismissalBody {
  /** Why none of it counts. It stands in the log for good, so it names no person. */
  @Length(3, 500)
  reason!: string;
}

export class AcceptanceBody {
  /** Why it may stand beside what is known. It stands in the log for good, so it names no person. */
  @Length(3, 500)
  reason!: string;
}

export class LinesQuery extends PagedQuery {
  @ApiPropertyOptional({ description: 'Booked on this day or later.' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ description: 'Booked on this day or before.' })
  @IsOptional()
  @IsDay()
  until?: string;
}

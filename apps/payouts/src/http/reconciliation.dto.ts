import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { DAY } from './bank-statements.dto';
import { FilesReadQuery } from './paying-accounts.dto';

export class ReconciliationQuery extends FilesReadQuery {
  @IsOptional()
  @Matches(DAY)
  from?: string;

  @IsOptional()
  @Matches(DAY)
  until?: string;

  @ApiPropertyOptional({
    description: 'As it was known when our log stood here; left out, as it is now.',
  })
  @IsOptional()
  @Matches(/^(?:0|[1-9][0-9]{0,17})$/)
  position?: string;
}

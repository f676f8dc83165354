import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay } from '@tributary/platform';
import { IsOptional, Matches } from 'class-validator';
import { FilesReadQuery } from './paying-accounts.dto';

export class ReconciliationQuery extends FilesReadQuery {
  @IsOptional()
  @IsDay()
  from?: string;

  @IsOptional()
  @IsDay()
  until?: string;

  @ApiPropertyOptional({
    description: 'As it was known when our log stood here; left out, as it is now.',
  })
  @IsOptional()
  @Matches(/^(?:0|[1-9][0-9]{0,17})$/)
  position?: string;
}

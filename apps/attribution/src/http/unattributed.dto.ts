import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { UNATTRIBUTED_REASONS, type UnattributedReason } from '../read-model/unattributed.queries';
import { PageQuery } from './leads.dto';

export class UnattributedQuery extends PageQuery {
  @ApiPropertyOptional({ enum: UNATTRIBUTED_REASONS })
  @IsOptional()
  @IsIn(UNATTRIBUTED_REASONS)
  reason?: UnattributedReason;
}

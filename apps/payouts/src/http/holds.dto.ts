import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';
import { StatementsPageQuery } from './statements.dto';

export const PAYOUT_HOLDS = [
  'bank_details',
  'below_minimum',
  'dispute',
  'kyc',
  'suspended',
  'tax',
] as const;
export type PayoutHold = (typeof PAYOUT_HOLDS)[number];

export class PayoutHoldsQuery extends StatementsPageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @ApiPropertyOptional({ enum: PAYOUT_HOLDS })
  @IsOptional()
  @IsIn(PAYOUT_HOLDS)
  reason?: PayoutHold;
}

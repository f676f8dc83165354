import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, IsStreamId } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';

export const PAYOUT_HOLDS = [
  'bank_details',
  'below_minimum',
  'dispute',
  'kyc',
  'suspended',
  'tax',
] as const;
export type PayoutHold = (typeof PAYOUT_HOLDS)[number];

export class PayoutHoldsQuery extends AsOfPageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @ApiPropertyOptional({ enum: PAYOUT_HOLDS })
  @IsOptional()
  @IsIn(PAYOUT_HOLDS)
  reason?: PayoutHold;
}

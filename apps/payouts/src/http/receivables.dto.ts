import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsAsset, IsInstant, IsMinorUnits, IsStreamId } from '@tributary/platform';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { ReasonedBody } from './adjustments.dto';

const DAY = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Which account of a partner. */
export class OfAccountBody {
  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: string;
}

export class DemandBody extends OfAccountBody {
  @ApiProperty({ description: 'Until when the partner is asked to pay.' })
  @IsInstant()
  payBy!: string;
}

export class RepaymentBody extends OfAccountBody {
  @IsMinorUnits()
  @Length(1, 15)
  amount!: string;

  @ApiProperty({ description: 'The account of ours that received it.' })
  @IsStreamId()
  rail!: string;

  @ApiPropertyOptional({ description: 'The line of its statement, where it is there already.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  bankLine?: string;

  @ApiProperty({ example: '2026-04-17', description: 'The day on which the bank booked it.' })
  @Matches(DAY)
  bookedOn!: string;
}

export class WriteOffBody extends ReasonedBody {
  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: string;

  @IsMinorUnits()
  @Length(1, 15)
  amount!: string;
}

export class AllowanceBody extends OfAccountBody {
  @ApiProperty({ description: 'In all, from now on; "0" takes back what was allowed for.' })
  @IsMinorUnits()
  @Length(1, 15)
  allowance!: string;

  @ApiProperty({ description: 'It stands in the log for good, so it names no person.' })
  @Length(3, 500)
  reason!: string;
}

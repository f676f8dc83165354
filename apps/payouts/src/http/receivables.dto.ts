import { ApiProperty } from '@nestjs/swagger';
import { IsAsset, IsInstant, IsMinorUnits, IsStreamId } from '@tributary/platform';
import { Length } from 'class-validator';
import { ReasonedBody } from './adjustments.dto';

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
  @ApiProperty({ description: 'Of the whole line.' })
  @IsMinorUnits()
  @Length(1, 15)
  amount!: string;

  @ApiProperty({ description: 'The paying account of ours that received it.' })
  @IsStreamId()
  rail!: string;

  @ApiProperty({
    description:
      'The credit of its statement, which nothing else explains: `line` in its bank lines.',
  })
  @Length(1, 200)
  bankLine!: string;
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

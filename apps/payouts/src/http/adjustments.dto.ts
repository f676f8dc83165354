import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsAsset, IsMinorUnits, IsStreamId } from '@tributary/platform';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { PROPOSAL_STATUSES, type ProposalStatus } from '../read-model/account-proposals.queries';
import { PageQuery } from './accounts.dto';

const REASON = 'It stands in the log for good, so it names no person.';

export class ReasonedBody {
  @ApiProperty({ description: REASON })
  @Length(3, 500)
  reason!: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Where it can be read: numbers of documents or tickets.',
    example: ['ticket 4711'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence: string[] = [];
}

export class WithdrawalBody {
  @ApiProperty({ description: REASON })
  @Length(3, 500)
  reason!: string;
}

/** Which account: what one entity owes one partner in one currency. */
export class AccountBody extends ReasonedBody {
  @IsStreamId()
  partner!: string;

  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: string;
}

export class AdjustmentBody extends AccountBody {
  @IsStreamId()
  programme!: string;

  @ApiProperty({
    description:
      'What the partner gets, or with a minus gives. It first pays what the partner owes; what is not there to be taken is owed.',
  })
  @IsMinorUnits()
  @Length(1, 15)
  amount!: string;
}

export class ProposalsQuery extends PageQuery {
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ enum: PROPOSAL_STATUSES })
  @IsOptional()
  @IsIn(PROPOSAL_STATUSES)
  status?: ProposalStatus;
}

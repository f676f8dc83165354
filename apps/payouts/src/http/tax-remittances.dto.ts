import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsAsset, IsDay, IsMinorUnits, IsStreamId } from '@tributary/platform';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { PROPOSAL_STATUSES, type ProposalStatus } from '../read-model/account-proposals.queries';
import { PageQuery } from './accounts.dto';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

export class RemittanceBody {
  @IsStreamId()
  entity = 'main';

  @IsAsset()
  asset!: string;

  @ApiProperty({ example: 'br-irrf-commissions-company' })
  @Matches(/^[a-z][a-z0-9-]{1,59}$/)
  rule!: string;

  @ApiProperty({
    example: '2026-03',
    description:
      'In which the payments were instructed whose tax it is, as the entity counts its days.',
  })
  @Matches(MONTH)
  month!: string;

  @ApiProperty({
    example: '1500',
    description:
      'What left the bank account; without fines and interest. Zero where all of it was kept back.',
  })
  @IsMinorUnits()
  @Length(1, 15)
  amount!: string;

  @ApiPropertyOptional({
    default: '0',
    description:
      'What was kept back of the payment, because tax of payments that came back had been paid already.',
  })
  @IsMinorUnits()
  @Length(1, 15)
  offset = '0';

  @IsDay()
  paidOn!: string;

  @ApiPropertyOptional({ description: 'The account of ours that it was paid from.' })
  @IsOptional()
  @IsStreamId()
  payingAccount?: string;

  @ApiProperty({
    example: 'DARF 07.16.26110.0000001-1',
    description: 'Of the payment document. The bank line that carries it is recognised by it.',
  })
  @Length(1, 100)
  @Matches(/[A-Za-z0-9]/, { message: '$property has at least one letter or digit' })
  reference!: string;

  @ApiPropertyOptional({ type: [String], example: ['ticket 4711'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  evidence: string[] = [];
}

export class RemittancesQuery extends PageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @ApiPropertyOptional({ example: '2026-03' })
  @IsOptional()
  @Matches(MONTH)
  month?: string;

  @ApiPropertyOptional({ enum: PROPOSAL_STATUSES })
  @IsOptional()
  @IsIn(PROPOSAL_STATUSES)
  status?: ProposalStatus;
}

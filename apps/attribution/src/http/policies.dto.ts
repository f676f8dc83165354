import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonObject } from '@tributary/kernel';
import { IsInstant, IsStreamId, LimitedQuery } from '@tributary/platform';
import { IsObject, IsOptional, Matches } from 'class-validator';
import { STANDARD_POLICY } from '../domain/policy/standard';

const { programme: _, ...example } = STANDARD_POLICY.content;

export class NewPolicyVersionBody {
  /** Whose policy it is; a programme has one. */
  @IsStreamId()
  programme!: string;

  /** The first conversions that it governs. */
  @IsInstant()
  effectiveFrom!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What is left out is as in the standard policy, which is the example.',
    example,
  })
  @IsObject()
  content!: JsonObject;
}

export class PolicyApprovalBody {
  /** Of the draft that you have read. */
  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  @Matches(/^[0-9a-f]{64}$/)
  hash!: string;
}

export class PoliciesQuery extends LimitedQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsStreamId()
  after?: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonObject } from '@tributary/kernel';
import { IsInstant, IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, Length, Matches, Max, Min } from 'class-validator';
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

export class PolicyQuery {
  @ApiPropertyOptional({ description: 'As the answer to your command gave it.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait for the token.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

export class PoliciesQuery extends PolicyQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsStreamId()
  after?: string;

  @ApiPropertyOptional({ default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;
}

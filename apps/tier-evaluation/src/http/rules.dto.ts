import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonObject } from '@tributary/kernel';
import { IsInstant } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { STARTER_RULES } from '../domain/rules/starter';

const { track: _track, ...example } = STARTER_RULES.commercial.content;

export class NewRulesBody {
  /** Since when they decide who is entitled. */
  @IsInstant()
  effectiveFrom!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What is left out is as in the built-in rules; those of `commercial` are the example.',
    example,
  })
  @IsObject()
  content!: JsonObject;
}

export class RulesApprovalBody {
  /** Of the draft that you have read. */
  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  @Matches(/^[0-9a-f]{64}$/)
  hash!: string;
}

export class RulesQuery {
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

const asBoolean = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

export class TierTreeQuery {
  @ApiProperty({ type: Boolean, description: 'The partner can build and run it by itself.' })
  @Transform(asBoolean)
  @IsBoolean()
  selfServe!: boolean;

  @ApiProperty({ type: Boolean, description: 'Both sides want to be seen with each other.' })
  @Transform(asBoolean)
  @IsBoolean()
  marquee!: boolean;
}

import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@tributary/kernel';
import { IsInstant } from '@tributary/platform';
import { Transform } from 'class-transformer';
import { IsBoolean, IsObject, Matches } from 'class-validator';
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
      'What is left out is as in the built-in rules; those of `commercial` are the example. `rates` say what one of other money is in money of the rules: `[{ "asset": "USD/2", "rate": "5.4321" }]`.',
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

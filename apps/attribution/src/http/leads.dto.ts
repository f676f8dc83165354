import { ApiPropertyOptional } from '@nestjs/swagger';
import { PageQuery as AnyPageQuery, IsInstant, IsStreamId } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { CLAIM_STATES, type ClaimState, type Verdict } from '../domain/prospect/events';

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const VERDICTS = ['approved', 'refused'] as const satisfies readonly Verdict[];

/** Of facts, which are longer than figures. */
export class PageQuery extends AnyPageQuery {
  @ApiPropertyOptional({ default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  override limit = 50;

  @IsOptional()
  @IsStreamId()
  programme?: string;
}

export class PartnerClaimsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CLAIM_STATES })
  @IsOptional()
  @IsIn(CLAIM_STATES)
  state?: ClaimState;
}

export class ClaimsQuery extends PartnerClaimsQuery {
  @ApiPropertyOptional({
    description: 'Those that nobody has decided in time, or those that are not overdue.',
  })
  @IsOptional()
  @Transform(
    ({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value,
  )
  @IsBoolean()
  overdue?: boolean;

  @ApiPropertyOptional({ description: 'The moment of which `overdue` is asked. Left out, now.' })
  @IsOptional()
  @IsInstant()
  on?: string;

  @IsOptional()
  @IsStreamId()
  partner?: string;
}

/** Stays in the log, so it names no person. */
export class ReasonBody {
  @Length(1, 500)
  reason!: string;
}

export class ClaimDecisionBody extends ReasonBody {
  @IsIn(VERDICTS)
  decision!: Verdict;

  @ApiPropertyOptional({
    description: 'Of an approval. Left out: as the programme says, counted from the registration.',
  })
  @IsOptional()
  @IsInstant()
  protectionUntil?: string;
}

export class DirectAccountBody extends ReasonBody {
  @ApiPropertyOptional({ description: 'Of the company, in any case.', example: 'contoso.example' })
  @Length(4, 253)
  @Matches(DOMAIN, { message: '$property is a domain, like "contoso.example"' })
  domain!: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;

  @ApiPropertyOptional({ description: 'Since when. Left out, since now.' })
  @IsOptional()
  @IsInstant()
  since?: string;
}

export class DirectHoldBody extends ReasonBody {
  @ApiPropertyOptional({ description: 'Since when. Left out, since now.' })
  @IsOptional()
  @IsInstant()
  since?: string;
}

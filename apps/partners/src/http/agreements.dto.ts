import { AGREEMENT_STATUSES, type AgreementStatus } from '@tributary/contracts';
import type { Asset } from '@tributary/kernel';
import { IsAsset, IsInstant, IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from './bodies';
import { IsTerritory, MayBeLeftOut } from './fields';

const VERTICAL = /^[a-z0-9][a-z0-9-]{0,31}$/;

export class SplitBody {
  @IsStreamId()
  partner!: string;

  /** Basis points; all of them together are 10,000. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  bp!: number;
}

export class ExclusivityBody {
  @IsArray()
  @ArrayMaxSize(60)
  @IsTerritory({ each: true })
  territories!: string[];

  @IsArray()
  @ArrayMaxSize(20)
  @Matches(VERTICAL, { each: true })
  verticals!: string[];

  /** The words of the agreement, as a refusal will quote them. */
  @IsString()
  @Length(1, 200)
  clause!: string;
}

export class AgreementCurrencyBody {
  @IsAsset()
  asset!: Asset;
}

class DecidedBody {
  /** When it was decided, for what is entered later. Left out, now. */
  @MayBeLeftOut()
  @IsInstant()
  decidedAt?: string;
}

class EffectiveBody extends DecidedBody {
  /** The first sales that it governs, by when they were paid. Left out, those from the decision on. */
  @MayBeLeftOut()
  @IsInstant()
  effectiveFrom?: string;
}

export class AgreementAmendmentBody extends EffectiveBody {
  @IsOptional()
  @IsStreamId()
  plan?: string | null;

  /** In the order of the signed agreement. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => SplitBody)
  splits?: SplitBody[];

  @IsOptional()
  @IsStreamId()
  parent?: string | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExclusivityBody)
  exclusivity?: ExclusivityBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgreementCurrencyBody)
  currency?: AgreementCurrencyBody | null;
}

export class NewAgreementBody extends AgreementAmendmentBody {
  /** Yours; left out, one is made. */
  @MayBeLeftOut()
  @IsStreamId()
  id?: string;

  @IsStreamId()
  partner!: string;

  /** Left out, the programme `main`. */
  @MayBeLeftOut()
  @IsStreamId()
  programme?: string;
}

export class AgreementApprovalBody extends DecidedBody {
  /** What you have read: `pending.version` of the agreement. */
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version!: number;
}

export class AgreementEndingBody extends EffectiveBody {
  @IsString()
  @Length(1, 200)
  reason!: string;
}

export class AgreementsQuery extends PageQuery {
  @IsOptional()
  @IsIn(AGREEMENT_STATUSES)
  status?: AgreementStatus;

  @IsOptional()
  @IsStreamId()
  partner?: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;
}

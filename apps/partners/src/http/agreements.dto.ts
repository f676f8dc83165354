import { AGREEMENT_STATUSES, type AgreementStatus } from '@tributary/contracts';
import type { Asset } from '@tributary/kernel';
import { IsAsset, IsInstant, IsStreamId } from '@tributary/platform';
import { ApiProperty } from '@nestjs/swagger';
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
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { AGREEMENT_PARTIES, type AgreementParty } from '../domain/agreement/events';
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

export class AgreementTermBody {
  /** The first sales that it no longer governs; null: it runs until somebody ends it. */
  @ApiProperty({ type: String, nullable: true, example: '2027-01-01T00:00:00-03:00' })
  @ValidateIf((_body: object, value: unknown) => value !== null)
  @IsInstant()
  until!: string | null;

  /** Whoever ends it for no cause says so as many days before. */
  @IsInt()
  @Min(0)
  @Max(365)
  noticeDays!: number;
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

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgreementTermBody)
  term?: AgreementTermBody | null;
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

export class SignedDocumentBody {
  /** Where it is kept. */
  @IsString()
  @Length(1, 200)
  reference!: string;

  /** Of its bytes. */
  @Matches(/^[0-9a-f]{64}$/)
  sha256!: string;
}

export class AgreementSignatureBody extends AgreementApprovalBody {
  @IsIn(AGREEMENT_PARTIES)
  party!: AgreementParty;

  @IsInstant()
  signedAt!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => SignedDocumentBody)
  document!: SignedDocumentBody;
}

export class AgreementEndingBody extends EffectiveBody {
  /** Left out, notice is given, and has to be kept. */
  @MayBeLeftOut()
  @IsIn(['notice', 'mutual', 'breach'])
  cause?: 'breach' | 'mutual' | 'notice';

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

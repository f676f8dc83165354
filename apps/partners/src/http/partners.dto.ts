import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  INTEGRATION_LEVELS,
  type IntegrationLevel,
  PARTNER_CATEGORIES,
  PARTNER_KINDS,
  PARTNER_STATUSES,
  PARTNER_TYPES,
  type PartnerCategory,
  type PartnerKind,
  type PartnerStatus,
  type PartnerType,
} from '@tributary/contracts';
import { IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { PageQuery, TimedBody } from './bodies';
import { IsTerritory, MayBeLeftOut } from './fields';

const VERTICAL = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** A partner begins as one of these; the others are reached. */
const FIRST_STATUSES = ['prospective', 'active'] as const;

export class BenefitsBody {
  @IsArray()
  @ArrayMaxSize(8)
  @IsString({ each: true })
  @Length(1, 80, { each: true })
  toPartner!: string[];

  @IsArray()
  @ArrayMaxSize(8)
  @IsString({ each: true })
  @Length(1, 80, { each: true })
  fromPartner!: string[];
}

class PartnerTermsBody extends TimedBody {
  /** What rules of a plan call `partner.type`. */
  @MayBeLeftOut()
  @IsIn(PARTNER_KINDS)
  kind?: PartnerKind;

  @MayBeLeftOut()
  @IsIn(PARTNER_CATEGORIES)
  category?: PartnerCategory;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(60)
  @IsTerritory({ each: true })
  territories?: string[];

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(VERTICAL, { each: true })
  verticals?: string[];

  @MayBeLeftOut()
  @IsIn(INTEGRATION_LEVELS)
  integrationLevel?: IntegrationLevel;

  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => BenefitsBody)
  benefits?: BenefitsBody;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(8)
  @IsString({ each: true })
  @Length(1, 80, { each: true })
  initiatives?: string[];
}

export class NewPartnerBody extends PartnerTermsBody {
  /** Yours; left out, one is made. */
  @MayBeLeftOut()
  @IsStreamId()
  id?: string;

  @IsString()
  @Length(1, 100)
  name!: string;

  @IsIn(PARTNER_TYPES)
  type!: PartnerType;

  @IsIn(FIRST_STATUSES)
  status: (typeof FIRST_STATUSES)[number] = 'active';
}

export class PartnerChangesBody extends PartnerTermsBody {
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  name?: string;

  @MayBeLeftOut()
  @IsIn(PARTNER_TYPES)
  type?: PartnerType;
}

export class PartnerStatusBody extends TimedBody {
  @MayBeLeftOut()
  @IsString()
  @Length(1, 200)
  reason?: string;
}

export class PartnersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PARTNER_STATUSES })
  @IsOptional()
  @IsIn(PARTNER_STATUSES)
  status?: PartnerStatus;

  @ApiPropertyOptional({ enum: PARTNER_TYPES })
  @IsOptional()
  @IsIn(PARTNER_TYPES)
  type?: PartnerType;

  @ApiPropertyOptional({ enum: PARTNER_CATEGORIES })
  @IsOptional()
  @IsIn(PARTNER_CATEGORIES)
  category?: PartnerCategory;
}

import { OmitType } from '@nestjs/swagger';
import type { Day } from '@tributary/kernel';
import { AsOfQuery, IsAsset, IsDay, IsInstant, POSITION } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { FORMATS, type Format } from '../application/exports';
import { GROUPS } from '../read-model/balances.queries';

export const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

/** From where the books are looked at. The ledger writes nothing, so there is no write of one's own to wait for. */
export class StandpointQuery extends OmitType(AsOfQuery, ['token']) {
  /** What happened by the end of this day, as each entity counts its days. Left out, everything. */
  @IsOptional()
  @IsDay()
  effective?: Day;
}

export class TrialBalanceQuery extends StandpointQuery {
  /** Belonging to this month of the books or an earlier one, as `2026-03`. */
  @IsOptional()
  @Matches(MONTH)
  period?: string;

  @IsOptional()
  @Length(1, 200)
  entity?: string;
}

export class LegQuery extends TrialBalanceQuery {
  @IsOptional()
  @IsAsset()
  asset?: string;

  @IsOptional()
  @Length(1, 200)
  partner?: string;

  @IsOptional()
  @Length(1, 200)
  programme?: string;

  @IsOptional()
  @Length(1, 200)
  plan?: string;

  @IsOptional()
  @Length(1, 200)
  country?: string;

  /** Of cash: the account of ours at a bank. */
  @IsOptional()
  @Length(1, 200)
  bank?: string;
}

export class PagedLegQuery extends LegQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit = 200;

  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  after?: string;
}

export class BalancesQuery extends PagedLegQuery {
  /** This account and those below it. */
  @IsOptional()
  @Length(1, 200)
  account?: string;

  /** What to add up by, separated by commas: entity, asset, account, programme, partner, plan, country, bank. */
  @Matches(new RegExp(`^(?:${GROUPS.join('|')})(?:,(?:${GROUPS.join('|')}))*$`))
  by = 'entity,asset,account';
}

export class EntriesQuery extends PagedLegQuery {
  @IsOptional()
  @Length(1, 200)
  account?: string;

  @IsOptional()
  @Length(1, 300)
  stream?: string;

  @IsOptional()
  @Length(1, 64)
  type?: string;

  /** Happened on this day or later. */
  @IsOptional()
  @IsDay()
  from?: Day;
}

/** What lies between two points, each named as a standpoint is. */
export class DifferenceQuery extends OmitType(PagedLegQuery, ['effective', 'known', 'period']) {
  /** What happened by the end of this day, as each entity counts its days. Left out, everything. */
  @IsOptional()
  @IsDay()
  fromEffective?: Day;

  /** What was known at this moment. Left out, everything. */
  @IsOptional()
  @IsInstant()
  fromKnown?: string;

  /** Nothing that stands in the log after this position; left out, after `position`. */
  @IsOptional()
  @Matches(POSITION)
  fromPosition?: string;

  @IsOptional()
  @IsDay()
  toEffective?: Day;

  @IsOptional()
  @IsInstant()
  toKnown?: string;

  @IsOptional()
  @Matches(POSITION)
  toPosition?: string;

  /** This account and those below it. */
  @IsOptional()
  @Length(1, 200)
  account?: string;
}

/** An account has one balance per entity and asset, so both are named. */
export class StatementQuery extends OmitType(PagedLegQuery, ['entity', 'asset']) {
  @Length(1, 200)
  entity!: string;

  @IsAsset()
  asset!: string;

  @IsOptional()
  @IsDay()
  from?: Day;
}

export class RollForwardQuery extends StandpointQuery {
  @Matches(MONTH)
  from!: string;

  @Matches(MONTH)
  to!: string;

  @IsOptional()
  @Length(1, 200)
  entity?: string;

  @IsOptional()
  @IsAsset()
  asset?: string;
}

export class ExportQuery extends StandpointQuery {
  @IsIn(FORMATS)
  format!: Format;

  /** A file holds the books of one entity. */
  @Length(1, 200)
  entity!: string;

  /** The first day; what stood before becomes the opening. Left out, from the beginning. */
  @IsOptional()
  @IsDay()
  from?: Day;

  /** The last day, none after `effective`. Left out, that of `effective`, or of the last entry. */
  @IsOptional()
  @IsDay()
  to?: Day;
}

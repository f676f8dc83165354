import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsAsset, IsDay, IsMinorUnits, IsStreamId, PageSize } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { RAIL_NAMES } from '../rails/rails';
import { WaitingQuery } from './accounts.dto';

export class OwnBankAccountBody {
  /** COMPE code. */
  @Matches(/^[0-9]{3}$/)
  bank!: string;

  @Matches(/^[0-9]{1,5}$/)
  branch!: string;

  @IsOptional()
  @Matches(/^[0-9A-Z]$/)
  branchDigit?: string | null;

  @Matches(/^[0-9]{1,12}$/)
  number!: string;

  @Matches(/^[0-9A-Z]$/)
  digit!: string;

  @IsIn(['checking', 'savings'])
  kind!: 'checking' | 'savings';
}

export class PayingAccountBody {
  /** What you call it; files and statements are asked for by it. */
  @IsStreamId()
  id!: string;

  /** As the bank knows the company. */
  @IsString()
  @Length(1, 100)
  name!: string;

  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: string;

  /** Of the entity, from the IANA list. */
  @IsString()
  @Length(1, 60)
  zone!: string;

  /** How files for this bank are written and its answers read. */
  @IsIn(RAIL_NAMES)
  format!: string;

  /** Fourteen characters without punctuation; new ones may have letters. */
  @Matches(/^[0-9A-Z]{12}[0-9]{2}$/)
  cnpj!: string;

  /** Of the contract with the bank. */
  @IsString()
  @Length(0, 20)
  agreement!: string;

  @ValidateNested()
  @Type(() => OwnBankAccountBody)
  account!: OwnBankAccountBody;

  /** Of the account at the start of the day `on`, negative where it is overdrawn. */
  @IsMinorUnits()
  opening!: string;

  @IsDay()
  on!: string;
}

export class FilesReadQuery extends WaitingQuery {}

export class FilesPageQuery extends FilesReadQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Matches(/^[0-9A-Za-z.]{1,80}$/)
  after?: string;

  @PageSize()
  limit = 100;
}

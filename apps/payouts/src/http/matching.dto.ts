import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { BOOKED_KINDS, type HandMatch } from '../domain/rail/match-events';
import { LINE_STATES, type LineState } from '../read-model/bank-lines.queries';
import { LinesQuery } from './bank-statements.dto';

const KINDS = ['returned', 'settled', ...BOOKED_KINDS] as const;
const REMITTANCE = /^[0-9a-f-]{32,36}$/;
/** Not negative. */
const AMOUNT = /^(?:0|[1-9][0-9]{0,17})$/;

export class BankLinesQuery extends LinesQuery {
  @ApiPropertyOptional({ enum: LINE_STATES, default: 'all' })
  @IsOptional()
  @IsIn(LINE_STATES)
  state: LineState = 'all';
}

export class MatchBody {
  /** `settled` and `returned` name items, `tax` a remittance; the others move money for neither. What a partner paid back is said of the receivable. */
  @IsIn(KINDS)
  kind!: HandMatch['kind'];

  @IsArray()
  @ArrayMaxSize(100)
  @Matches(/^[0-9A-Z]{1,35}$/, { each: true })
  items: string[] = [];

  @ApiPropertyOptional({ description: 'Of `tax`: which one the line shows.' })
  @IsOptional()
  @Matches(REMITTANCE)
  remittance?: string;

  /** It stands in the log for good, so it names no person. */
  @Length(3, 500)
  reason!: string;
}

export class UnmatchBody {
  @Length(3, 500)
  reason!: string;
}

class SettleDaysBody {
  @IsInt()
  @Min(0)
  @Max(30)
  pix!: number;

  @IsInt()
  @Min(0)
  @Max(30)
  ted!: number;
}

export class MatchingRulesBody {
  /** The bank's codes of what it charges for. */
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  chargeCodes!: string[];

  /** Minor units above which a charge is looked at by a person all the same. */
  @Matches(AMOUNT)
  chargeLimit!: string;

  /** Minor units above which what a person matches needs a second one. */
  @Matches(AMOUNT)
  handLimit!: string;

  /** Business days after that of the payment within which its money is expected to leave. */
  @ValidateNested()
  @Type(() => SettleDaysBody)
  settleDays!: SettleDaysBody;

  @IsInt()
  @Min(0)
  @Max(30)
  answerDays!: number;

  /** Other writings of this account, as the bank has them in its statements. */
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  accountNames!: string[];
}

import { IsDay, IsInstant, IsStreamId, IsZone } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
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
import { PageQuery, TimedBody } from './bodies';
import { MayBeLeftOut } from './fields';

/** A URI, as in the events of that source. */
const SOURCE = /^[!-~]{1,300}$/;

export class ClaimSettingsBody {
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(3_650)
  protectionDays?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(20)
  extensions?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(3_650)
  extensionDays?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(60)
  decisionBusinessDays?: number;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @IsDay({ each: true })
  holidays?: string[];
}

export class ProgrammeSettingsBody extends TimedBody {
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  name?: string;

  @MayBeLeftOut()
  @IsZone()
  zone?: string;

  /** Sources of facts, best first. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(SOURCE, { each: true })
  sources?: string[];

  /** Sales paid before are shown, and not booked; null takes the limit away. */
  @IsOptional()
  @IsInstant()
  bookFrom?: string | null;

  /** Told whole: what is left out takes its default. */
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => ClaimSettingsBody)
  claims?: ClaimSettingsBody;
}

export class NewProgrammeBody extends ProgrammeSettingsBody {
  /** Yours; left out where a `name` is given, one is made. Events that name no programme belong to `main`. */
  @MayBeLeftOut()
  @IsStreamId()
  id?: string;

  /** Left out, the entity `main`. */
  @MayBeLeftOut()
  @IsStreamId()
  entity?: string;
}

export class ProgrammesQuery extends PageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;
}

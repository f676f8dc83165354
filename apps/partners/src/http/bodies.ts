import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { type CommandContext, IsInstant, IsStreamId } from '@tributary/platform';
import type { Timing } from '../domain/history';
import { MayBeLeftOut, timeAs } from './fields';

/** What may be said of every change: since when it holds. Left out, since it came in. */
export class TimedBody {
  @MayBeLeftOut()
  @IsInstant()
  effectiveAt?: string;
}

export class NewBody extends TimedBody {
  /** Yours; left out, one is made. */
  @MayBeLeftOut()
  @IsStreamId()
  id?: string;
}

export const timing = ({ receivedAt }: CommandContext, { effectiveAt }: TimedBody): Timing => ({
  receivedAt,
  ...timeAs('effectiveAt', effectiveAt),
});

export class RegistryQuery {
  /** What holds at this time. Left out, now. */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** As a command answered: waits until its write is visible. */
  @IsOptional()
  @IsString()
  @Length(1, 60)
  token?: string;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

export class PageQuery extends RegistryQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `next` of the page before. */
  @IsOptional()
  @IsStreamId()
  after?: string;
}

import { IsStreamId } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';

export class PeriodParams {
  @IsStreamId()
  entity!: string;

  @Matches(/^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/)
  month!: string;
}

export class EntityParams {
  @IsStreamId()
  entity!: string;
}

export class PeriodsQuery {
  /** Of a command, to see its write. */
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

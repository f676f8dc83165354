import { POSITION } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { MONTH, StandpointQuery } from '../http/queries';

/** What comes in a query is text. */
const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

export class PeriodParams {
  @Length(1, 200)
  entity!: string;

  @Matches(MONTH)
  month!: string;
}

export class PeriodQuery {
  /** Waits until the answer shows what stands in the log up to here. */
  @IsOptional()
  @Matches(POSITION)
  position?: string;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;

  /** Computes a certified month anew before it answers, which takes as long as its rows are many. */
  @Transform(({ value }: { value: unknown }) => BOOLEANS.get(value) ?? value)
  @IsBoolean()
  recompute = false;
}

export class PriorImpactQuery extends StandpointQuery {
  @Length(1, 200)
  entity!: string;

  @Matches(MONTH)
  month!: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Length, Max, Min } from 'class-validator';

export class Waiting {
  @ApiPropertyOptional({ description: 'As a command answered: waits until its write is visible.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait at the most.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

export class OnDayQuery extends Waiting {
  @ApiPropertyOptional({ description: 'The moment of which it is asked. Left out, now.' })
  @IsOptional()
  @IsInstant()
  on?: string;
}

export class PageQuery extends Waiting {
  @ApiPropertyOptional({ default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

export class HoldsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The moment of which it is asked. Left out, now.' })
  @IsOptional()
  @IsInstant()
  on?: string;
}

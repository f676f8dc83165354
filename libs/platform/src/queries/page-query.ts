import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Length, Max, Min } from 'class-validator';

export class WaitingQuery {
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

/** How many entries a page has at the most; the same wherever one is turned. */
export const PageSize = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      default: 100,
      description:
        'Left out by who asks for CSV where a route answers it, all rows come. Named, the file ends there, and the header `x-next` holds the `after` of the rest.',
    }),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(1_000),
  );

/** A page whose end the route names in its own way. */
export class LimitedQuery extends WaitingQuery {
  @PageSize()
  limit = 100;
}

export class PageQuery extends LimitedQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

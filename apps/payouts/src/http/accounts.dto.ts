import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, IsAsset, IsStreamId, PageSize } from '@tributary/platform';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Length, Max, Min } from 'class-validator';

export class WaitingQuery {
  @ApiPropertyOptional({ description: 'As the answer to your command gave it.' })
  @IsOptional()
  @Length(1, 60)
  token?: string;

  @ApiPropertyOptional({ description: 'How long to wait for the token.', default: 10_000 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30_000)
  timeoutMs = 10_000;
}

export class PageQuery extends WaitingQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;

  @PageSize()
  limit = 100;
}

/** In a query everything is text. */
export const asBoolean = ({ value }: { readonly value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

export class AccountsQuery extends AsOfPageQuery {
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @IsOptional()
  @IsStreamId()
  entity?: string;

  @IsOptional()
  @IsAsset()
  asset?: string;

  @ApiPropertyOptional({ description: 'Only accounts of partners that owe something.' })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  owing?: boolean;
}

/** Which account of a partner. */
export class AccountQuery extends AsOfPageQuery {
  @IsStreamId()
  entity!: string;

  @IsAsset()
  asset!: string;
}

export class AgeingQuery extends AsOfPageQuery {
  @IsOptional()
  @IsStreamId()
  entity?: string;

  @IsOptional()
  @IsAsset()
  asset?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, IsStreamId } from '@tributary/platform';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { LINE_STATES, type LineState } from '../read-model/lines.queries';

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;
const WINDOW = /^(?:19[7-9]\d|[2-9]\d{3})(?:-(?:0[1-9]|1[0-2]|q[1-4]))?$/;

export class LinesQuery extends AsOfPageQuery {
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @IsOptional()
  @IsStreamId()
  plan?: string;

  @ApiPropertyOptional({ example: '2026-q1' })
  @IsOptional()
  @Matches(WINDOW)
  window?: string;

  @ApiPropertyOptional({
    example: '2026-03',
    description: 'Something was posted for it in this month of the books.',
  })
  @IsOptional()
  @Matches(MONTH)
  month?: string;

  @ApiPropertyOptional({
    example: 'no plan in this currency',
    description: 'Why it earns nothing, in words or as its code.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim().replaceAll(' ', '_') : value,
  )
  @Matches(/^[a-z][a-z_]{2,40}$/)
  reason?: string;

  @ApiPropertyOptional({
    enum: LINE_STATES,
    description: 'Something of it is in this state; `nothing`: it earns nothing.',
  })
  @IsOptional()
  @IsIn(LINE_STATES)
  state?: LineState;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Min } from 'class-validator';

const STREAM = /^[a-z][a-z0-9]{0,31}-[a-z0-9]{1,32}(?:\.[a-z0-9]{1,32})+$/;

export class InclusionQuery {
  @ApiProperty({ description: 'The stream of the event.', example: 'account-acme.p1.main.brl' })
  @Matches(STREAM)
  stream!: string;

  @ApiProperty({ description: 'Its place in the stream, from 0.', example: '3' })
  @Matches(/^(?:0|[1-9][0-9]{0,17})$/)
  revision!: string;
}

export class LogAsOfQuery {
  @ApiPropertyOptional({ description: 'A moment of our clock. Left out, now.' })
  @IsOptional()
  @IsInstant()
  known?: string;

  @ApiPropertyOptional({ description: 'As another answer names it: nothing after it counts.' })
  @IsOptional()
  @Matches(/^(?:0|[1-9][0-9]{0,17})$/)
  position?: string;
}

export class ConsistencyQuery {
  @ApiProperty({ description: 'The size of the checkpoint that you have.' })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  from!: number;

  @ApiProperty({ description: 'The size of a later one.' })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  to!: number;
}

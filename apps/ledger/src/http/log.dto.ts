import { ApiProperty, OmitType } from '@nestjs/swagger';
import { AsOfQuery, POSITION } from '@tributary/platform';
import { Type } from 'class-transformer';
import { IsInt, Matches, Min } from 'class-validator';

const STREAM = /^[a-z][a-z0-9]{0,31}-[a-z0-9]{1,32}(?:\.[a-z0-9]{1,32})+$/;

export class InclusionQuery {
  @ApiProperty({ description: 'The stream of the event.', example: 'account-acme.p1.main.brl' })
  @Matches(STREAM)
  stream!: string;

  @ApiProperty({ description: 'Its place in the stream, from 0.', example: '3' })
  @Matches(POSITION)
  revision!: string;
}

export class LogAsOfQuery extends OmitType(AsOfQuery, ['token']) {}

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

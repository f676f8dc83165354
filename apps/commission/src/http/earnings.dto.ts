import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfPageQuery, AsOfQuery, IsInstant } from '@tributary/platform';
import { IsOptional } from 'class-validator';

export class OnDayQuery extends AsOfQuery {
  @ApiPropertyOptional({
    description: 'The moment of which it is asked. Left out, that of `known`, or now.',
  })
  @IsOptional()
  @IsInstant()
  on?: string;
}

export class HoldsQuery extends AsOfPageQuery {
  @ApiPropertyOptional({
    description: 'The moment of which it is asked. Left out, that of `known`, or now.',
  })
  @IsOptional()
  @IsInstant()
  on?: string;
}

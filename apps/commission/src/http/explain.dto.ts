import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, WaitingQuery } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';

export class ExplainQuery extends WaitingQuery {
  @ApiPropertyOptional({
    description:
      'What held at the end of the month of the books that this moment falls into. Left out, everything.',
  })
  @IsOptional()
  @IsInstant()
  on?: string;

  @ApiPropertyOptional({
    description: 'On our clock: what we knew then. Left out, everything that we know.',
  })
  @IsOptional()
  @IsInstant()
  known?: string;

  @ApiPropertyOptional({ enum: ['sentence'], description: 'One sentence for the partner.' })
  @IsOptional()
  @IsIn(['sentence'])
  as?: 'sentence';
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Waiting } from './earnings.dto';

export class ExplainQuery extends Waiting {
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

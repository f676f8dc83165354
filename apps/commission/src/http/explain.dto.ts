import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfQuery, IsInstant } from '@tributary/platform';
import { IsIn, IsOptional } from 'class-validator';

export class ExplainQuery extends AsOfQuery {
  @ApiPropertyOptional({
    description:
      'What held at the end of the month of the books that this moment falls into. Left out, everything.',
  })
  @IsOptional()
  @IsInstant()
  on?: string;

  @ApiPropertyOptional({ enum: ['sentence'], description: 'One sentence for the partner.' })
  @IsOptional()
  @IsIn(['sentence'])
  as?: 'sentence';
}

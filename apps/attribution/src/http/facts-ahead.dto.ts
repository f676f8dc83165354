import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant } from '@tributary/platform';
import { IsInt, IsOptional, Length, Max, Min } from 'class-validator';

export class DueFactsBody {
  @ApiProperty({ description: 'Everything whose time has come until then is handed on.' })
  @IsInstant()
  asOf!: string;

  @ApiPropertyOptional({
    description: 'How many facts one request hands on at most.',
    default: 500,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 500;

  @ApiPropertyOptional({ description: '`next` of the answer before; refused with another `asOf`.' })
  @IsOptional()
  @Length(1, 400)
  after?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsStreamId } from '@tributary/platform';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, Length } from 'class-validator';
import { DecisionsQuery, booleanIn } from './customers.dto';
import { PageQuery } from './leads.dto';

export class SalesQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'With `invoiceRef`: finds one sale by the name it came under.',
  })
  @IsOptional()
  @Length(1, 300)
  billingSystem?: string;

  @IsOptional()
  @Length(1, 300)
  invoiceRef?: string;

  @ApiPropertyOptional({ description: 'A customer, by its id here.' })
  @IsOptional()
  @IsStreamId()
  customer?: string;

  @ApiPropertyOptional({ description: 'Credited with a line of it, or a hand in it.' })
  @IsOptional()
  @IsStreamId()
  partner?: string;

  @ApiPropertyOptional({ description: 'Only lines that nobody is credited with, or all others.' })
  @IsOptional()
  @Transform(booleanIn)
  @IsBoolean()
  unattributed?: boolean;
}

export class SaleHistoryQuery extends DecisionsQuery {
  @IsOptional()
  @IsStreamId()
  payment?: string;

  @IsOptional()
  @Length(1, 300)
  line?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay, IsStreamId } from '@tributary/platform';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import type { AfterVoid } from '../domain/rail/file-events';
import { FilesPageQuery } from './paying-accounts.dto';
import { RUN } from './runs.names';

export class FilesQuery extends FilesPageQuery {
  @ApiPropertyOptional({ description: 'Only files sent from this account.' })
  @IsOptional()
  @IsStreamId()
  payingAccount?: string;

  @ApiPropertyOptional({ description: 'Only files of this run.' })
  @IsOptional()
  @Matches(RUN)
  run?: string;
}

export class EvidenceBody {
  /** What shows it, such as a letter of the bank. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 500, { each: true })
  evidence!: string[];
}

export class FileVoidBody extends EvidenceBody {
  /** `new_file`: its items are sent once more, under the next number. `back`: they are payable again. */
  @IsIn(['back', 'new_file'])
  then!: AfterVoid;

  /** When the new file is to be paid. */
  @IsDay()
  payOn!: string;
}

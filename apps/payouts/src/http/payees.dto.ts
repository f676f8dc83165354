import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInstant, IsStreamId, PageSize, WaitingQuery } from '@tributary/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { PIX_KEY_KINDS, type PixKeyKind } from '../rails/rail';

const NAME = /^[a-z][a-z0-9_]{1,39}$/;
/** Both stand in the log for good, so they name no person. */
const REASON = 'It stands in the log for good, so it names no person.';

export class TaxDocumentBody {
  @IsIn(['cpf', 'cnpj'])
  kind!: 'cnpj' | 'cpf';

  @ApiProperty({ example: '12.ABC.345/01DE-35', description: 'With or without punctuation.' })
  @IsString()
  @Length(1, 40)
  number!: string;
}

export class PixBody {
  @ApiProperty({
    enum: PIX_KEY_KINDS,
    description: 'Declared and never guessed: eleven digits can be a CPF and a phone.',
  })
  @IsIn(PIX_KEY_KINDS)
  kind!: PixKeyKind;

  @IsString()
  @Length(1, 120)
  key!: string;
}

export class BankAccountBody {
  @ApiProperty({ example: '341', description: 'Three digits, as the Central Bank lists it.' })
  @IsString()
  @Length(1, 10)
  bank!: string;

  @ApiProperty({ example: '2545', description: 'Without its check digit.' })
  @IsString()
  @Length(1, 10)
  branch!: string;

  @ApiPropertyOptional({ example: '9' })
  @IsOptional()
  @IsString()
  @Length(0, 4)
  branchDigit?: string | null;

  @ApiProperty({ example: '2366', description: 'Without its check digit.' })
  @IsString()
  @Length(1, 30)
  number!: string;

  @ApiProperty({ example: '1' })
  @IsString()
  @Length(1, 4)
  digit!: string;

  @IsIn(['checking', 'savings'])
  kind!: 'checking' | 'savings';
}

export class PayeeBody {
  @ApiProperty({ description: 'As the bank knows it.' })
  @IsString()
  @Length(1, 300)
  name!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => TaxDocumentBody)
  document!: TaxDocumentBody;

  @ApiPropertyOptional({ description: 'A PIX key or a bank account, one of the two.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PixBody)
  pix?: PixBody;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => BankAccountBody)
  account?: BankAccountBody;
}

export class BankDetailsBody {
  @ApiProperty({ description: 'Sealed before it is stored, and shown masked from then on.' })
  @IsObject()
  @ValidateNested()
  @Type(() => PayeeBody)
  payee!: PayeeBody;
}

export class PayeeReasonBody {
  @ApiProperty({ description: REASON })
  @Length(3, 500)
  reason!: string;
}

export class ValidityBody {
  @IsInstant()
  from!: string;

  @ApiPropertyOptional({ description: 'The first moment at which it no longer holds.' })
  @IsOptional()
  @IsInstant()
  until?: string | null;
}

export class TaxProfileBody {
  @ApiProperty({ example: 'BR', description: 'ISO 3166-1, two letters.' })
  @Matches(/^[A-Z]{2}$/)
  country!: string;

  @IsIn(['company', 'person'])
  kind!: 'company' | 'person';

  @ApiPropertyOptional({ description: 'Of a payee in Brazil: CNPJ of a company, CPF of a person.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TaxDocumentBody)
  document?: TaxDocumentBody | null;

  @ApiPropertyOptional({ example: 'simples', description: 'Left out: the ordinary one.' })
  @IsOptional()
  @Matches(NAME)
  regime?: string | null;

  @ApiPropertyOptional({ description: 'While the declaration of the regime holds.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ValidityBody)
  regimeHolds?: ValidityBody | null;

  @ApiProperty({
    example: ['declaration of 2026-01-05, case 4711'],
    description: `Where it can be read. ${REASON}`,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @Length(3, 200, { each: true })
  evidence!: string[];
}

export class DocumentBody extends ValidityBody {
  @ApiProperty({ example: 'residence_certificate', description: 'As the rules ask for it.' })
  @Matches(NAME)
  name!: string;

  @ApiProperty({ description: `Where it can be read. ${REASON}` })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @Length(3, 200, { each: true })
  evidence!: string[];
}

export class PayeeHoldBody extends PayeeReasonBody {
  @IsIn(['kyc', 'tax'])
  hold!: 'kyc' | 'tax';

  @ApiProperty({ example: 'identity_check', description: 'What has to be there first.' })
  @Matches(NAME)
  what!: string;
}

export class HoldLiftingBody extends PayeeHoldBody {
  @ApiProperty({ description: `Where it can be read. ${REASON}` })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @Length(3, 200, { each: true })
  evidence!: string[];
}

export class PayeeQuery extends WaitingQuery {}

export class PayeesQuery extends PayeeQuery {
  @ApiPropertyOptional({ description: 'Only payees of whom something of this kind is missing.' })
  @IsOptional()
  @IsIn(['bank_details', 'kyc', 'tax'])
  hold?: 'bank_details' | 'kyc' | 'tax';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'Only payees whose account is, or is to be, that of another partner as well.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  shared?: 'false' | 'true';

  @PageSize()
  limit = 100;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsStreamId()
  after?: string;
}

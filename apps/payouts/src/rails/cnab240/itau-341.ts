import type { BankAnswer } from '../../domain/rail/file-events';
import { fieldsOf } from './fields';
import type { BankProfile } from './profile';
import type { RecordSpec } from './record';

/**
 * Itaú, COMPE 341: file layout 080, lot layout 040, as public implementations describe manual version 086. **To be homologated with
 * the bank before the first real file.** Not confirmed by anything from the bank itself:
 *
 * - 158-163 of the file header. FEBRABAN keeps the file's number there; public tables of this bank call 158-166 "zeros". It is
 *   written, because a number that the bank can see repeated is worth more than a zero. Should homologation refuse it, the
 *   profile gives the field a `default` of zeros and the writer is handed nothing.
 * - Forms 41 and 43: FEBRABAN and most sources say 41 is for another holder and 43 for the same one; one public library has them
 *   the other way round.
 * - 24-43 of segment A for a PIX key: zeros here, blanks elsewhere.
 * - 204-217 of segment A and 19-32 of segment B with letters, for a CNPJ issued since July 2026.
 * - Address of company and payee: left empty. Contract number: the header of this bank has no place for it.
 * - Savings (05) and the six digits of an account of the bank itself.
 */
const line = (name: string, fields: RecordSpec['fields']): RecordSpec => ({
  name,
  length: 240,
  fields,
});
const block = (name: string, fields: RecordSpec['fields']): RecordSpec => ({
  name,
  length: 20,
  fields,
});

const fileHeader = line(
  'fileHeader',
  fieldsOf(
    ['bank', 1, 3, 'number', '341'],
    ['lot', 4, 7, 'number', '0000'],
    ['record', 8, 8, 'number', '0'],
    ['blank1', 9, 14, 'text', ''],
    ['layout', 15, 17, 'number', '080'],
    ['payerKind', 18, 18, 'number', '2'],
    ['payerDocument', 19, 32, 'code'],
    ['blank2', 33, 52, 'text', ''],
    ['branch', 53, 57, 'number'],
    ['blank3', 58, 58, 'text', ''],
    ['account', 59, 70, 'number'],
    ['blank4', 71, 71, 'text', ''],
    ['accountDigit', 72, 72, 'code'],
    ['payerName', 73, 102, 'text'],
    ['bankName', 103, 132, 'text', 'BANCO ITAU SA'],
    ['blank5', 133, 142, 'text', ''],
    ['direction', 143, 143, 'number', '1'],
    ['madeOn', 144, 151, 'day'],
    ['madeAt', 152, 157, 'number'],
    ['sequence', 158, 163, 'number'],
    ['zeros', 164, 166, 'number', '0'],
    ['density', 167, 171, 'number', '0'],
    ['blank6', 172, 240, 'text', ''],
  ),
);

const lotHeader = line(
  'lotHeader',
  fieldsOf(
    ['bank', 1, 3, 'number', '341'],
    ['lot', 4, 7, 'number'],
    ['record', 8, 8, 'number', '1'],
    ['operation', 9, 9, 'text', 'C'],
    ['service', 10, 11, 'number', '20'],
    ['form', 12, 13, 'number'],
    ['layout', 14, 16, 'number', '040'],
    ['blank1', 17, 17, 'text', ''],
    ['payerKind', 18, 18, 'number', '2'],
    ['payerDocument', 19, 32, 'code'],
    ['statementText', 33, 36, 'text', ''],
    ['blank2', 37, 52, 'text', ''],
    ['branch', 53, 57, 'number'],
    ['blank3', 58, 58, 'text', ''],
    ['account', 59, 70, 'number'],
    ['blank4', 71, 71, 'text', ''],
    ['accountDigit', 72, 72, 'code'],
    ['payerName', 73, 102, 'text'],
    ['purpose', 103, 132, 'text', ''],
    ['history', 133, 142, 'text', ''],
    ['street', 143, 172, 'text', ''],
    ['streetNumber', 173, 177, 'number', '0'],
    ['streetExtra', 178, 192, 'text', ''],
    ['city', 193, 212, 'text', ''],
    ['postalCode', 213, 220, 'number', '0'],
    ['state', 221, 222, 'text', ''],
    ['blank5', 223, 230, 'text', ''],
    ['occurrences', 231, 240, 'text', ''],
  ),
);

const segmentA = line(
  'segmentA',
  fieldsOf(
    ['bank', 1, 3, 'number', '341'],
    ['lot', 4, 7, 'number'],
    ['record', 8, 8, 'number', '3'],
    ['number', 9, 13, 'number'],
    ['segment', 14, 14, 'text', 'A'],
    ['movement', 15, 17, 'number', '000'],
    ['chamber', 18, 20, 'number'],
    ['payeeBank', 21, 23, 'number'],
    ['payeeAccount', 24, 43, 'text'],
    ['payeeName', 44, 73, 'text'],
    ['item', 74, 93, 'text'],
    ['payOn', 94, 101, 'day'],
    ['currency', 102, 104, 'text', 'REA'],
    ['ispb', 105, 112, 'code', '0'],
    ['transferKind', 113, 114, 'text', ''],
    ['zeros', 115, 119, 'number', '0'],
    ['amount', 120, 134, 'amount'],
    ['bankNumber', 135, 149, 'text', ''],
    ['blank1', 150, 154, 'text', ''],
    ['effectiveOn', 155, 162, 'day', ''],
    ['effectiveAmount', 163, 177, 'amount', '0'],
    ['detail', 178, 197, 'text', ''],
    ['bankDocument', 198, 203, 'number', '0'],
    ['payeeDocument', 204, 217, 'code'],
    ['docPurpose', 218, 219, 'text', ''],
    ['tedPurpose', 220, 224, 'text', ''],
    ['blank2', 225, 229, 'text', ''],
    ['notice', 230, 230, 'text', '0'],
    ['occurrences', 231, 240, 'text', ''],
  ),
);

const DETAIL_B = [
  ['bank', 1, 3, 'number', '341'],
  ['lot', 4, 7, 'number'],
  ['record', 8, 8, 'number', '3'],
  ['number', 9, 13, 'number'],
  ['segment', 14, 14, 'text', 'B'],
] as const;

const segmentBTransfer = line(
  'segmentBTransfer',
  fieldsOf(
    ...DETAIL_B,
    ['blank1', 15, 17, 'text', ''],
    ['payeeKind', 18, 18, 'number'],
    ['payeeDocument', 19, 32, 'code'],
    ['street', 33, 62, 'text', ''],
    ['streetNumber', 63, 67, 'number', '0'],
    ['streetExtra', 68, 82, 'text', ''],
    ['district', 83, 97, 'text', ''],
    ['city', 98, 117, 'text', ''],
    ['postalCode', 118, 125, 'number', '0'],
    ['state', 126, 127, 'text', ''],
    ['email', 128, 227, 'text', ''],
    ['blank2', 228, 230, 'text', ''],
    ['occurrences', 231, 240, 'text', ''],
  ),
);

const segmentBPix = line(
  'segmentBPix',
  fieldsOf(
    ...DETAIL_B,
    ['keyType', 15, 16, 'number'],
    ['blank1', 17, 17, 'text', ''],
    ['payeeKind', 18, 18, 'number'],
    ['payeeDocument', 19, 32, 'code'],
    ['blank2', 33, 62, 'text', ''],
    ['message', 63, 127, 'text', ''],
    ['key', 128, 227, 'key'],
    ['blank3', 228, 230, 'text', ''],
    ['occurrences', 231, 240, 'text', ''],
  ),
);

const lotTrailer = line(
  'lotTrailer',
  fieldsOf(
    ['bank', 1, 3, 'number', '341'],
    ['lot', 4, 7, 'number'],
    ['record', 8, 8, 'number', '5'],
    ['blank1', 9, 17, 'text', ''],
    ['records', 18, 23, 'number'],
    ['total', 24, 41, 'amount'],
    ['zeros', 42, 59, 'number', '0'],
    ['blank2', 60, 230, 'text', ''],
    ['occurrences', 231, 240, 'text', ''],
  ),
);

const fileTrailer = line(
  'fileTrailer',
  fieldsOf(
    ['bank', 1, 3, 'number', '341'],
    ['lot', 4, 7, 'number', '9999'],
    ['record', 8, 8, 'number', '9'],
    ['blank1', 9, 17, 'text', ''],
    ['lots', 18, 23, 'number'],
    ['records', 24, 29, 'number'],
    ['blank2', 30, 240, 'text', ''],
  ),
);

const ownAccount = block(
  'ownAccount',
  fieldsOf(
    ['zero', 1, 1, 'number', '0'],
    ['branch', 2, 5, 'number'],
    ['blank1', 6, 6, 'text', ''],
    ['zeros', 7, 12, 'number', '0'],
    ['account', 13, 18, 'number'],
    ['blank2', 19, 19, 'text', ''],
    ['digit', 20, 20, 'code'],
  ),
);

const otherAccount = block(
  'otherAccount',
  fieldsOf(
    ['branch', 1, 5, 'number'],
    ['blank1', 6, 6, 'text', ''],
    ['account', 7, 18, 'number'],
    ['blank2', 19, 19, 'text', ''],
    ['digit', 20, 20, 'code'],
  ),
);

const noAccount = block('noAccount', fieldsOf(['zeros', 1, 20, 'number', '0']));

const all = (answer: BankAnswer, codes: string): Record<string, BankAnswer> =>
  Object.fromEntries(codes.split(' ').map((code) => [code, answer]));

export const itau341: BankProfile = {
  name: 'cnab240-341',
  bank: '341',
  records: {
    fileHeader,
    lotHeader,
    segmentA,
    segmentBTransfer,
    segmentBPix,
    lotTrailer,
    fileTrailer,
    ownAccount,
    otherAccount,
    noAccount,
  },
  forms: {
    pix: { code: '45', chamber: '009' },
    ownChecking: { code: '01', chamber: '000' },
    ownSavings: { code: '05', chamber: '000' },
    tedOther: { code: '41', chamber: '018' },
    tedSame: { code: '43', chamber: '018' },
  },
  pixKeyTypes: { phone: '01', email: '02', cpf: '03', cnpj: '03', evp: '04' },
  pixInOwnFile: true,
  mostDetailsInLot: 99_998,
  // What is not listed is an unknown answer and goes to a person. So are the codes of products that we do not use, and BE, by
  // which the bank pays over the counter instead: none of them says that the payee has, or will never have, the money.
  occurrences: {
    ...all('claimed_paid', '00'),
    ...all('accepted', 'BD AE IR LA'),
    ...all('returned', 'DV'),
    // The bank could not read it, does not know the payee, was told to cancel, or had no funds to do it with.
    ...all(
      'rejected',
      'AG AH AJ AL AM AN AO AP AQ AR BC BI CD CE CF CI CK CN HA HM IB II IM IN IO IP LC NA NR RJ SS TA TI',
    ),
  },
  fileRefusals: ['HM'],
  lotRefusals: ['HA', 'TA'],
};

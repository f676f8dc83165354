import {
  ValidationErrorsBIC,
  ValidationErrorsIBAN,
  electronicFormatIBAN,
  validateBIC,
  validateIBAN,
} from 'ibantools';
import { type Fault, type Reading, read } from './reading';

const IBAN_FAULTS: Readonly<Record<ValidationErrorsIBAN, readonly [string, string]>> = {
  [ValidationErrorsIBAN.NoIBANProvided]: ['iban_missing', 'There is no IBAN.'],
  [ValidationErrorsIBAN.NoIBANCountry]: [
    'iban_country',
    'The country (positions 1 and 2) has no IBAN.',
  ],
  [ValidationErrorsIBAN.WrongBBANLength]: [
    'iban_length',
    'An IBAN of this country has another number of characters.',
  ],
  [ValidationErrorsIBAN.WrongBBANFormat]: [
    'iban_format',
    'What stands behind position 4 has not the form of an account of this country.',
  ],
  [ValidationErrorsIBAN.ChecksumNotNumber]: [
    'iban_check_digits',
    'The check digits (positions 3 and 4) are not digits.',
  ],
  [ValidationErrorsIBAN.WrongIBANChecksum]: [
    'iban_check_digits',
    'The check digits (positions 3 and 4) do not fit the rest.',
  ],
  [ValidationErrorsIBAN.WrongAccountBankBranchChecksum]: [
    'iban_account_check_digits',
    'The check digits of bank, branch or account within the IBAN do not fit.',
  ],
  [ValidationErrorsIBAN.QRIBANNotAllowed]: [
    'iban_for_receipts_only',
    'A QR-IBAN receives payments with a reference only.',
  ],
};

const BIC_FAULTS: Readonly<Record<ValidationErrorsBIC, readonly [string, string]>> = {
  [ValidationErrorsBIC.NoBICProvided]: ['bic_missing', 'There is no BIC.'],
  [ValidationErrorsBIC.NoBICCountry]: [
    'bic_country',
    'The country (positions 5 and 6) does not exist.',
  ],
  [ValidationErrorsBIC.WrongBICFormat]: [
    'bic_format',
    'A BIC has 4 letters or digits, a country, 2 and perhaps 3 more letters or digits.',
  ],
};

/** Upper case makes letters of the alphabet of some that are none. */
const ASCII = /^[ -~]*$/;
const NOT_THE_FORM = ValidationErrorsIBAN.WrongBBANFormat;

/** For rails to come: in the electronic form, without spaces and in upper case. */
export function readIban(typed: string): Reading<string> {
  if (!ASCII.test(typed)) return { faults: [faultOf(IBAN_FAULTS[NOT_THE_FORM])] };
  const value = electronicFormatIBAN(typed) ?? '';
  const { valid, errorCodes } = validateIBAN(value, { allowQRIBAN: false });
  return valid ? read(value) : { faults: errorCodes.map((code) => faultOf(IBAN_FAULTS[code])) };
}

export function readBic(typed: string): Reading<string> {
  if (!ASCII.test(typed))
    return { faults: [faultOf(BIC_FAULTS[ValidationErrorsBIC.WrongBICFormat])] };
  const value = typed.trim().toUpperCase();
  const { valid, errorCodes } = validateBIC(value);
  return valid ? read(value) : { faults: errorCodes.map((code) => faultOf(BIC_FAULTS[code])) };
}

const faultOf = ([code, detail]: readonly [string, string]): Fault => ({
  pointer: '',
  code,
  detail,
});

import type {
  Destination,
  ItemFault,
  OpenPayee,
  PaymentItem,
  PayingAccount,
  PixKeyKind,
} from '../rail';
import type { BankProfile } from './profile';
import type { RecordSpec } from './record';
import { bankText, unwritableLetters } from './text';

const ITEM = /^[0-9A-Z]{15}$/;
const MOST_MINOR = 10n ** 15n - 1n;
const DOCUMENT = { cpf: /^[0-9]{11}$/, cnpj: /^[0-9A-Z]{12}[0-9]{2}$/ } as const;
const BANK = /^[0-9]{3}$/;
const DIGITS = /^[0-9]+$/;
const DIGIT = /^[0-9A-Z]$/;
const MOST_KEY = 77;

/** As the key's own scheme has them; a key in another form is another key, or none. */
const KEY: Readonly<Record<PixKeyKind, RegExp>> = {
  cpf: /^[0-9]{11}$/,
  cnpj: /^[0-9A-Z]{12}[0-9]{2}$/,
  email: /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/,
  phone: /^\+[1-9][0-9]{7,14}$/,
  evp: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
};

interface Fault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

const fault = (code: string, field: string, message: string): Fault => ({ code, field, message });

/** Everything about an item that the format has no room or no letters for. An item without a fault can be written. */
export function faultsOf(
  profile: BankProfile,
  { item, amountMinor, payee }: PaymentItem,
  from: PayingAccount,
): readonly ItemFault[] {
  const faults = [
    ...(ITEM.test(item)
      ? []
      : [fault('invalid_reference', 'item', 'It has 15 digits or capitals.')]),
    ...amountFaults(amountMinor),
    ...payeeFaults(payee),
    ...destinationFaults(profile, payee.destination),
    ...payerFaults(profile, from),
  ];
  return faults.map((each) => ({ item, ...each }));
}

function amountFaults(amountMinor: bigint): readonly Fault[] {
  if (amountMinor <= 0n) return [fault('amount_not_positive', 'amount', 'Nothing to pay.')];
  if (amountMinor <= MOST_MINOR) return [];
  return [fault('amount_too_large', 'amount', 'The format has room for 15 digits.')];
}

function payeeFaults({ name, document }: OpenPayee): readonly Fault[] {
  const faults: Fault[] = [];
  const lost = unwritableLetters(name);
  if (lost.length > 0)
    faults.push(fault('name_unwritable', 'name', 'It has letters that the bank does not take.'));
  else if (bankText(name) === '')
    faults.push(fault('name_missing', 'name', 'Nothing of it is left in the letters of the bank.'));
  if (!DOCUMENT[document.kind].test(document.number))
    faults.push(
      fault('invalid_document', 'document', `It is not of the form of a ${document.kind}.`),
    );
  return faults;
}

function destinationFaults(profile: BankProfile, destination: Destination): readonly Fault[] {
  if (destination.kind === 'pix') {
    const { keyKind, key } = destination;
    if (KEY[keyKind].test(key) && key.length <= MOST_KEY) return [];
    return [fault('invalid_pix_key', 'destination.key', `It is not of the form of a ${keyKind}.`)];
  }
  const { account } = destination;
  const { ownAccount, otherAccount } = profile.records;
  const spec = account.bank === profile.bank ? ownAccount : otherAccount;
  const faults = [
    ...(BANK.test(account.bank)
      ? []
      : [fault('invalid_bank', 'destination.account.bank', 'It has three digits.')]),
    ...fits('branch', 'destination.account.branch', account.branch, widthOf(spec, 'branch')),
    ...fits('account', 'destination.account.number', account.number, widthOf(spec, 'account')),
    ...(DIGIT.test(account.digit)
      ? []
      : [fault('invalid_digit', 'destination.account.digit', 'It is one digit or capital.')]),
  ];
  // A savings account elsewhere has no form of its own: sent as any other it might be refused, or credited to the wrong one.
  if (account.kind === 'savings' && account.bank !== profile.bank)
    faults.push(
      fault(
        'savings_elsewhere',
        'destination.account.kind',
        'Only savings at this bank can be paid.',
      ),
    );
  return faults;
}

/** Asked with every item of a file, and the same for all of them. */
const OF_PAYER = new WeakMap<PayingAccount, { profile: BankProfile; faults: readonly Fault[] }>();

function payerFaults(profile: BankProfile, from: PayingAccount): readonly Fault[] {
  const known = OF_PAYER.get(from);
  if (known?.profile === profile) return known.faults;
  const faults = findPayerFaults(profile, from);
  OF_PAYER.set(from, { profile, faults });
  return faults;
}

/** Settings of ours, but the bank would refuse the whole file for them. */
function findPayerFaults({ bank, records }: BankProfile, from: PayingAccount): readonly Fault[] {
  const { account, cnpj, name } = from;
  const faults = [
    ...fits('branch', 'from.branch', account.branch, widthOf(records.fileHeader, 'branch')),
    ...fits('account', 'from.number', account.number, widthOf(records.fileHeader, 'account')),
  ];
  if (account.bank !== bank)
    faults.push(fault('another_bank', 'from.bank', `This format is for accounts at ${bank}.`));
  if (!DIGIT.test(account.digit))
    faults.push(fault('invalid_digit', 'from.digit', 'It is one digit or capital.'));
  if (!DOCUMENT.cnpj.test(cnpj))
    faults.push(fault('invalid_document', 'from.cnpj', 'It is not of the form of a cnpj.'));
  if (bankText(name) === '' || unwritableLetters(name).length > 0)
    faults.push(fault('name_unwritable', 'from.name', 'The bank does not take it.'));
  return faults;
}

function fits(what: string, field: string, digits: string, width: number): readonly Fault[] {
  if (DIGITS.test(digits) && digits.length <= width) return [];
  return [fault(`invalid_${what}`, field, `It has 1 to ${width} digits.`)];
}

const widthOf = ({ fields }: RecordSpec, name: string): number => {
  const field = fields.find((each) => each.name === name);
  return field ? field.to - field.from + 1 : 0;
};

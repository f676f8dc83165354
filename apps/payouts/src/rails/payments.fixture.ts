import { instant } from '@tributary/kernel';
import fc from 'fast-check';
import type { OpenPayee, PaymentFile, PaymentItem, PayingAccount } from './rail';

/** The official example of a CNPJ with letters. */
export const ALPHANUMERIC_CNPJ = '12ABC34501DE35';

export const company: PayingAccount = {
  id: 'itau1',
  name: 'Distribuição Tributária & Cia Ltda',
  cnpj: '11222333000181',
  agreement: '0001',
  account: {
    bank: '341',
    branch: '1234',
    branchDigit: null,
    number: '56789',
    digit: '0',
    kind: 'checking',
  },
};

export const byMail: OpenPayee = {
  name: 'João da Conceição',
  document: { kind: 'cpf', number: '52998224725' },
  destination: { kind: 'pix', keyKind: 'email', key: 'joao.conceicao@exemplo.com.br' },
};

export const byLetters: OpenPayee = {
  name: 'Ação Comércio Ltda.',
  document: { kind: 'cnpj', number: ALPHANUMERIC_CNPJ },
  destination: { kind: 'pix', keyKind: 'cnpj', key: ALPHANUMERIC_CNPJ },
};

export const byTed: OpenPayee = {
  name: 'Müller Importação e Exportação de Equipamentos S/A',
  document: { kind: 'cnpj', number: '33000167000101' },
  destination: {
    kind: 'ted',
    account: {
      bank: '237',
      branch: '0123',
      branchDigit: '4',
      number: '567890',
      digit: 'X',
      kind: 'checking',
    },
  },
};

const atItau = (kind: 'checking' | 'savings'): OpenPayee => ({
  ...byTed,
  destination: {
    kind: 'ted',
    account: { bank: '341', branch: '3741', branchDigit: null, number: '02115', digit: '2', kind },
  },
});
export const atTheSameBank = atItau('checking');
export const withSavings = atItau('savings');
/** The company's own account elsewhere. */
export const itself: OpenPayee = { ...byTed, document: { kind: 'cnpj', number: company.cnpj } };

export const paid = (item: string, amountMinor: bigint, payee: OpenPayee): PaymentItem => ({
  item,
  amountMinor,
  payee,
});

export const fileOf = (kind: string, ...items: readonly PaymentItem[]): PaymentFile => ({
  from: company,
  run: '0c5f5f6e-3d5e-5b1c-9a54-1f6f2f0c7d3e',
  sequence: 7,
  kind,
  // In São Paulo it is still the evening of the day before.
  madeAt: instant('2026-04-15T01:05:09Z'),
  zone: 'America/Sao_Paulo',
  payOn: '2026-04-15',
  asset: 'BRL/2',
  items,
});

const from = (letters: string, min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: min, maxLength: max });

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const documents: fc.Arbitrary<OpenPayee['document']> = fc.oneof(
  from(DIGITS, 11).map((number) => ({ kind: 'cpf' as const, number })),
  fc
    .tuple(from(DIGITS + CAPITALS, 12), from(DIGITS, 2))
    .map(([root, check]) => ({ kind: 'cnpj' as const, number: root + check })),
);

export const pixDestinations: fc.Arbitrary<OpenPayee['destination']> = fc
  .oneof(
    from(DIGITS, 11).map((key) => ['cpf', key] as const),
    from(DIGITS + CAPITALS, 12).map((root) => ['cnpj', `${root}35`] as const),
    from('abcdefz0189._-', 1, 40).map((local) => ['email', `${local}@exemplo.com.br`] as const),
    from(DIGITS, 11).map((digits) => ['phone', `+55${digits}`] as const),
    fc.uuid().map((key) => ['evp', key] as const),
  )
  .map(([keyKind, key]) => ({ kind: 'pix', keyKind, key }));

export const tedDestinations: fc.Arbitrary<OpenPayee['destination']> = fc
  .record({
    bank: fc.oneof(fc.constant('341'), from(DIGITS, 3)),
    branch: from(DIGITS, 1, 5),
    branchDigit: fc.option(from(DIGITS, 1)),
    number: from(DIGITS, 1, 12),
    digit: from(`${DIGITS}XP`, 1),
    kind: fc.constantFrom('checking' as const, 'savings' as const),
  })
  .map((account) => ({ kind: 'ted', account }));

/** Names as people have them: accents, marks, other scripts, and longer than any field. */
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abzÁãçñüßøŁ&’-. /0'), minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

/** Also payees that cannot be written: whether they can is what is asked. */
export const itemsTo = (
  destinations: fc.Arbitrary<OpenPayee['destination']>,
): fc.Arbitrary<PaymentItem> =>
  fc.record({
    item: from(DIGITS + CAPITALS, 15),
    amountMinor: fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }),
    payee: fc.record({ name: names, document: documents, destination: destinations }),
  });

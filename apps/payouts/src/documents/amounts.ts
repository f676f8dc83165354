import { type Asset, type Day, currencyOf, exponentOf } from '@tributary/kernel';
import type { Language } from '../domain/statement/events';

/** Written out, because `Intl` answers as the machine's library of languages does, and documents are the same for ever. */
const SYMBOLS: Readonly<Record<string, string>> = { BRL: 'R$', EUR: '€', USD: 'US$' };
const MARKS: Readonly<Record<Language, { readonly group: string; readonly decimal: string }>> = {
  'pt-BR': { group: '.', decimal: ',' },
  // As in most of South America; Mexico and Central America write it as English does.
  es: { group: '.', decimal: ',' },
  en: { group: ',', decimal: '.' },
};
const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  'pt-BR': [
    'janeiro',
    'fevereiro',
    'março',
    'abril',
    'maio',
    'junho',
    'julho',
    'agosto',
    'setembro',
    'outubro',
    'novembro',
    'dezembro',
  ],
  es: [
    'enero',
    'febrero',
    'marzo',
    'abril',
    'mayo',
    'junio',
    'julio',
    'agosto',
    'septiembre',
    'octubre',
    'noviembre',
    'diciembre',
  ],
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};

/** `1234.56`, for programs. */
export function decimalOf(minor: bigint, asset: Asset): string {
  const exponent = exponentOf(asset);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${minor < 0n ? '-' : ''}${whole}${fraction}`;
}

/** `1.234,56`, for people. A loss of a sign would be a loss of money, so it stands in front of everything. */
export function numberOf(minor: bigint, asset: Asset, language: Language): string {
  const { group, decimal } = MARKS[language];
  const [whole = '', fraction] = decimalOf(minor < 0n ? -minor : minor, asset).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, group);
  return `${minor < 0n ? '-' : ''}${grouped}${fraction === undefined ? '' : `${decimal}${fraction}`}`;
}

/** `R$ 1.234,56`; the space does not break. */
export function moneyOf(minor: bigint, asset: Asset, language: Language): string {
  const code = currencyOf(asset);
  const number = numberOf(minor < 0n ? -minor : minor, asset, language);
  return `${minor < 0n ? '-' : ''}${SYMBOLS[code] ?? code}\u00a0${number}`;
}

export const currencyText = (asset: Asset): string => {
  const code = currencyOf(asset);
  const symbol = SYMBOLS[code];
  return symbol === undefined ? code : `${code} (${symbol})`;
};

/** `1,50%` of 150 basis points. */
export const percentOf = (bp: number, language: Language): string => {
  const text = `${String(Math.trunc(bp / 100))}.${String(bp % 100).padStart(2, '0')}`;
  return `${text.replace('.', MARKS[language].decimal)}%`;
};

export function dayText(day: Day, language: Language): string {
  const [year = '', month = '', date = ''] = day.split('-');
  if (language !== 'en') return `${date}/${month}/${year}`;
  // Whether 03/04 is in March or in April depends on who reads English.
  return `${date} ${(MONTHS.en[Number(month) - 1] ?? '').slice(0, 3)} ${year}`;
}

export function monthText(key: string, language: Language): string {
  const [year = '', month = ''] = key.split('-');
  const name = MONTHS[language][Number(month) - 1] ?? key;
  return language === 'en' ? `${name} ${year}` : `${name} de ${year}`;
}

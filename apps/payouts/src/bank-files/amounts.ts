import { type Asset, exponentOf } from '@tributary/kernel';

const SHAPE = /^([+-]?)\s*((?:[0-9]+[.,' ])*[0-9]*)$/;
const MOST_LENGTH = 40;

/** Signed minor units of an amount as banks print it, with a decimal point or comma; undefined where it could be two amounts, or is none. */
export function minorOf(text: string, asset: Asset): bigint | undefined {
  if (text.length > MOST_LENGTH) return undefined;
  const [, sign, digits = ''] = SHAPE.exec(text.trim()) ?? [];
  if (!/[0-9]/.test(digits)) return undefined;
  const separators = digits.replaceAll(/[0-9]/g, '');
  const last = separators.at(-1);
  const exponent = exponentOf(asset);
  const isDecimal = last !== undefined && isDecimalMark(digits, separators, last, exponent);
  if (isDecimal === undefined) return undefined;
  const at = isDecimal ? digits.lastIndexOf(last ?? '') : digits.length;
  const whole = digits.slice(0, at).replaceAll(/[^0-9]/g, '');
  const fraction = digits.slice(at + 1);
  return signed(sign, whole, fraction, asset);
}

/** Of XML, where a point is never anything but decimal. */
export function minorOfDecimal(text: string, asset: Asset): bigint | undefined {
  const [, sign, whole, fraction = ''] = /^([+-]?)([0-9]+)(?:\.([0-9]*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  return signed(sign, whole, fraction, asset);
}

/** More digits than the currency has are read as long as they are zero. */
function signed(
  sign: string | undefined,
  whole: string,
  fraction: string,
  asset: Asset,
): bigint | undefined {
  const exponent = exponentOf(asset);
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined;
  const minor = BigInt(`${whole}${fraction.slice(0, exponent).padEnd(exponent, '0')}`);
  return sign === '-' ? -minor : minor;
}

/** A mark that stands twice groups thousands; one before three digits alone may be either, unless the currency has three. */
function isDecimalMark(
  digits: string,
  separators: string,
  last: string,
  exponent: number,
): boolean | undefined {
  const behind = digits.length - 1 - digits.lastIndexOf(last);
  if (last === "'" || last === ' ') return behind === 3 ? false : undefined;
  if (separators.split(last).length > 2) return behind === 3 ? false : undefined;
  if (behind !== 3 || exponent === 3 || separators.length > 1) return true;
  return digits.startsWith('0') ? true : undefined;
}

import { CodedError } from './coded-error';

/**
 * ISO 4217 list one as published on 2026-01-01: every active code that has a minor unit, by the number of its digits.
 * Pinned as data and never asked of `Intl`, which follows another source and differs for 16 living currencies.
 * A withdrawn currency (BGN, HRK) can still be named with its digits, as `BGN/2`; only the short form is refused.
 */
const CODES_BY_EXPONENT: readonly (readonly [exponent: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY ' +
      'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS ' +
      'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR ' +
      'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP ' +
      'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

/** Digits after the decimal point, by currency code. */
export const CURRENCY_EXPONENTS: ReadonlyMap<string, number> = new Map(
  CODES_BY_EXPONENT.flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, exponent]),
  ),
);

/** What an amount counts, with the digits of its minor unit: `BRL/2`, so that a later change of ISO 4217 rewrites nothing. */
export type Asset = `${string}/${number}`;

const ASSET = /^[A-Z][A-Z0-9]{2,15}\/(?:0|[1-9][0-9]?)$/;

export const isAsset = (value: unknown): value is Asset =>
  typeof value === 'string' && ASSET.test(value);

export function parseAsset(text: unknown): Asset {
  if (!isAsset(text))
    throw new CodedError('invalid_asset', `Not an asset like BRL/2: ${String(text)}`, { text });
  return text;
}

/** Adds the digits of ISO 4217 to a currency code. */
export function assetOf(currency: string): Asset {
  const exponent = CURRENCY_EXPONENTS.get(currency);
  if (exponent === undefined) {
    throw new CodedError('unknown_currency', `Not an active ISO 4217 currency: ${currency}`, {
      currency,
    });
  }
  return `${currency}/${exponent}`;
}

export const currencyOf = (asset: Asset): string => asset.slice(0, asset.indexOf('/'));

export const exponentOf = (asset: Asset): number => Number(asset.slice(asset.indexOf('/') + 1));

import { instant } from '@tributary/kernel';

import { cnabDay, overwrite, WIDTH, zeros } from './cnab240/lines';
import { type BankState, openBank, type Opening } from './state';
import { receive } from './receive';
import { scenarioOf } from './scenario';

/** What a customer writes, for tests only: the product's own writer is another, and knows nothing of this one. */
export interface Asked {
  readonly item: string;
  readonly amountMinor?: string;
  readonly payOn?: string;
  readonly name?: string;
  readonly document?: string;
  readonly key?: readonly [kind: string, key: string];
  readonly bank?: string;
  readonly account?: string;
}

export const ACCOUNT = {
  bank: '341',
  branch: '1234',
  number: '56789',
  digit: '0',
  holder: 'TRIBUTARY TESTE LTDA',
  document: '12ABC34501DE35',
};
export const NOON = instant('2026-04-15T15:00:00Z');
/** A Wednesday. */
export const TODAY = '2026-04-15';

const CPF = '52998224725';
const blank = ' '.repeat(WIDTH);
const payer = `2${ACCOUNT.document}`;
const account = (line: string): string =>
  overwrite(line, [
    [18, 32, payer],
    [53, 72, `01234 000000056789 0`],
    [73, 102, ACCOUNT.holder],
  ]);

export const pix = (item: string, more: Partial<Asked> = {}): Asked => ({
  item,
  key: ['02', 'maria@exemplo.test'],
  ...more,
});

export const ted = (item: string, more: Partial<Asked> = {}): Asked => ({ item, ...more });

/** Lines without their ends, so that a test can spoil one of them. */
export function linesOf(sequence: number, ...lots: readonly (readonly Asked[])[]): string[] {
  const header = account(
    overwrite(blank, [
      [1, 8, '34100000'],
      [15, 17, '080'],
      [103, 132, 'BANCO ITAU SA'],
      [143, 171, `1${cnabDay(TODAY)}103000${zeros(sequence, 6)}${zeros(0, 8)}`],
    ]),
  );
  const body = lots.flatMap((asked, index) => lotOf(index + 1, asked));
  const trailer = overwrite(blank, [
    [1, 8, '34199999'],
    [18, 29, `${zeros(lots.length, 6)}${zeros(body.length + 2, 6)}`],
  ]);
  return [header, ...body, trailer];
}

export const bytesOf = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''));

export const fileOf = (sequence: number, ...lots: readonly (readonly Asked[])[]): Uint8Array =>
  bytesOf(linesOf(sequence, ...lots));

function lotOf(number: number, asked: readonly Asked[]): string[] {
  const form = asked[0]?.key === undefined ? (asked[0]?.bank === '341' ? '01' : '41') : '45';
  const header = account(overwrite(blank, [[1, 16, `341${zeros(number, 4)}1C20${form}040`]]));
  const details = asked.flatMap(segmentsOf).map((line, index) =>
    overwrite(line, [
      [1, 8, `341${zeros(number, 4)}3`],
      [9, 13, zeros(index + 1, 5)],
    ]),
  );
  const sum = asked.reduce((total, { amountMinor = '10000' }) => total + BigInt(amountMinor), 0n);
  const trailer = overwrite(blank, [
    [1, 8, `341${zeros(number, 4)}5`],
    [18, 59, `${zeros(details.length + 2, 6)}${zeros(sum, 18)}${zeros(0, 18)}`],
  ]);
  return [header, ...details, trailer];
}

function segmentsOf(asked: Asked): string[] {
  const { item, amountMinor = '10000', payOn = TODAY, name = 'MARIA DA SILVA' } = asked;
  const { document = CPF, key, bank = '237' } = asked;
  const chamber = key === undefined ? (bank === '341' ? '000' : '018') : '009';
  const a = overwrite(blank, [
    [14, 20, `A000${chamber}`],
    [
      21,
      43,
      key === undefined ? `${bank}${asked.account ?? '04321 000000012345 6'}` : zeros(0, 23),
    ],
    [44, 73, name],
    [74, 93, item],
    [94, 104, `${cnabDay(payOn)}REA`],
    [113, 114, key === undefined ? '' : '04'],
    [115, 134, `00000${zeros(amountMinor, 15)}`],
    [155, 177, zeros(0, 23)],
    [198, 217, `000000${document.padStart(14, '0')}`],
    [230, 230, '0'],
  ]);
  if (key === undefined) return [a];
  const b = overwrite(blank, [
    [14, 16, `B${key[0]}`],
    [18, 32, `${document.length === 14 ? 2 : 1}${document.padStart(14, '0')}`],
    [128, 227, key[1]],
  ]);
  return [a, b];
}

export const bank = (scenario: object = {}, more: Partial<Opening> = {}): BankState =>
  openBank({
    account: ACCOUNT,
    openingMinor: '1000000',
    on: TODAY,
    scenario: scenarioOf(scenario),
    ...more,
  });

/** A bank that has just taken one file with these payments. */
export const bankPaying = (scenario: object, ...lots: readonly (readonly Asked[])[]): BankState =>
  receive(bank(scenario), fileOf(1, ...lots), NOON).state;

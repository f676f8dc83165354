import { type Asset, exponentOf } from '@tributary/kernel';
import { commodityOf, decimalOf } from '../decimal';
import type { Standing } from '../journal';
import {
  type Exported,
  type Transaction,
  type Writer,
  dimensionsOf,
  factsOf,
  payeeOf,
  plain,
  transactionsOf,
} from './exported';

/** A file that `hledger check --strict ordereddates` accepts, and no longer accepts once a cent or an entry of it is changed. */
export const hledger: Writer = async function* (exported) {
  yield head(exported);
  const { opening, closing, from, to } = exported;
  if (opening.length > 0) {
    const postings = opening.map((standing) => `    ${standing.account}  ${amountOf(standing)}\n`);
    yield `\n${from} * Opening balances\n${postings.join('')}`;
  }
  for await (const transaction of transactionsOf(exported)) yield written(transaction);
  if (closing.length === 0) return;
  const assertions = closing.map(
    ({ account, asset, balance }) =>
      `    ${account}  ${amount(0n, asset)} = ${amount(balance, asset)}\n`,
  );
  yield `\n${to} * Closing assertions\n${assertions.join('')}`;
};

function head({ entity, zone, position, known, from, to, closing }: Exported): string {
  const assets = [...new Set(closing.map(({ asset }) => asset))].sort();
  const accounts = [...new Set(closing.map(({ account }) => account))].sort();
  return [
    `; Books of ${plain(entity)}, ${from} to ${to} in ${zone}, at position ${position}, known ${known ?? 'never'}.`,
    '; Check: hledger -f <this file> check --strict ordereddates',
    'decimal-mark .',
    // Without a decimal mark a commodity without digits is not read at all.
    ...assets.map((asset) => `commodity 1000.${'0'.repeat(exponentOf(asset))} ${symbolOf(asset)}`),
    ...accounts.map((account) => `account ${account}`),
    '',
  ].join('\n');
}

function written({ date, first, legs }: Transaction): string {
  const payee = payeeOf(legs);
  const description = payee === '' ? first.type : `${plain(payee)} | ${first.type}`;
  const postings = legs.map((leg) => {
    const posted = amount(leg.debit - leg.credit, leg.asset);
    return `    ${leg.account}  ${posted}  ; ${tagsOf(dimensionsOf(leg))}\n`;
  });
  return `\n${date} * (${first.position}) ${description}\n    ; ${tagsOf(factsOf(first))}\n${postings.join('')}`;
}

const tagsOf = (tags: readonly (readonly [string, string])[]): string =>
  tags.map(([name, value]) => `${name}:${plain(value)}`).join(', ');

/** Anything but letters has to stand in quotes. */
function symbolOf(asset: Asset): string {
  const commodity = commodityOf(asset);
  return /^[A-Z]+$/.test(commodity) ? commodity : `"${commodity}"`;
}

const amountOf = ({ balance, asset }: Standing): string => amount(balance, asset);

const amount = (minor: bigint, asset: Asset): string => {
  // A number without digits still needs its mark, so that it is read as the directive says.
  const text = decimalOf(minor, asset);
  return `${text} ${symbolOf(asset)}`;
};

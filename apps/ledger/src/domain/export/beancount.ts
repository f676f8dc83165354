import { CodedError, addDays, startOfDay } from '@tributary/kernel';
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

const ROOTS = ['Assets', 'Liabilities', 'Equity', 'Income', 'Expenses'];

/** A file that `bean-check` accepts, and no longer accepts once a cent or an entry of it is changed. */
export const beancount: Writer = async function* (exported) {
  const { opening, closing, from } = exported;
  yield head(exported);
  if (opening.length > 0) {
    const postings = opening.map(
      ({ account, asset, balance }) => `  ${nameOf(account)}  ${amount(balance, asset)}\n`,
    );
    yield `\n${from} * "Opening balances"\n${postings.join('')}`;
  }
  for await (const transaction of transactionsOf(exported)) yield written(transaction);
  if (closing.length > 0) yield `\n${assertions(exported)}`;
};

function head({ entity, zone, position, known, from, to, closing }: Exported): string {
  const commodities = [...new Set(closing.map(({ asset }) => commodityOf(asset)))].sort();
  const accounts = [...new Set(closing.map(({ account }) => nameOf(account)))].sort();
  return [
    `; Books of ${plain(entity)}, ${from} to ${to} in ${zone}, at position ${position}, known ${known ?? 'never'}.`,
    '; Check: bean-check <this file>',
    `option "title" "${plain(entity)}"`,
    ...commodities.map((commodity) => `${from} commodity ${commodity}`),
    ...accounts.map((account) => `${from} open ${account}`),
    '',
  ].join('\n');
}

function written({ date, first, legs }: Transaction): string {
  const payee = payeeOf(legs);
  const title = payee === '' ? `"${first.type}"` : `"${plain(payee)}" "${first.type}"`;
  const about = [['position', String(first.position)], ...factsOf(first)] as const;
  const postings = legs.map(
    (leg) =>
      `  ${nameOf(leg.account)}  ${amount(leg.debit - leg.credit, leg.asset)}\n${metadata(dimensionsOf(leg), 4)}`,
  );
  return `\n${date} * ${title}\n${metadata(about, 2)}${postings.join('')}`;
}

const metadata = (facts: readonly (readonly [string, string])[], indent: number): string =>
  facts.map(([name, value]) => `${' '.repeat(indent)}${name}: "${plain(value)}"\n`).join('');

/**
 * An assertion holds at the beginning of its day, and for an account with all that stand below it. Without `~ 0` it would accept
 * what differs by a cent.
 */
function assertions({ to, closing }: Exported): string {
  const day = addDays(startOfDay(to, 'UTC'), 1, 'UTC').slice(0, 'YYYY-MM-DD'.length);
  return closing
    .map(({ account, asset }) => {
      const below = (other: Standing) =>
        other.asset === asset &&
        (other.account === account || other.account.startsWith(`${account}:`));
      const total = closing.filter(below).reduce((sum, { balance }) => sum + balance, 0n);
      return `${day} balance ${nameOf(account)}  ${decimalOf(total, asset)} ~ 0 ${commodityOf(asset)}\n`;
    })
    .join('');
}

/** Each part begins with a capital or a digit; no account of ours has a dash, so none is taken for another. */
function nameOf(account: string): string {
  const [root = '', ...parts] = account.split(':');
  if (!ROOTS.includes(root)) {
    const message = `beancount knows ${ROOTS.join(', ')}; ${account} is none of these.`;
    throw new CodedError('account_not_exportable', message, { account });
  }
  return [root, ...parts.map((part) => (/^[a-z]/.test(part) ? `X-${part}` : part))].join(':');
}

const amount = (minor: bigint, asset: Standing['asset']): string =>
  `${decimalOf(minor, asset)} ${commodityOf(asset)}`;

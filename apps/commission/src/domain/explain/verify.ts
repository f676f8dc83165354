import type { Json } from '@tributary/kernel';
import { recompute } from '../../../engines/v1/recompute';
import type { StepName } from '../../../engines/v1/trace';
import { HELD, RELEASED } from '../earnings/post';
import { type LineTree, type PostingNode, type WorthNode, sumOf } from './tree';

/** What in a tree does not follow from the rest of it; none: the number can be had from the tree alone. */
export function differencesIn(tree: LineTree): readonly string[] {
  return [...differencesOfWorth(tree), ...differencesOfBooks(tree), ...differencesOfDue(tree)];
}

export const isRecomputed = (tree: LineTree): boolean => differencesIn(tree).length === 0;

function differencesOfWorth({ worth, key }: LineTree): readonly string[] {
  if (worth === null) return [];
  const { rounded, mismatches } = recompute(worth);
  const differences = mismatches.map(
    ({ step, recomputed }) => `${step.step}: ${textOf(step.result)} is ${recomputed}`,
  );
  if (String(rounded) !== worth.rounded)
    differences.push(`worth: ${worth.rounded} is ${String(rounded)}`);
  return [...differences, ...brokenLinks(worth, 'child' in key)];
}

type Handed = 'amount' | 'basis' | 'rate';

/** What a step takes up from those before it, under the name of its own input, and what it leaves to those after it. */
const LINKS: Partial<
  Record<StepName, { readonly takes?: Readonly<Record<string, Handed>>; readonly leaves?: Handed }>
> = {
  basis: { leaves: 'basis' },
  matrix: { leaves: 'rate' },
  band: { leaves: 'rate' },
  percent: { takes: { of: 'basis', rate: 'rate' }, leaves: 'amount' },
  flat: { leaves: 'amount' },
  marginal: { leaves: 'amount' },
  order: { leaves: 'amount' },
  pool: { leaves: 'amount' },
  bonus: { leaves: 'amount' },
  line_limit: { takes: { amount: 'amount' }, leaves: 'amount' },
  limit: { takes: { amount: 'amount' }, leaves: 'amount' },
  round: { takes: { amount: 'amount' } },
};

/** Amounts are handed from step to step, so each one takes up what the one before it has left. */
function brokenLinks({ steps }: WorthNode, isOverride: boolean): readonly string[] {
  const broken: string[] = [];
  const left = new Map<Handed, Json>();
  // A pool is a percentage of the whole line, and an override may be one of what was posted for the child.
  const isOfBasis = !isOverride && steps.every(({ step }) => step !== 'pool');
  for (const { step, inputs, result } of steps) {
    const { takes = {}, leaves } = LINKS[step] ?? {};
    for (const [input, handed] of Object.entries(takes)) {
      const wanted = left.get(handed);
      if (wanted === undefined || (handed === 'basis' && !isOfBasis)) continue;
      if (inputs[input] !== wanted)
        broken.push(`${step}: ${input} ${textOf(inputs[input])} is ${textOf(wanted)}`);
    }
    if (leaves !== undefined) left.set(leaves, result);
  }
  return broken;
}

/** What is posted is what is due, unless the window says that it is behind. */
function differencesOfDue({ worth, behind, unbooked, posted, ...tree }: LineTree): string[] {
  if (behind) return ['the window is behind: not everything is posted yet that is known'];
  const due = unbooked === null ? (worth?.rounded ?? '0') : '0';
  if (posted !== due) return [`posted: ${posted} is ${due}`];
  // What was booked in another currency or entity has been taken back there.
  return strays(tree).map((place) => `posted: something is left in ${place}`);
}

function strays({ months, asset, entity }: Pick<LineTree, 'asset' | 'entity' | 'months'>) {
  const sums = new Map<string, bigint>();
  for (const { postings } of months)
    for (const { amount, asset: in_, entity: of } of postings) {
      const place = `${of} ${in_}`;
      sums.set(place, (sums.get(place) ?? 0n) + BigInt(amount));
    }
  return [...sums]
    .filter(([place, sum]) => sum !== 0n && place !== `${entity ?? ''} ${asset ?? ''}`)
    .map(([place]) => place);
}

function differencesOfBooks(tree: LineTree): readonly string[] {
  const { months, releases, posted, held, released, heldParts } = tree;
  const differences: string[] = [];
  const compare = (what: string, told: string, sum: bigint) => {
    if (told !== String(sum)) differences.push(`${what}: ${told} is ${String(sum)}`);
  };
  for (const { month, amount, postings } of months) {
    compare(month, amount, sumOf(postings.map((each) => each.amount)));
    for (const posting of postings) differences.push(...differencesOfEntry(posting));
  }
  compare('posted', posted, sumOf(months.map(({ amount }) => amount)));
  compare('released', released, sumOf(releases.map(({ amount }) => amount)));
  compare('held', held, BigInt(posted) - BigInt(released));
  compare('held', held, sumOf(heldParts.map(({ amount }) => amount)));
  const postings = months.flatMap((each) => each.postings);
  const entries = [...postings, ...releases].flatMap(({ entry }) => entry ?? []);
  compare('held by the entries', held, -turnoverOf(entries, HELD));
  compare('released by the entries', released, -turnoverOf(entries, RELEASED));
  return differences;
}

const EXPENSES = 'Expenses:Commission';

function differencesOfEntry({ entry, amount, event }: PostingNode): readonly string[] {
  const expense = turnoverOf([entry], EXPENSES);
  if (String(expense) !== amount) return [`${event.id}: ${amount} is ${String(expense)}`];
  return turnoverOf([entry]) === 0n ? [] : [`${event.id}: the entry does not balance`];
}

/** Debit less credit, of one account or of all. */
function turnoverOf(entries: readonly PostingNode['entry'][], account?: string): bigint {
  let sum = 0n;
  for (const { legs } of entries)
    for (const leg of legs)
      if (account === undefined || leg.account === account)
        sum += leg.side === 'debit' ? BigInt(leg.amount) : -BigInt(leg.amount);
  return sum;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');

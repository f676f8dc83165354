import type { Instant, Json, JsonObject, ZoneOffset } from '@tributary/kernel';
import { reasonText } from './reasons';
import type { LineTree, StepNode } from './tree';
import { dayText, exactMoneyText, listText, moneyText, percentText } from './words';

interface Said {
  readonly tree: LineTree;
  readonly asset: string;
  readonly offsets: readonly ZoneOffset[];
}

/** The tree in one sentence, for the partner whose line it is. Days are those of the plan's zone. */
export function sentenceOf(tree: LineTree, offsets: readonly ZoneOffset[]): string {
  const { asset } = tree;
  if (asset === null) return `Nothing is earned on this line, because ${whyNothing(tree)}.`;
  const said: Said = { tree, asset, offsets };
  const posted = BigInt(tree.posted);
  const parts =
    posted === 0n
      ? [`${moneyText(0n, asset)} is earned on ${whatWasPaid(said)}, because ${whyNothing(tree)}`]
      : [`${moneyText(posted, asset)} is ${howItIsMade(said)}`, ...limitOf(said)];
  return `${[...parts, ...historyOf(said), ...standingOf(said)].join('; ')}.`;
}

function whyNothing({ worth, unbooked, behind }: LineTree): string {
  if (behind) return 'it is still being worked out';
  if (unbooked === 'before_books') return 'it was paid before the books of the programme begin';
  if (unbooked !== null) return reasonText(unbooked);
  return reasonText(worth?.reason ?? 'no_rule');
}

const day = ({ offsets }: Said, at: Instant): string => dayText(at, offsets);

function whatWasPaid(said: Said): string {
  const { key, customer, paidAt } = said.tree;
  if ('window' in key) return `the bonus ${key.rule} of ${key.window}`;
  const who = key.child === undefined ? customer : `a customer of ${key.child}`;
  return paidAt === null
    ? 'this line'
    : `what ${who ?? 'the customer'} paid on ${day(said, paidAt)}`;
}

function under({ tree }: Said): string {
  const { worth, plan, planId } = tree;
  const version = plan === null ? '' : ` version ${String(plan.version)}`;
  return `rule ${worth?.rule ?? 'none'}, plan ${planId}${version}`;
}

const textIn = (inputs: JsonObject, name: string): string => {
  const value: Json | undefined = inputs[name];
  return typeof value === 'string' ? value : '0';
};

/** The last step that makes an amount says how; those after it only limit and round it. */
function howItIsMade(said: Said): string {
  const { tree, asset } = said;
  const steps = tree.worth?.steps ?? [];
  if (tree.behind) return `what is posted so far for ${whatWasPaid(said)}`;
  const made = steps.findLast(({ step }) => step in MAKERS);
  const maker = made && MAKERS[made.step];
  const exact = made === undefined || maker === undefined ? null : maker(said, made, steps);
  return exact ?? `paid under ${under(said)} for ${whatWasPaid(said)} in ${asset}`;
}

type Maker = (said: Said, step: StepNode, steps: readonly StepNode[]) => string;

const MAKERS: Partial<Record<StepNode['step'], Maker>> = {
  percent: (said, { inputs }) => {
    const { key } = said.tree;
    const rate = `${percentText(textIn(inputs, 'rate'))} (${under(said)})`;
    const of = exactMoneyText(textIn(inputs, 'of'), said.asset);
    const child = 'child' in key ? key.child : undefined;
    return child !== undefined && said.tree.worth?.steps.some(isBasisOf(inputs)) !== true
      ? `${rate} of ${of} that was posted for ${child}`
      : `${rate} of ${of} that ${whoPaid(said)}`;
  },
  marginal: (said, { inputs }) =>
    `the sum of the bands (${under(said)}) from ${exactMoneyText(textIn(inputs, 'before'), said.asset)} ` +
    `to ${exactMoneyText(textIn(inputs, 'after'), said.asset)}, which ${whoPaid(said)}`,
  flat: (said, { inputs }) => {
    const quantity = textIn(inputs, 'quantity');
    const amount = moneyText(BigInt(textIn(inputs, 'amount')), said.asset);
    const times = quantity === '1' ? '' : ` for each of ${quantity}`;
    return `the share of ${amount}${times} (${under(said)}) for what ${whoPaid(said)}`;
  },
  order: (said, { inputs }) =>
    `the share of ${moneyText(BigInt(textIn(inputs, 'amount')), said.asset)} for the order (${under(said)}), ` +
    `for what ${whoPaid(said)}`,
  pool: (said, { inputs }) =>
    `the share of a pool of ${exactMoneyText(textIn(inputs, 'pool'), said.asset)} (${under(said)}) ` +
    `on what ${whoPaid(said)}`,
  bonus: (said, { inputs }) => {
    const reached = inputs['reachedAt'];
    const on = typeof reached === 'string' ? `, reached on ${day(said, reached as Instant)}` : '';
    const { key } = said.tree;
    return `the bonus of ${'window' in key ? key.window : said.tree.window} (${under(said)})${on}`;
  },
  override: (said, { inputs }) => {
    const decided = inputs['decidedAt'];
    const on = typeof decided === 'string' ? ` on ${day(said, decided as Instant)}` : '';
    return `what two persons decided${on} for ${whatWasPaid(said)}`;
  },
};

const isBasisOf =
  (inputs: JsonObject) =>
  ({ step, result }: StepNode): boolean =>
    step === 'basis' && result === inputs['of'];

function whoPaid(said: Said): string {
  const { key, customer, paidAt } = said.tree;
  const child = 'child' in key ? key.child : undefined;
  const who = child === undefined ? (customer ?? 'the customer') : `a customer of ${child}`;
  return paidAt === null ? `${who} paid` : `${who} paid on ${day(said, paidAt)}`;
}

function limitOf({ tree, asset }: Said): readonly string[] {
  const { worth } = tree;
  if (worth === null || worth.limitedBy === null) return [];
  const before = worth.steps.findLast(({ step }) => step === 'limit' || step === 'line_limit');
  const amount =
    before === undefined ? '' : ` from ${exactMoneyText(textIn(before.inputs, 'amount'), asset)}`;
  return [`changed${amount} by the limit ${worth.limitedBy}`];
}

/** One month needs no list. */
function historyOf({ tree, asset }: Said): readonly string[] {
  const months = tree.months.filter(({ amount }) => amount !== '0');
  if (months.length < 2) return [];
  const parts = months.map(
    ({ month, amount }) => `${moneyText(BigInt(amount), asset)} in ${month}`,
  );
  return [`posted ${listText(parts)}`];
}

function standingOf(said: Said): readonly string[] {
  const { tree, asset } = said;
  const { heldParts, holds, released, frozen } = tree;
  const parts: string[] = [];
  const amount = (minor: string): string =>
    minor === tree.posted ? '' : `${moneyText(BigInt(minor), asset)} `;
  for (const part of heldParts)
    if (BigInt(part.amount) > 0n)
      parts.push(`${amount(part.amount)}held until ${day(said, part.until)}`);
  const open = holds.filter(({ until }) => until === null);
  if (parts.length > 0 && open.length > 0)
    parts.push(`and not before ${listText(open.map(({ condition }) => condition))}`);
  if (BigInt(released) > 0n) parts.push(`${amount(released)}released`);
  if (BigInt(frozen) > 0n) parts.push(`${amount(frozen)}frozen by a dispute of the customer`);
  return parts;
}

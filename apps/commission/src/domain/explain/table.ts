import { moneyText } from './words';
import type { EventRef } from './story';
import type { LineTree } from './tree';

/** A row of the tree as finance reads it: what, how much, and where it stands in the log. */
export interface TreeRow {
  readonly node:
    | 'credit'
    | 'evidence'
    | 'fact'
    | 'hold'
    | 'line'
    | 'plan'
    | 'posting'
    | 'release'
    | 'step'
    | 'worth';
  readonly month: string | null;
  readonly account: string | null;
  readonly debit: string | null;
  readonly credit: string | null;
  readonly amount: string | null;
  readonly asset: string | null;
  readonly text: string;
  readonly event: string | null;
  readonly hash: string | null;
  readonly occurredAt: string | null;
  readonly recordedAt: string | null;
}

const NOWHERE = { event: null, hash: null, occurredAt: null, recordedAt: null };

const placeOf = (event: EventRef | null) =>
  event === null
    ? NOWHERE
    : {
        event: event.id,
        hash: event.hash,
        occurredAt: event.occurredAt,
        recordedAt: event.recordedAt,
      };

const EMPTY = { month: null, account: null, debit: null, credit: null, amount: null, asset: null };

/** From the line down to the facts of money; amounts are minor units. */
export function rowsOf(tree: LineTree): readonly TreeRow[] {
  return [
    lineRow(tree),
    ...postingRows(tree),
    ...releaseRows(tree),
    ...tree.holds.map((hold): TreeRow => ({
      ...EMPTY,
      node: 'hold',
      text: `${hold.reason} since ${hold.from}${hold.until === null ? '' : ` until ${hold.until}`}: ${hold.owner}, ${hold.condition}`,
      ...placeOf(hold.event),
    })),
    ...worthRows(tree),
    ...sourceRows(tree),
  ];
}

function lineRow(tree: LineTree): TreeRow {
  const { asset, posted, partner, planId, window, held, released } = tree;
  const text = `${partner}, plan ${planId}, window ${window}: held ${held}, released ${released}`;
  return { ...EMPTY, node: 'line', amount: posted, asset, text, ...placeOf(tree.event) };
}

interface Leg {
  readonly account: string;
  readonly side: string;
  readonly amount: string;
  readonly asset: string;
}

const legRows = (
  legs: readonly Leg[],
  row: Pick<TreeRow, 'month' | 'node' | 'text'>,
  event: EventRef,
) =>
  legs.map(({ account, side, amount, asset }): TreeRow => ({
    ...EMPTY,
    ...row,
    account,
    debit: side === 'debit' ? amount : null,
    credit: side === 'credit' ? amount : null,
    asset,
    ...placeOf(event),
  }));

const postingRows = ({ months }: LineTree): readonly TreeRow[] =>
  months.flatMap(({ month, postings }) =>
    postings.flatMap(({ entry, rule, version, exact, due, event }) => {
      const under =
        version === null
          ? ''
          : `, version ${String(version.version)} ${version.hash}, engine ${version.engine} ${version.engineHash}`;
      const text = `rule ${rule ?? 'none'}${under}: due ${due} (${exact})`;
      return legRows(entry.legs, { node: 'posting', month, text }, event);
    }),
  );

const releaseRows = ({ releases, asset }: LineTree): readonly TreeRow[] =>
  releases.flatMap(({ entry, amount, until, event }): readonly TreeRow[] => {
    const text = until === null ? 'taken back by a posting' : `held until ${until}`;
    const row = { node: 'release', month: null, text } as const;
    return entry === undefined
      ? [{ ...EMPTY, ...row, amount, asset, ...placeOf(event) }]
      : legRows(entry.legs, row, event);
  });

function worthRows({ worth, asset }: LineTree): readonly TreeRow[] {
  if (worth === null) return [];
  const { rounded, exact, reason, steps, event } = worth;
  const shown = asset === null ? rounded : moneyText(BigInt(rounded), asset);
  const why = reason === null ? '' : ` (${reason})`;
  return [
    {
      ...EMPTY,
      node: 'worth',
      amount: rounded,
      asset,
      text: `${shown}, exactly ${exact}${why}`,
      ...placeOf(event),
    },
    ...steps.map((step): TreeRow => ({
      ...EMPTY,
      node: 'step',
      text: `${step.step} ${JSON.stringify(step.inputs)} = ${JSON.stringify(step.result)}`,
      ...placeOf(step.events.at(-1) ?? null),
    })),
  ];
}

function sourceRows({ plan, credit, facts }: LineTree): readonly TreeRow[] {
  const factRow = (node: 'evidence' | 'fact', factId: string, hash: string): TreeRow => ({
    ...EMPTY,
    ...NOWHERE,
    node,
    text: 'a fact of attribution',
    event: factId,
    hash,
  });
  const rows: TreeRow[] = [];
  if (plan !== null) {
    const { version, hash, engine, engineHash, event } = plan;
    const text = `${plan.plan} version ${String(version)} ${hash}, engine ${engine} ${engineHash}`;
    rows.push({ ...EMPTY, node: 'plan', text, ...placeOf(event) });
  }
  if (credit !== null) {
    const { decision, policy, rung, evidence, event } = credit;
    const by = `policy ${policy.id} version ${String(policy.version)} ${policy.hash}`;
    const text = `decision ${decision}: ${rung}, ${by}`;
    rows.push({ ...EMPTY, node: 'credit', text, ...placeOf(event) });
    rows.push(...evidence.map(({ factId, hash }) => factRow('evidence', factId, hash)));
  }
  return [...rows, ...facts.map(({ factId, hash }) => factRow('fact', factId, hash))];
}

import type { Json, JsonObject } from '@tributary/kernel';
import { type Finding, error, pointerStep } from './finding';

type Path = readonly string[];

/** What the plan language knows and the engine does not yet: where it stands, and what to do meanwhile. `*` is any place in a list. */
const FIELDS: readonly (readonly [path: string, instead: string])[] = [
  ['fx', 'A sale in another currency earns nothing under this plan.'],
  ['guarantee', 'A limit with `min` raises what a window earns.'],
  ['draw', 'Advances are paid by hand.'],
  ['restate', 'Start a version after now.'],
  ['budget', 'A limit with `max` bounds what one partner earns.'],
  ['reversal', 'Refunds and lost disputes take back the same part of every line.'],
  ['credit.policy', 'Credit follows the policy of the programme.'],
  ['credit.allocation', 'Odd units go by largest remainder.'],
  ['basis.on', 'Earnings follow collected payments.'],
  ['hold.releaseEarlyWith', 'A release by hand is a command.'],
  ['hold.event', 'Holds count from the payment.'],
  ['appliesTo.agreementStatus', 'An agreement counts while it is active.'],
  ['rules.*.hold', 'All rules share the hold of the plan.'],
  ['rules.*.budget', 'A limit with `max` bounds what one partner earns.'],
  ['rules.*.dates', 'A condition on `time.paidAt` says when it pays.'],
];

/** Kinds and modes by their names: where another one is written, the schema says which there are. */
const WORDS: readonly (readonly [path: string, words: readonly string[], instead: string])[] = [
  [
    'rules.*.pay.kind',
    ['multiplier', 'spiff', 'margin', 'budget', 'draw', 'guarantee', 'non_cash', 'bounty'],
    'A rule that stacks adds a rate; a bonus adds an amount.',
  ],
  ['limits.*.scope', ['line', 'programme', 'program'], 'Bounds of a line stand in its rule.'],
  ['basis.use', ['margin', 'list_minus_net', 'usage'], 'Use `lines.net`.'],
  ['hold.from', ['cash_collected', 'implementation_qualified'], 'Use `paidAt`.'],
  ['rounding.scope', ['invoice', 'statement', 'window'], 'Each line is rounded once.'],
];

export function notAvailableYet(document: JsonObject): Finding[] {
  return [
    ...FIELDS.flatMap(([path, instead]) =>
      placesOf(document, path.split('.')).map(({ at }) => refusal(at, at.at(-1) ?? '', instead)),
    ),
    ...WORDS.flatMap(([path, words, instead]) =>
      placesOf(document, path.split('.'))
        .filter(({ value }) => typeof value === 'string' && words.includes(value))
        .map(({ at, value }) => refusal(at, value as string, instead)),
    ),
    ...placesOf(document, ['rules', '*', 'pay', 'levels'])
      .filter(({ value }) => typeof value === 'number' && value > 1)
      .map(({ at }) => refusal(at, 'more than one level', 'An override goes to the parent alone.')),
  ];
}

const refusal = (at: Path, what: string, instead: string): Finding =>
  error(
    'not_available_yet',
    at.map((step) => `/${pointerStep(step)}`).join(''),
    `${what} is not available yet. ${instead}`,
  );

interface Place {
  readonly at: Path;
  readonly value: Json;
}

/** Null says the same as leaving it out. */
function placesOf(document: JsonObject, path: Path): Place[] {
  let places: Place[] = [{ at: [], value: document }];
  for (const step of path)
    places = places.flatMap(({ at, value }) =>
      childrenOf(value, step).map(([name, child]) => ({ at: [...at, name], value: child })),
    );
  return places.filter(({ value }) => value !== null);
}

function childrenOf(value: Json, step: string): [string, Json][] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*')
    return Array.isArray(value) ? value.map((child: Json, i) => [String(i), child]) : [];
  const child = Array.isArray(value) ? undefined : (value as JsonObject)[step];
  return child === undefined ? [] : [[step, child]];
}

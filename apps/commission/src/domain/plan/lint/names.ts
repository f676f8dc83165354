import {
  CURRENCY_EXPONENTS,
  type Asset,
  CodedError,
  currencyOf,
  exponentOf,
} from '@tributary/kernel';
import { compilePlan } from '../../../../engines/v1/compile';
import { FIELDS, MEASURES } from '../../../../engines/v1/fields';
import type { PlanVersion, Test, When } from '../../../../engines/v1/plan';
import {
  type Finding,
  type LintRule,
  error,
  isBonus,
  isOverride,
  pointerStep,
  rulesAtWork,
  warning,
} from './finding';
import { CLOSED_VALUES, plainField } from './known-values';
import { axesOf, unknownValue } from './matrices';

/** Everything that a plan asks for is on the engine's list, or nothing else about it can be judged. */
export const unknownFields: LintRule = ({ plan }) =>
  plan.rules.flatMap(({ when, pay }, i) => {
    const asked = when ? questionsIn(when, `/rules/${i}/when`) : [];
    const axes = pay.kind === 'matrix' ? axesOf(pay) : [];
    const counted = 'once' in pay && 'count' in pay.when ? pay.when.count : undefined;
    return [
      ...asked.map(({ field, pointer }) => ({ field, pointer })),
      ...axes.map((field) => ({ field, pointer: `/rules/${i}/pay/by` })),
    ]
      .filter(({ field }) => !FIELDS.has(field))
      .map(({ field, pointer }) => unknownField(pointer, field, [...FIELDS.keys()]))
      .concat(
        counted === undefined || (MEASURES as readonly string[]).includes(counted)
          ? []
          : [unknownField(`/rules/${i}/pay/when/count`, counted, MEASURES)],
      );
  });

const unknownField = (pointer: string, field: string, known: readonly string[]): Finding =>
  error('unknown_field', pointer, `No plan can ask for "${field}". Known are ${known.join(', ')}.`);

/** Conditions that compare with what their field never is. */
export const unknownValues: LintRule = ({ plan }) =>
  plan.rules.flatMap(({ when }, i) =>
    (when ? questionsIn(when, `/rules/${i}/when`) : []).flatMap(({ field, pointer, test }) => {
      const known = CLOSED_VALUES.get(plainField(field));
      if (!known) return [];
      return namedIn(test)
        .filter((value) => !known.includes(value))
        .map((value) => unknownValue(pointer, field, value));
    }),
  );

const namedIn = (test: Test): string[] =>
  typeof test === 'object'
    ? [...(test.eq === undefined ? [] : [test.eq]), ...(test.in ?? [])].map(String)
    : [String(test)];

interface Question {
  readonly field: string;
  readonly pointer: string;
  readonly test: Test;
}

function questionsIn(when: When, pointer: string): Question[] {
  return Object.entries(when).flatMap(([name, asked]): Question[] => {
    const at = `${pointer}/${pointerStep(name)}`;
    if (name === 'all' || name === 'any')
      return (asked as readonly When[]).flatMap((each, i) => questionsIn(each, `${at}/${i}`));
    if (name === 'not') return questionsIn(asked as When, at);
    return [{ field: name, pointer: at, test: asked as Test }];
  });
}

/** Postings and limits name rules, so a name stands for one of them. */
export const names: LintRule = ({ plan }) => {
  const rules = plan.rules.map(({ id }) => id);
  const limits = (plan.limits ?? []).map(({ id }) => id);
  return [
    ...twice(rules, 'rules'),
    ...twice(limits, 'limits'),
    ...(plan.limits ?? []).flatMap(({ rules: of = [] }, i) =>
      of
        .filter((id) => !rules.includes(id))
        .map((id) => error('unknown_rule', `/limits/${i}/rules`, `There is no rule "${id}".`)),
    ),
  ];
};

const twice = (ids: readonly string[], list: string): Finding[] =>
  ids.flatMap((id, i) =>
    ids.indexOf(id) === i
      ? []
      : [error('id_twice', `/${list}/${i}/id`, `"${id}" is the name of another one.`)],
  );

export const currency: LintRule = ({ plan: { asset } }) =>
  CURRENCY_EXPONENTS.get(currencyOf(asset as Asset)) === exponentOf(asset as Asset)
    ? []
    : [
        warning(
          'currency_unknown',
          '/asset',
          `${asset} is no currency of ISO 4217 with its digits.`,
        ),
      ];

export const nothingPays: LintRule = ({ plan }) =>
  rulesAtWork(plan).length > 0
    ? []
    : [warning('nothing_pays', '/rules', 'Every rule is switched off: nobody earns anything.')];

/** What the engine would refuse to compute. */
export const computable: LintRule = ({ plan }) =>
  rulesAtWork(plan).flatMap(({ rule, pointer }) => {
    const { pay } = rule;
    const together = pay.kind === 'schedule' || (pay.kind === 'flat' && pay.per === 'order');
    const flaws: Finding[] = [];
    const flaw = (code: string, path: string, detail: string) =>
      flaws.push(error(code, `${pointer}${path}`, detail));
    if (together && plan.credit?.split === 'pool')
      flaw(
        'pool_of_several_lines',
        '/pay',
        'What looks at several lines is not shared from a pool.',
      );
    if (together && isOverride(rule))
      flaw('override_of_several_lines', '/pay', 'An override pays on one line.');
    if ('of' in pay && !isOverride(rule))
      flaw('override_without_parent', '/pay/of', 'Only the payee `partner.parent` has children.');
    if (pay.kind === 'split' && typeof pay.by === 'object' && !isWhole(pay.by.roles))
      flaw('split_not_whole', '/pay/by/roles', 'The shares are 10000 basis points together.');
    if (pay.kind === 'schedule') flaws.push(...bandFlaws(pay.bands, `${pointer}/pay/bands`));
    return flaws;
  });

/** The engine pays it to the partner itself, in whose window it is reached. */
export const bonusOfParent: LintRule = ({ plan }) =>
  rulesAtWork(plan)
    .filter(({ rule }) => isBonus(rule) && isOverride(rule))
    .map(({ pointer }) =>
      error('override_without_line', `${pointer}/payee`, 'A bonus is of whoever has reached it.'),
    );

/** Whatever else finds nothing wrong with it: published, it would stop every window of the plan. */
export const refusedByEngine: LintRule = ({ plan }) => {
  try {
    compilePlan(plan);
    return [];
  } catch (refused) {
    if (!(refused instanceof CodedError)) throw refused;
    return [error('not_computable', '', refused.message)];
  }
};

const isWhole = (roles: Readonly<Record<string, number>>): boolean =>
  Object.values(roles).reduce((sum, bp) => sum + bp, 0) === 10_000;

type Bands = Extract<PlanVersion['rules'][number]['pay'], { readonly kind: 'schedule' }>['bands'];

/** Bands that leave a total without a rate, or with two. */
function bandFlaws(bands: Bands, pointer: string): Finding[] {
  return bands.flatMap(({ upTo }, i): Finding[] => {
    const isLast = i === bands.length - 1;
    const at = `${pointer}/${i}/upTo`;
    if (isLast)
      return upTo === undefined
        ? []
        : [error('bands_end', at, 'The last band has no end, or larger totals have no rate.')];
    if (upTo === undefined) return [error('bands_end', at, 'Only the last band has no end.')];
    const before = bands[i - 1]?.upTo ?? '0';
    return BigInt(upTo) > BigInt(before)
      ? []
      : [error('bands_not_ascending', at, `The band before it ends at ${before}.`)];
  });
}

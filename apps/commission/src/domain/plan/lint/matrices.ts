import { FIELDS } from '../../../../engines/v1/fields';
import type {
  BasisPoints,
  MatrixPay,
  PlanVersion,
  Scalar,
  When,
} from '../../../../engines/v1/plan';
import { appliesTo, conditionOf } from './conditions';
import {
  type Finding,
  type LintRule,
  type PlacedRule,
  error,
  pointerStep,
  rulesAtWork,
  warning,
} from './finding';
import { CLOSED_VALUES, TIERS, plainField } from './known-values';
import { isPossible } from './possible';

/** Levels of one track; more are hard to tell apart. */
const MOST_LEVELS = 3;
const ANY = '*';

type Rates = Readonly<Record<string, BasisPoints | Readonly<Record<string, BasisPoints>>>>;

/** One level of a table: the rates by one field, for sales of which `given` holds. */
interface Table {
  readonly field: string;
  readonly rates: Rates;
  readonly pointer: string;
  readonly given: readonly When[];
}

export const axesOf = ({ by }: MatrixPay): readonly string[] =>
  typeof by === 'string' ? [by] : by;

/** A sale that no rate is named for would earn nothing, and nobody would have decided that. */
export const matrixGaps: LintRule = ({ plan }) => tablesOf(plan).flatMap(gapsOf);

function gapsOf({ field, rates, pointer, given }: Table): Finding[] {
  const named = Object.keys(rates);
  if (named.includes(ANY)) return [];
  const listed = TIERS.get(plainField(field)) ?? CLOSED_VALUES.get(plainField(field));
  const others = { [field]: { in: named.map((value) => typed(field, value)) } };
  const missing = listed
    ?.filter((value) => !named.includes(value))
    .filter((value) => isPossible([...given, { [field]: typed(field, value) }]));
  const hasGap = missing
    ? missing.length > 0
    : isPossible([...given, { [field]: { exists: true } }], [others]);
  const which = missing ? missing.join(', ') : 'other values';
  const detail = `Without a rate for ${field}: ${which}. Name every value, or "*" for the others; 0 pays nothing.`;
  return hasGap ? [error('matrix_gap', pointer, detail)] : [];
}

export const matrixShapes: LintRule = ({ plan }) =>
  matricesOf(plan).flatMap(({ pay, pointer }) => {
    const axes = axesOf(pay);
    const [first, second] = axes.map(plainField);
    const isTwice = first === second;
    const deep = axes.length > 1;
    return [
      ...(isTwice
        ? [error('matrix_overlap', `${pointer}/by`, `Both fields are ${String(first)}.`)]
        : []),
      ...Object.entries(pay.bp)
        .filter(([, cell]) => (typeof cell === 'object') !== deep)
        .map(([value]) =>
          error(
            'matrix_shape',
            `${pointer}/bp/${pointerStep(value)}`,
            deep ? 'A table goes by two fields: this is a table too.' : 'This is a rate.',
          ),
        ),
    ];
  });

export const tooManyLevels: LintRule = ({ plan }) =>
  tablesOf(plan)
    .filter(({ field }) => TIERS.has(plainField(field)))
    .map((table) => ({ ...table, levels: Object.keys(table.rates).filter((key) => key !== ANY) }))
    .filter(({ levels }) => levels.length > MOST_LEVELS)
    .map(({ levels, pointer, field }) => {
      const detail = `${field} has ${levels.length} levels here; more than ${MOST_LEVELS} in one track are hard to tell apart.`;
      return warning('too_many_levels', pointer, detail);
    });

/** Rows that nothing will ever be found in. */
export const unknownRows: LintRule = ({ plan }) =>
  tablesOf(plan).flatMap(({ field, rates, pointer }) => {
    const known = CLOSED_VALUES.get(plainField(field));
    if (!known) return [];
    return Object.keys(rates)
      .filter((value) => value !== ANY && !known.includes(value))
      .map((value) => unknownValue(`${pointer}/${pointerStep(value)}`, field, value));
  });

export const unknownValue = (pointer: string, field: string, value: string): Finding => {
  const known = CLOSED_VALUES.get(plainField(field)) ?? [];
  const detail = `${field} is never "${value}"; it is one of ${known.join(', ')}.`;
  return error('unknown_value', pointer, detail);
};

interface PlacedMatrix extends PlacedRule {
  readonly pay: MatrixPay;
}

const matricesOf = (plan: PlanVersion): PlacedMatrix[] =>
  rulesAtWork(plan).flatMap(({ rule, pointer }) =>
    rule.pay.kind === 'matrix' ? [{ rule, pay: rule.pay, pointer: `${pointer}/pay` }] : [],
  );

const tablesOf = (plan: PlanVersion): Table[] =>
  matricesOf(plan).flatMap(({ rule, pay, pointer }) => {
    const [field = '', inner] = axesOf(pay);
    const given = [appliesTo(plan), conditionOf(rule)];
    const outer = { field, rates: pay.bp, pointer: `${pointer}/bp`, given };
    if (inner === undefined) return [outer];
    return [
      outer,
      ...Object.entries(pay.bp).flatMap(([value, row]) => rowOf(outer, inner, value, row)),
    ];
  });

function rowOf(
  { field, pointer, given }: Table,
  inner: string,
  value: string,
  row: Rates[string],
): Table[] {
  if (typeof row !== 'object') return [];
  const here = value === ANY ? [] : [{ [field]: typed(field, value) }];
  return [
    {
      field: inner,
      rates: row,
      pointer: `${pointer}/${pointerStep(value)}`,
      given: [...given, ...here],
    },
  ];
}

/** Keys of a table are text, whatever their field is. */
function typed(field: string, value: string): Scalar {
  const type = FIELDS.get(field)?.type;
  if (type === 'boolean') return value === 'true';
  return type === 'integer' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

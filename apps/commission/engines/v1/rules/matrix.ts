import { fieldOf } from '../conditions';
import { type Exact, textOf } from '../exact';
import { type Field, type FieldValue, TIER_FIELDS } from '../fields';
import type { ZeroReason } from '../line-due';
import type { BasisPoints, MatrixPay } from '../plan';
import type { Situation } from '../situation';
import { type Payer, invalidRule, isReason, rateOf } from './payer';
import { percentOf } from './percent';

/** Stands for every value that has no entry of its own. */
const ANY = '*';

type FindRate = (situation: Situation) => Exact | ZeroReason;

export function payMatrix({ by, bp }: MatrixPay): Payer {
  const names = typeof by === 'string' ? [by] : by;
  const find = tableOf(names, bp);
  return ({ situation, basis, trace }) => {
    const rate = find(situation);
    trace?.push({
      step: 'matrix',
      inputs: Object.fromEntries(
        names.map((name) => [name, fieldOf(name).read(situation) as string | null]),
      ),
      result: isReason(rate) ? rate : textOf(rate),
    });
    return isReason(rate) ? rate : percentOf(basis, rate, trace);
  };
}

function tableOf([name, ...inner]: readonly string[], rates: MatrixPay['bp']): FindRate {
  if (name === undefined || inner.length > 1)
    throw invalidRule('a matrix has one field or two', {});
  const { type, read } = axisOf(name);
  const entries = new Map<string, FindRate>();
  for (const [value, cell] of Object.entries(rates)) entries.set(value, cellOf(inner, cell));
  if (entries.size === 0) throw invalidRule('a matrix without rates pays nothing', { name });
  const otherwise = entries.get(ANY);
  const absent = TIER_FIELDS.has(name) ? 'no_tier' : 'not_in_matrix';
  return (situation) => {
    const value = textOfField(type, read(situation));
    if (value === null && otherwise === undefined) return absent;
    const find = (value === null ? undefined : entries.get(value)) ?? otherwise;
    return find === undefined ? 'not_in_matrix' : find(situation);
  };
}

function cellOf(
  inner: readonly string[],
  cell: BasisPoints | Readonly<Record<string, BasisPoints>>,
): FindRate {
  if (typeof cell === 'object') return tableOf(inner, cell);
  if (inner.length > 0) throw invalidRule('the second field of a matrix needs rates', { inner });
  const rate = rateOf(cell);
  return () => rate;
}

function axisOf(name: string): Field {
  const field = fieldOf(name);
  if (field.type !== 'text' && field.type !== 'boolean' && field.type !== 'integer')
    throw invalidRule(`a matrix cannot go by ${name}`, { name, type: field.type });
  return field;
}

const textOfField = (type: Field['type'], value: FieldValue): string | null =>
  type === 'text' ? (value as string | null) : value === null ? null : String(value);

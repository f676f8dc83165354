import { instant } from '@tributary/kernel';
import type { Rule } from '../../../engines/v1/plan';
import { type PlanDocument, versionOf } from './plan-document';

export const NOW = instant('2026-12-01T00:00:00Z');
export const JANUARY = instant('2027-01-01T03:00:00Z');
export const APRIL = instant('2027-04-01T03:00:00Z');
export const JULY = instant('2027-07-01T03:00:00Z');

/** A quarter of everything; nothing is wrong with it. */
export const DOCUMENT: PlanDocument = {
  planId: 'main',
  programId: 'main',
  asset: 'BRL/2',
  window: 'calendar_quarter',
  timezone: 'America/Sao_Paulo',
  effective: { from: '2027-01-01T00:00:00-03:00', to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  hold: { days: 14, from: 'paidAt' },
  rules: [{ id: 'all', group: 'base', pay: { kind: 'percent', bp: 2500 } }],
};

export const planWith = (more: Partial<PlanDocument>, version = 1) =>
  versionOf({ ...DOCUMENT, ...more }, version);

export const percent = (id: string, bp: number | string, more: Partial<Rule> = {}): Rule => ({
  id,
  group: 'base',
  pay: { kind: 'percent', bp },
  ...more,
});

export const matrix = (id: string, by: string | [string, string], bp: object, more = {}): Rule => ({
  ...percent(id, 0, more),
  pay: { kind: 'matrix', by, bp: bp as Record<string, number> },
});

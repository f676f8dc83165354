import type { Asset, DomainEvent, Instant, Period, StreamName } from '@tributary/kernel';
import { currencyOf, streamOf } from '@tributary/kernel';
import type { Standing } from './movement';
import type { CarriedOn, StatementLine, Totals } from './statement-of';

export const LANGUAGES = ['pt-BR', 'es', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const FORMATS = ['pdf', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export interface StatementId {
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  /** `2026-03` */
  readonly month: string;
}

/** Why an amount is not paid yet, who has to do what, and until when. */
export interface StatementHold {
  readonly reason:
    | 'approval'
    | 'bank_details'
    | 'below_minimum'
    | 'dispute'
    | 'fraud'
    | 'kyc'
    | 'manual'
    | 'suspended'
    | 'tax'
    | 'window';
  /** Minor units; null where it holds whatever is payable. */
  readonly amount: string | null;
  readonly until: Instant | null;
  /** Who has to act. */
  readonly owner: string;
  /** Names what is missing, as whoever asks for it does. */
  readonly missing?: string;
  /** How many lines of commission it holds. */
  readonly lines?: number;
  /** Minor units, below which nothing is paid. */
  readonly minimum?: string;
}

/** All that a statement needs besides the events of its account, pinned with its first event so that nothing is asked twice. */
export interface StatementHead {
  readonly statement: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly period: Period;
  readonly partnerName: string;
  readonly entityName: string;
  /** The last event of the account that it knows of. */
  readonly through: number;
  readonly before: CarriedOn | null;
  /** As they stood at `issuedAt`. What commission holds is not yet a part of the balance. */
  readonly holds: readonly StatementHold[];
  readonly issuedAt: Instant;
  /** Which of our renderers made the documents: it stays as it is, so that they come out the same for ever. */
  readonly renderer: number;
}

export interface DocumentHash {
  readonly format: Format;
  readonly language: Language;
  readonly sha256: string;
}

export type StatementDrafted = DomainEvent<'StatementDrafted', StatementHead>;
/** In pieces of which each fits into one event. */
export type StatementLinesListed = DomainEvent<
  'StatementLinesListed',
  { readonly statement: string; readonly part: number; readonly lines: readonly StatementLine[] }
>;
/** From here on nothing about it changes. */
export type StatementIssued = DomainEvent<
  'StatementIssued',
  StatementFiguresIssued & Omit<StatementHead, 'before' | 'holds' | 'renderer' | 'through'>
>;

export interface StatementFiguresIssued {
  readonly opening: string;
  readonly totals: Totals;
  readonly closing: string;
  readonly standing: Standing;
  readonly lineCount: number;
  /** Where the next one reads on. */
  readonly carriedOn: CarriedOn;
  readonly documents: readonly DocumentHash[];
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type StatementEvent = StatementDrafted | StatementIssued | StatementLinesListed;

/** Somebody asked for the statements of a month; each account of the entity follows by itself. */
export type StatementsOrdered = DomainEvent<
  'StatementsOrdered',
  { readonly entity: string; readonly month: string; readonly by: string; readonly at: Instant }
>;

const monthPartOf = (month: string): string => month.replace('-', '');

/** As it stands in routes and on the document. */
export const statementIdOf = ({ partner, entity, asset, month }: StatementId): string =>
  [partner, entity, currencyOf(asset).toLowerCase(), monthPartOf(month)].join('.');

export const statementStreamOf = (tenant: string, statement: string): StreamName => {
  const [partner = '', ...rest] = statement.split('.');
  return streamOf('statement', tenant, partner, ...rest);
};

export const statementsStreamOf = (tenant: string, entity: string, month: string): StreamName =>
  streamOf('statement', tenant, entity, monthPartOf(month));

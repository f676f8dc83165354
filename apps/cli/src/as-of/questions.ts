import { type Parameters, unusable } from './asking';

export interface Given {
  readonly effective?: string | undefined;
  readonly known?: string | undefined;
  readonly account?: string | undefined;
  readonly entity?: string | undefined;
  readonly asset?: string | undefined;
  readonly partner?: string | undefined;
  readonly statement?: string | undefined;
  readonly tier?: string | undefined;
  readonly customer?: string | undefined;
  readonly sale?: string | undefined;
  readonly plan?: string | undefined;
  readonly earned?: string | undefined;
  readonly lines?: string | undefined;
  readonly owed?: string | undefined;
  readonly 'open-lines'?: string | undefined;
  readonly unplanned?: boolean | undefined;
}

export interface Question {
  readonly path: string;
  readonly parameters: Parameters;
  /** Which list of the answer goes on over pages. */
  readonly list?: 'items' | 'movements';
  /** The ledger says itself what its answer rests on, and its cursors hold one position. */
  readonly isOfLedger: boolean;
}

const SUBJECTS = [
  'statement',
  'tier',
  'customer',
  'sale',
  'plan',
  'earned',
  'lines',
  'owed',
  'open-lines',
  'unplanned',
] as const;
type Subject = (typeof SUBJECTS)[number];

/** Asked page by page, of everything that has happened, whenever that was. */
const LISTS: Partial<Record<Subject, (id: string) => string>> = {
  lines: () => '/v1/lines',
  owed: (id) => `/v1/partners/${id}/accounts`,
  'open-lines': (id) => `/v1/partners/${id}/open-lines`,
  unplanned: () => '/v1/unplanned',
};
const WITH_ENTITY: readonly Subject[] = ['open-lines', 'statement'];

export function questionOf(given: Given): Question {
  const [subject, ...others] = SUBJECTS.filter((name) => given[name] !== undefined);
  if (others.length > 0) throw unusable('as-of', 'Ask about one thing at a time.');
  const { effective, known, entity, asset } = given;
  if (subject === undefined || subject === 'statement') return ofLedger(given, subject);
  const id = encodeURIComponent(String(given[subject]));
  const list = LISTS[subject]?.(id);
  if (list === undefined) return ofOne(subject, id, { on: momentOf(effective), known });
  if (effective !== undefined)
    throw unusable('as-of', `--${subject} is asked on our clock alone: leave out --effective.`);
  assertInBooks(subject, given);
  const partner = subject === 'lines' ? given.lines : undefined;
  const place = subject === 'open-lines' ? { entity, asset } : {};
  const parameters = { known, partner, ...place, limit: '1000' };
  return { path: list, parameters, list: 'items', isOfLedger: false };
}

function ofLedger(given: Given, subject: 'statement' | undefined): Question {
  const { effective, known, account, entity, asset, partner } = given;
  const both = { effective, known };
  if (subject === undefined) {
    const by = 'entity,asset,account';
    const parameters = { ...both, account, entity, asset, partner, by, limit: '1000' };
    return { path: '/v1/ledger/balances', parameters, list: 'items', isOfLedger: true };
  }
  assertInBooks(subject, given);
  const id = encodeURIComponent(given.statement ?? '');
  const parameters = { ...both, entity, asset, partner, limit: '1000' };
  const path = `/v1/ledger/accounts/${id}/statement`;
  return { path, parameters, list: 'movements', isOfLedger: true };
}

function ofOne(
  subject: Subject,
  id: string,
  { on, known }: Readonly<Record<'known' | 'on', string | undefined>>,
): Question {
  const isOfLedger = false;
  if (subject === 'tier')
    return { path: `/v1/partners/${id}/standings`, parameters: { at: on, known }, isOfLedger };
  const path = subject === 'earned' ? `/v1/partners/${id}/earnings` : `/v1/${subject}s/${id}`;
  return { path, parameters: { on, known }, isOfLedger };
}

function assertInBooks(subject: Subject, { entity, asset }: Given): void {
  if (WITH_ENTITY.includes(subject) && (entity === undefined || asset === undefined))
    throw unusable('as-of', `--${subject} goes with --entity and --asset.`);
}

const momentOf = (effective: string | undefined): string | undefined =>
  effective && /^\d{4}-\d\d-\d\d$/.test(effective) ? `${effective}T23:59:59.999Z` : effective;

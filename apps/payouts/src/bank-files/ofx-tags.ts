import type { Turns } from '../turns';

/** Leaves of one transaction by name; those of the account it went to under `BANKACCTTO/`. */
export type Row = ReadonlyMap<string, string>;

export interface OfxStatement {
  /** Account, currency and period. */
  readonly head: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
  readonly ledger: ReadonlyMap<string, string>;
}

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9.]*)\s*(\/?)>/g;
const SECTION = '<![CDATA[';
const TAGS_AT_ONCE = 2_000;
const STATEMENTS = new Set(['CCSTMTRS', 'STMTRS']);
const COUNTERPARTIES = new Set(['BANKACCTTO', 'CCACCTTO']);
const PLACES = new Set(['AVAILBAL', 'LEDGERBAL', 'STMTTRN', ...COUNTERPARTIES]);

interface Building {
  head: Map<string, string>;
  rows: Map<string, string>[];
  ledger: Map<string, string>;
  /** What stands open: a row, a balance, the account that a row went to. */
  places: readonly string[];
}

/**
 * Walks over the tags and keeps what stands behind each of them, closed or not. What opens again without having been closed was
 * closed: so a row with a tag cut out does not swallow the next.
 */
export function* statementsIn(text: string): Turns<readonly OfxStatement[]> {
  const found: Building[] = [];
  let at: Building | undefined;
  let tags = 0;
  for (const tag of tagsIn(yield* withoutSections(text))) {
    tags += 1;
    if (tags % TAGS_AT_ONCE === 0) yield;
    if (STATEMENTS.has(tag.name)) {
      at = tag.isEnd ? undefined : { head: new Map(), rows: [], ledger: new Map(), places: [] };
      if (at) found.push(at);
    } else if (at) take(at, tag);
  }
  return found;
}

/** What stands in a section of its own stands there as it is, tags and all. */
function* withoutSections(text: string): Turns<string> {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(SECTION); at >= 0; at = text.indexOf(SECTION, from)) {
    const end = text.indexOf(']]>', at);
    if (end < 0) break;
    parts.push(text.slice(from, at), escaped(text.slice(at + SECTION.length, end)));
    from = end + ']]>'.length;
    if (parts.length % TAGS_AT_ONCE === 0) yield;
  }
  return from === 0 ? text : [...parts, text.slice(from)].join('');
}

function take(at: Building, { name, isEnd, value }: Tag): void {
  if (PLACES.has(name)) {
    if (name === 'STMTTRN' && !isEnd) at.rows.push(new Map());
    at.places = placesAfter(at.places, name, isEnd);
    return;
  }
  if (name === 'BANKTRANLIST') at.places = [];
  if (!isEnd && value !== '') keep(at, name, value);
}

function placesAfter(places: readonly string[], name: string, isEnd: boolean): readonly string[] {
  const outer = places.slice(0, places.includes(name) ? places.indexOf(name) : undefined);
  if (isEnd) return outer;
  return COUNTERPARTIES.has(name) ? [...outer, name] : [name];
}

/** The first value counts: a balance of another kind may repeat the names behind it. */
function keep(at: Building, name: string, value: string): void {
  const [place, inner] = at.places;
  const into = place === undefined ? at.head : place === 'STMTTRN' ? at.rows.at(-1) : at.ledger;
  if (into === undefined || place === 'AVAILBAL') return;
  const full = inner === undefined ? name : `BANKACCTTO/${name}`;
  if (!into.has(full)) into.set(full, value);
}

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly value: string;
}

function* tagsIn(text: string): Generator<Tag> {
  let open: { name: string; isEnd: boolean; from: number } | undefined;
  for (const match of text.matchAll(TAG)) {
    const [whole, slash = '', name = '', selfClosed = ''] = match;
    if (open)
      yield {
        name: open.name,
        isEnd: open.isEnd,
        value: plain(text.slice(open.from, match.index)),
      };
    open = undefined;
    if (selfClosed === '')
      open = { name: name.toUpperCase(), isEnd: slash !== '', from: match.index + whole.length };
  }
  if (open) yield { name: open.name, isEnd: open.isEnd, value: plain(text.slice(open.from)) };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};

/** A bare `&` is left as it is: half of all memos have one. */
const plain = (text: string): string =>
  text
    .replaceAll(/&(?:#([0-9]{1,6})|([a-z]{2,4}));/g, (whole, code?: string, name?: string) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : characterOf(Number(code), whole),
    )
    .replaceAll(/\s+/g, ' ')
    .trim();

const characterOf = (code: number, whole: string): string =>
  code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : whole;

const escaped = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

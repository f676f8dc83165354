/** Leaves of one transaction by name; those of the account it went to under `BANKACCTTO/`. */
export type Row = ReadonlyMap<string, string>;

export interface OfxStatement {
  /** Account, currency and period. */
  readonly head: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
  readonly ledger: ReadonlyMap<string, string>;
}

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9.]*)\s*(\/?)>/g;
const STATEMENTS = new Set(['CCSTMTRS', 'STMTRS']);
const PLACES = new Set(['AVAILBAL', 'BANKACCTTO', 'CCACCTTO', 'LEDGERBAL', 'STMTTRN']);

interface Building {
  head: Map<string, string>;
  rows: Map<string, string>[];
  ledger: Map<string, string>;
}

/**
 * Walks over the tags and keeps what stands behind each of them, closed or not. What opens again without having been closed was
 * closed: so a row with a tag cut out does not swallow the next.
 */
export function statementsIn(text: string): readonly OfxStatement[] {
  const found: Building[] = [];
  let at: Building | undefined;
  let places: string[] = [];
  const tags = tagsIn(
    text.replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inside: string) => escaped(inside)),
  );
  for (const { name, isEnd, value } of tags) {
    if (STATEMENTS.has(name)) {
      at = isEnd ? undefined : { head: new Map(), rows: [], ledger: new Map() };
      if (at) found.push(at);
      places = [];
      continue;
    }
    if (at === undefined) continue;
    if (PLACES.has(name)) {
      if (name === 'STMTTRN' && !isEnd) at.rows.push(new Map());
      const outer = places.slice(0, places.includes(name) ? places.indexOf(name) : undefined);
      places = isEnd
        ? outer
        : name === 'BANKACCTTO' || name === 'CCACCTTO'
          ? [...outer, name]
          : [name];
      continue;
    }
    if (name === 'BANKTRANLIST') places = [];
    if (isEnd || value === '') continue;
    keep(at, places, name, value);
  }
  return found;
}

/** The first value counts: a balance of another kind may repeat the names behind it. */
function keep(at: Building, places: readonly string[], name: string, value: string): void {
  const [place, inner] = places;
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

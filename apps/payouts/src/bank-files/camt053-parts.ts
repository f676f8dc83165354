import type { Turns } from '../turns';

/** From where to where an entry stands in the text of its statement. */
export interface Place {
  readonly from: number;
  readonly until: number;
}

const PLACES_AT_ONCE = 5_000;

/** What is commented out is not there, and must not be taken for an entry. */
export function* withoutComments(text: string): Turns<string> {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at);
    if (end < 0) break;
    parts.push(text.slice(from, at));
    from = end + '-->'.length;
    if (parts.length % PLACES_AT_ONCE === 0) yield;
  }
  yield;
  return from === 0 ? text : [...parts, text.slice(from)].join('');
}

/** The statements of a file; what begins and does not end is none. */
export function* statementsIn(content: string): Turns<readonly string[]> {
  const opening = /<(?:[A-Za-z0-9_-]+:)?Stmt[\s>]/g;
  const closing = /<\/(?:[A-Za-z0-9_-]+:)?Stmt\s*>/g;
  const found: string[] = [];
  for (let begun = opening.exec(content); begun !== null; begun = opening.exec(content)) {
    yield;
    closing.lastIndex = begun.index;
    if (closing.exec(content) === null) return found;
    found.push(content.slice(begun.index, closing.lastIndex));
    opening.lastIndex = closing.lastIndex;
  }
  return found;
}

/** A file that was cut off within a statement: what is there is shown, and quarantined. */
export function cutOff(content: string): readonly string[] {
  const begun = content.search(/<(?:[A-Za-z0-9_-]+:)?Stmt[\s>]/);
  return begun < 0 ? [] : [content.slice(begun, content.lastIndexOf('<'))];
}

export interface Entries {
  readonly places: readonly Place[];
  /** Begins, and never ends. */
  readonly isCut: boolean;
}

/** Where the entries of a statement are. None is looked for behind one that does not end. */
export function* entriesIn(statement: string): Turns<Entries> {
  const opening = /<((?:[A-Za-z0-9_-]+:)?)Ntry(?:\s[^<>]*)?>/g;
  const places: Place[] = [];
  for (let begun = opening.exec(statement); begun !== null; begun = opening.exec(statement)) {
    const closing = new RegExp(`</${begun[1] ?? ''}Ntry\\s*>`, 'g');
    closing.lastIndex = opening.lastIndex;
    if (closing.exec(statement) === null) return { places, isCut: true };
    places.push({ from: begun.index, until: closing.lastIndex });
    opening.lastIndex = closing.lastIndex;
    if (places.length % PLACES_AT_ONCE === 0) yield;
  }
  return { places, isCut: false };
}

/** What is left of a statement without its entries. */
export function withoutEntries(statement: string, places: readonly Place[]): string {
  let [left, from] = ['', 0];
  for (const place of places) {
    left += statement.slice(from, place.from);
    from = place.until;
  }
  return left + statement.slice(from);
}

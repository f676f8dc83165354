/** An element as the parser gives it: children and attributes by name, or its text alone. */
export interface Xml {
  readonly [name: string]: unknown;
}

const isElement = (value: unknown): value is Xml =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of that name; an element with nothing but text has no children. */
export function childOf(element: Xml | undefined, name: string): Xml | undefined {
  const value = element?.[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return isElement(first) ? first : undefined;
}

export function childrenOf(element: Xml | undefined, name: string): readonly Xml[] {
  const value = element?.[name];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter(isElement);
}

/** Text at the end of a path; null where it is empty or not there. */
export function textAt(element: Xml | undefined, ...path: readonly string[]): string | null {
  let at: unknown = element;
  for (const name of path) {
    const next: unknown = isElement(at) ? at[name] : undefined;
    at = Array.isArray(next) ? (next as readonly unknown[])[0] : next;
  }
  const text = isElement(at) ? at['#text'] : at;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}

export function textsAt(element: Xml | undefined, name: string): readonly string[] {
  const value = element?.[name];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.flatMap((each) => {
    const text = isElement(each) ? each['#text'] : each;
    return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [];
  });
}

/** An element with its children in the order of the schema; what is absent is left out. */
export type Xml = string | null;

export const element = (name: string, ...children: readonly Xml[]): Xml => {
  const inside = children.filter((child) => child !== null);
  return inside.length === 0 ? null : `<${name}>${inside.join('')}</${name}>`;
};

/** Text of at most so many characters, escaped; null makes no element. */
export const text = (name: string, value: string | null, longest = 140): Xml =>
  value === null || value === '' ? null : `<${name}>${escaped(value.slice(0, longest))}</${name}>`;

export const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

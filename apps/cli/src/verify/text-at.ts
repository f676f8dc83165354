import type { JsonObject } from '@tributary/kernel';

/** What an event says under a name; nothing where that is no text. */
export function textAt(data: JsonObject, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

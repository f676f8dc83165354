import type { PipeTransform } from '@nestjs/common';
import { Refusal, invalidCursor } from '@tributary/platform';

/** Banks leave six places for it. */
const NUMBER = /^[1-9][0-9]{0,5}$/;

/** The number of a file in its address. There is no file of any other name, and the database could not even compare it. */
export class FileNumber implements PipeTransform<string, number> {
  transform(name: string): number {
    if (!NUMBER.test(name)) throw unknownFile();
    return Number(name);
  }
}

export const unknownFile = (): Refusal =>
  new Refusal(404, 'file_unknown', 'No file was sent from this account under this number.');

export const accountUnknown = (): Refusal =>
  new Refusal(404, 'account_unknown', 'No account is registered under this name.');

/** `<account>.<number>` of the last file of the page before. */
export function afterOf(cursor: string | undefined): readonly [rail: string, number: number] {
  if (cursor === undefined) return ['', 0];
  const [, rail, number] = /^([a-z0-9]{1,32})\.([0-9]{1,6})$/.exec(cursor) ?? [];
  if (rail === undefined) throw invalidCursor();
  return [rail, Number(number)];
}

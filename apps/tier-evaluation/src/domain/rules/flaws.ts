import type { Json, JsonObject } from '@tributary/kernel';

/** One thing that is wrong with rules, and where. */
export interface Flaw {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?$/;
const MINOR = /^(?:0|[1-9][0-9]{0,17})$/;

/** Takes what it can and notes what it cannot, so that one answer names everything. */
export class FlawReader {
  readonly flaws: Flaw[] = [];

  protected flaw(pointer: string, code: string, detail: string): void {
    this.flaws.push({ pointer, code, detail });
  }

  protected onlyFields(given: JsonObject, fields: readonly string[], pointer: string): void {
    for (const field of Object.keys(given))
      if (!fields.includes(field))
        this.flaw(`${pointer}/${field}`, 'unknown_field', `Known are ${fields.join(', ')}.`);
  }

  protected object(given: Json | undefined, pointer: string): JsonObject {
    if (typeof given === 'object' && given !== null && !Array.isArray(given))
      return given as JsonObject;
    this.flaw(pointer, 'not_an_object', 'An object.');
    return {};
  }

  protected list(given: Json | undefined, pointer: string, most: number): readonly Json[] {
    if (Array.isArray(given) && given.length <= most) return given as readonly Json[];
    this.flaw(pointer, 'not_a_list', `A list of at most ${most}.`);
    return [];
  }

  protected integer(given: Json | undefined, pointer: string, least: number, most: number): number {
    if (Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most)
      return given as number;
    this.flaw(pointer, 'out_of_range', `An integer from ${least} to ${most}.`);
    return least;
  }

  protected oneOf<T extends string>(
    given: Json | undefined,
    pointer: string,
    known: readonly T[],
  ): T {
    const found = known.find((each) => each === given);
    if (found === undefined) this.flaw(pointer, 'not_allowed', `One of ${known.join(', ')}.`);
    return found ?? (known[0] as T);
  }

  protected text(given: Json | undefined, pointer: string, most: number): string {
    if (typeof given === 'string' && given.length > 0 && given.length <= most) return given;
    this.flaw(pointer, 'not_a_text', `A text of at most ${most} characters.`);
    return '';
  }

  protected name(given: Json | undefined, pointer: string): string {
    return this.matching(given, pointer, NAME, 'Lower-case letters, digits and dashes, up to 40.');
  }

  protected decimal(given: Json | undefined, pointer: string): string {
    return this.matching(given, pointer, DECIMAL, 'A decimal as text, with at most six places.');
  }

  protected minor(given: Json | undefined, pointer: string): string {
    return this.matching(given, pointer, MINOR, 'Minor units as text.');
  }

  protected unique(given: readonly { readonly id: string }[], pointer: string): void {
    const ids = given.map(({ id }) => id);
    const twice = ids.find((id, i) => ids.indexOf(id) !== i);
    if (twice !== undefined) this.flaw(pointer, 'id_twice', `There are two called ${twice}.`);
  }

  private matching(
    given: Json | undefined,
    pointer: string,
    pattern: RegExp,
    detail: string,
  ): string {
    if (typeof given === 'string' && pattern.test(given)) return given;
    this.flaw(pointer, 'malformed', detail);
    return '0';
  }
}

import { dayOf, hasCode, instant } from '@tributary/kernel';
import type { Json, JsonObject } from '@tributary/kernel';
import { type FieldError, compileSchema } from '@tributary/platform';
import type { Finding } from '../domain/plan/lint/finding';
import { notAvailableYet } from '../domain/plan/lint/not-available';
import type { PlanDocument } from '../domain/plan/plan-document';
import { PLAN_SCHEMA } from '../domain/plan/schema/plan-schema';

export type CheckedPlan =
  | { readonly document: PlanDocument }
  /** `later`: what the language knows and the engine does not yet. */
  | { readonly errors: readonly FieldError[]; readonly later: readonly Finding[] };

let compiled: ReturnType<typeof compileSchema<PlanDocument>> | undefined;

/** Whether this has the shape of a plan version. Whether it is a good one is for its lint. */
export function checkPlan(document: JsonObject): CheckedPlan {
  if (isDeeperThan(MOST_DEPTH, document)) return { errors: [TOO_DEEP], later: [] };
  // Compiled when the first plan comes, and not with every start.
  compiled ??= compileSchema<PlanDocument>(PLAN_SCHEMA);
  const later = notAvailableYet(document);
  const checked = compiled(document);
  const errors = 'errors' in checked ? explained(checked.errors, later) : zoneErrors(checked.valid);
  return 'valid' in checked && errors.length + later.length === 0
    ? { document: checked.valid }
    : { errors, later };
}

/** Conditions may hold conditions, and whoever follows them needs room for each. */
const MOST_DEPTH = 40;

const TOO_DEEP: FieldError = {
  pointer: '',
  code: 'too_deep',
  detail: `Something stands more than ${String(MOST_DEPTH)} levels deep. Conditions in one list say the same.`,
};

function isDeeperThan(most: number, value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((child) => isDeeperThan(most - 1, child));
}

/** Branches of the schema are told apart by `if`; that one of them failed says no more than its own errors. */
const explained = (errors: readonly FieldError[], later: readonly Finding[]): FieldError[] =>
  errors.filter(
    ({ code, pointer = '' }) =>
      code !== 'if' && !later.some((finding) => isAt(pointer, finding.pointer)),
  );

const isAt = (pointer: string, place: string): boolean =>
  pointer === place || pointer.startsWith(`${place}/`);

/** The zones of the world are no list that a schema could hold. */
function zoneErrors({ timezone, effective }: PlanDocument): FieldError[] {
  try {
    dayOf(instant(effective.from), timezone);
    return [];
  } catch (error) {
    if (!hasCode(error, 'unknown_zone')) throw error;
    const detail = 'It is a zone of the IANA database, like America/Sao_Paulo.';
    return [{ pointer: '/timezone', code: 'unknown_zone', detail }];
  }
}

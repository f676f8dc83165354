import type { Test, When } from '../../../../engines/v1/plan';
import { plainField } from './known-values';
import { type Literal, isFieldPossible, literalOf } from './possible-values';

/** What must hold together, by field. */
type Conjunction = ReadonlyMap<string, readonly Literal[]>;

/** Any of these; null: too many to look at. */
type Alternatives = readonly Conjunction[] | null;

/** A plan that exceeds it is judged as if everything could happen, which refuses nothing that is right. */
const MOST_ALTERNATIVES = 256;

/** Whether some sale can fulfil all of these, and none of those. False only when it is certain. */
export function isPossible(wanted: readonly When[], unwanted: readonly When[] = []): boolean {
  const alternatives = together([
    ...wanted.map((when) => knownAlternatives(when, false)),
    ...unwanted.map((when) => knownAlternatives(when, true)),
  ]);
  return alternatives === null || alternatives.length > 0;
}

/** Rules are compared with one another, so each of their conditions is taken apart once. */
const KNOWN = { false: new WeakMap<When, Alternatives>(), true: new WeakMap<When, Alternatives>() };

function knownAlternatives(when: When, negated: boolean): Alternatives {
  const known = KNOWN[`${negated}`];
  const alternatives = known.get(when) ?? alternativesOf(when, negated);
  known.set(when, alternatives);
  return alternatives;
}

function alternativesOf(when: When, negated: boolean): Alternatives {
  const parts = Object.entries(when).map(([name, asked]) => ofEntry(name, asked, negated));
  return negated ? oneOfThem(parts) : together(parts);
}

function ofEntry(name: string, asked: unknown, negated: boolean): Alternatives {
  switch (name) {
    case 'all':
    case 'any': {
      const parts = (asked as readonly When[]).map((each) => alternativesOf(each, negated));
      return (name === 'all') === negated ? oneOfThem(parts) : together(parts);
    }
    case 'not':
      return alternativesOf(asked as When, !negated);
    default: {
      const parts = literalsOf(name, asked as Test, negated).map((literal) => [
        new Map([[plainField(name), [literal]]]),
      ]);
      return negated ? oneOfThem(parts) : together(parts);
    }
  }
}

const literalsOf = (field: string, test: Test, negated: boolean): Literal[] =>
  Object.entries(typeof test === 'object' ? test : { eq: test }).map(([operator, operand]) =>
    literalOf(field, operator, operand, negated),
  );

function oneOfThem(parts: readonly Alternatives[]): Alternatives {
  const all = parts.flatMap((part) => part ?? []);
  return parts.includes(null) || all.length > MOST_ALTERNATIVES ? null : all;
}

/** What contradicts itself is left out on the way, so that few alternatives are left of many. */
function together(parts: readonly Alternatives[]): Alternatives {
  let all: readonly Conjunction[] = [new Map()];
  for (const part of parts) {
    if (part === null || all.length * part.length > MOST_ALTERNATIVES) return null;
    all = all.flatMap((left) => part.flatMap((right) => joined(left, right) ?? []));
  }
  return all;
}

function joined(left: Conjunction, right: Conjunction): Conjunction | undefined {
  const both = new Map(left);
  for (const [field, literals] of right) {
    const asked = [...(left.get(field) ?? []), ...literals];
    if (!isFieldPossible(field, asked)) return undefined;
    both.set(field, asked);
  }
  return both;
}

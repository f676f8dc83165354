import type { Finding, LintContext, LintRule } from './finding';
import { holdTooLong } from './hold';
import { capBelowGuarantee, windowTooShort } from './limits';
import { matrixGaps, matrixShapes, tooManyLevels, unknownRows } from './matrices';
import {
  bonusOfParent,
  computable,
  currency,
  names,
  nothingPays,
  refusedByEngine,
  unknownFields,
  unknownValues,
} from './names';
import { ratesOutsideRange, stackExceedsBasis } from './rates';
import {
  changedForGood,
  endsBeforeItStarts,
  gapBetweenVersions,
  overlappingVersions,
  retroactive,
} from './versions';
import { ambiguousWinners, unreachableRules } from './winners';

/** Where one of these finds something, the others could only guess. */
const READABLE: readonly LintRule[] = [unknownFields, unknownValues, unknownRows, matrixShapes];

const RULES: readonly LintRule[] = [
  endsBeforeItStarts,
  overlappingVersions,
  gapBetweenVersions,
  changedForGood,
  retroactive,
  currency,
  holdTooLong,
  names,
  computable,
  bonusOfParent,
  windowTooShort,
  capBelowGuarantee,
  nothingPays,
  matrixGaps,
  tooManyLevels,
  unreachableRules,
  ambiguousWinners,
  ratesOutsideRange,
  stackExceedsBasis,
];

/** Everything about a version that the person who approves it should know. Pure: the same plan, history and time, the same list. */
export function lint(context: LintContext): readonly Finding[] {
  const unreadable = READABLE.flatMap((rule) => rule(context));
  if (unreadable.length > 0) return unreadable;
  const findings = RULES.flatMap((rule) => rule(context));
  const isRefused = findings.some(({ level, overridable }) => level === 'error' && !overridable);
  return isRefused ? findings : [...findings, ...refusedByEngine(context)];
}

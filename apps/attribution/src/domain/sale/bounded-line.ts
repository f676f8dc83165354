import type { CreditedLine, DecisionBehind, LineCreditedData } from '@tributary/contracts';
import type { Step } from '@tributary/kernel';

type Steps = readonly Step<CreditedLine>[];

/** Room for the envelope under the limit of an event. */
const MOST_BYTES = 48 * 1024;
/** What is smaller than this is never near the limit, and is not measured. */
const FEW_STEPS = 4;
const FEW_PARTS = 20;

const DAY = '2026-01-01'.length;
const MONTH = '2026-01'.length;

/** From fine to coarse. The steps that a month is closed with are the last to go. */
const GRAINS: readonly ((steps: Steps) => Steps)[] = [
  (steps) => steps,
  (steps) => lastOfEach(steps, DAY),
  (steps) => lastOfEach(steps, MONTH),
  (steps) => firstAndLatest(lastOfEach(steps, MONTH), 24),
  (steps) => firstAndLatest(steps, 2),
];

/**
 * An event has a limit, and a line may have been refunded hundreds of times. A line beyond it is told at the finest grain that
 * fits, with the evidence of its last decision only; it is a function of the line, so any order of arrival tells the same.
 */
export function bounded(line: LineCreditedData): LineCreditedData {
  const whole = withOwnDecisions(line, line.steps);
  if (isSmall(whole)) return whole;
  for (const grain of GRAINS) {
    const coarse = withOwnDecisions(line, grain(line.steps));
    for (const each of [coarse, withoutOldEvidence(coarse)])
      if (bytesOf(each) <= MOST_BYTES) return each;
  }
  return withoutOldEvidence(withOwnDecisions(line, line.steps.slice(-1)));
}

const isSmall = ({ steps, decisions }: LineCreditedData): boolean =>
  steps.length <= FEW_STEPS &&
  decisions.length <= FEW_STEPS &&
  steps.every(({ value }) => value.parts.length + value.influenced.length <= FEW_PARTS);

const bytesOf = (line: LineCreditedData): number => Buffer.byteLength(JSON.stringify(line));

/** Each decision that a step names, once. */
function withOwnDecisions(line: LineCreditedData, steps: Steps): LineCreditedData {
  const decisions: DecisionBehind[] = [];
  for (const { value } of steps) {
    if (value.decision === null || decisions.some(({ decision }) => decision === value.decision))
      continue;
    const named = line.decisions.find(({ decision }) => decision === value.decision);
    if (named) decisions.push(named);
  }
  return { ...line, steps, decisions };
}

const withoutOldEvidence = (line: LineCreditedData): LineCreditedData => ({
  ...line,
  decisions: line.decisions.map((decision, i) =>
    i === line.decisions.length - 1 ? decision : { ...decision, evidence: [] },
  ),
});

/** The first step says since when there is anything, so it stays whatever stands on its day. */
const lastOfEach = (steps: Steps, precision: number): Steps =>
  steps.filter(({ at }, i) => {
    const next = steps[i + 1]?.at;
    return i === 0 || next?.slice(0, precision) !== at.slice(0, precision);
  });

const firstAndLatest = (steps: Steps, most: number): Steps =>
  steps.length <= most ? steps : [...steps.slice(0, 1), ...steps.slice(1 - most)];

import { type Instant, stepAt } from '@tributary/kernel';
import type { Credit, CreditDecision, CreditStep } from './credit';
import { creditOf } from './decide-credit';
import { type Known, type Told, signUp, viewOf } from './view.fixture';

export const last = (steps: readonly CreditStep[] | undefined): Credit => {
  const step = steps?.at(-1);
  if (!step) throw new Error('there is no step');
  return step.value;
};

export const partnersOf = ({ parts }: Credit): string =>
  parts.map(({ partner }) => partner).join('+');

export const history = (steps: readonly CreditStep[] | undefined) =>
  steps?.map(({ at: since, value }) => [since, partnersOf(value)]);

export function at(steps: readonly CreditStep[] | undefined, t: Instant, paidAt: Instant): string {
  const step = stepAt({ revision: 1, steps: steps ?? [] }, t, paidAt);
  return step ? partnersOf(step.value) : 'nothing';
}

export function decided(pieces: readonly Told[], known: Known = {}): CreditDecision {
  const decision = creditOf(viewOf(pieces, known)).decisions.find((each) => each.deal === null);
  if (!decision) throw new Error('nothing was decided');
  return decision;
}

export const winners = (pieces: readonly Told[], known: Known = {}): string[] =>
  decided([signUp(), ...pieces], known).parts.map(({ partner }) => partner);

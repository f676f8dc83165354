import type { CreditedLine } from './facts';
import type { Pay, PlanVersion, Rule } from './plan';
import { line, noon, plan } from './window.fixture';

export const paidAt = noon('03-05');

export const since = noon('01-01');

export const paying = (pay: Pay, more: Partial<Rule> = {}): PlanVersion =>
  plan([{ id: 'base', group: 'base', pay, ...more }]);

export const share = (first: number, second: number): Partial<CreditedLine> => ({
  parts: [
    { partner: 'p1', role: 'sourcing', basis: String(first) },
    { partner: 'p2', role: 'closing', basis: String(second) },
  ],
});

export const customer = (more: Partial<CreditedLine['customer']>) => ({
  customer: { ...line(paidAt, 1).steps[0]!.value.customer, ...more },
});

import type { LineCreditedData } from '@tributary/contracts';
import type { Rule } from '../../../engines/v1/plan';
import type { EarningsCommand } from './commands';
import type { CommissionSummed } from './events';
import {
  Window,
  agreed,
  noon,
  partnerIs,
  permutations,
  programme,
  windowOf,
} from './earnings.fixture';

export const Q2 = windowOf('p1', '2026-q2');

export const [Q1_TERMS, Q2_TERMS] = [windowOf(), Q2].map((id) => [
  agreed({}, { id }),
  partnerIs(undefined, { id }),
  programme({ id }),
]) as [EarningsCommand[], EarningsCommand[]];

/** The same months in every order of arrival; terms that came before there was a window come again. */
export function inEveryOrder(
  commands: readonly EarningsCommand[],
  months: Readonly<Record<string, number>>,
  first: readonly EarningsCommand[] = [],
): void {
  for (const order of permutations(commands))
    expect(Window.after(...first, ...order).months()).toEqual(months);
}

export const percent = (id: string, bp: number, more: Partial<Rule> = {}): Rule => ({
  id,
  group: 'base',
  pay: { kind: 'percent', bp },
  ...more,
});

export function firstPaid(firstPaidAt: LineCreditedData['steps'][number]['at']) {
  return {
    pseudonym: 'c1',
    type: 'enterprise',
    country: 'BR',
    segment: null,
    firstPaidAt,
    active: true,
    reactivated: false,
  };
}

export const releases = (day: string, id = windowOf()): EarningsCommand => ({
  type: 'ReleaseHolds',
  id,
  asOf: noon(day),
  by: 'finance',
});

/** What was told of its postings to the partner above. */
export const summedIn = ({ events }: Window): readonly CommissionSummed['data'][] =>
  events.flatMap((event) => (event.type === 'CommissionSummed' ? [event.data] : []));

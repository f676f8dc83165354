import type { SaleCommand, TakeSaleFact } from './commands';
import { BILLING, after, line, paid, retracted, tells } from './sale.fixture';

describe('a usage report that corrects a correction', () => {
  const [first, second, third] = [
    report('u1', 100),
    report('u2', 250, 'u1'),
    report('u3', 300, 'u2'),
  ];

  it('changes the line that was reported first', () => {
    expect(netsAfter(first, second, third)).toEqual({ u1: '300' });
  });

  it.each([
    ['u1', 'u3', 'u2', [first, third, second]],
    ['u2', 'u1', 'u3', [second, first, third]],
    ['u2', 'u3', 'u1', [second, third, first]],
    ['u3', 'u1', 'u2', [third, first, second]],
    ['u3', 'u2', 'u1', [third, second, first]],
  ])('does so where %s, %s and %s come in this order, and leaves nothing elsewhere', (...given) => {
    const { u1, ...others } = netsAfter(...given[3]);
    expect(u1).toBe('300');
    expect(Object.values(others).filter((net) => net !== '0')).toEqual([]);
  });

  it('is an alternative of another correction of the first, and not added to it', () => {
    expect(netsAfter(first, second, third, report('u4', 700, 'u1'))).toEqual({ u1: '300' });
  });

  it('stands alone where what it corrected was never said', () => {
    expect(netsAfter(first, second, third, retracted(second))).toEqual({ u1: '100', u2: '300' });
  });

  it('is nothing where the two supersede each other', () => {
    const [one, other] = [report('u2', 250, 'u3'), third];
    for (const net of Object.values(netsAfter(one, other))) expect(net).toBe('0');
  });
});

function report(id: string, revenue: number, supersedes?: string): TakeSaleFact {
  return paid(
    [line('api-calls', revenue)],
    { payment: supersedes ?? id, usage: { meter: 'api-calls', quantity: '10' } },
    { id, ...(supersedes !== undefined && { supersedes: { source: BILLING, id: supersedes } }) },
  );
}

/** What is left of the line of each payment. */
function netsAfter(...commands: readonly SaleCommand[]): Readonly<Record<string, string>> {
  const { published } = after(tells(), ...commands).state;
  return Object.fromEntries(
    Object.values(published).map(({ payment, steps }) => [payment, steps.at(-1)?.value.net ?? '']),
  );
}

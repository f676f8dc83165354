import fc from 'fast-check';
import type { SaleCommand, TakeSaleFact } from './commands';
import { BILLING, SALE, after, day, line, paid, retracted, said, tells } from './sale.fixture';

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

describe('a usage report that corrects one without revenue', () => {
  const [first, second, third] = [report('u1', 100), unpriced('u2', 'u1'), report('u3', 300, 'u2')];

  it.each([
    ['u1', 'u2', 'u3', [first, second, third]],
    ['u1', 'u3', 'u2', [first, third, second]],
    ['u3', 'u2', 'u1', [third, second, first]],
    ['u2', 'u3', 'u1', [second, third, first]],
  ])(
    'changes the line that was reported first, where %s, %s and %s come in this order',
    (...given) => {
      const { u1, ...others } = netsAfter(...given[3]);
      expect(u1).toBe('300');
      expect(Object.values(others).filter((net) => net !== '0')).toEqual([]);
    },
  );

  it('is an alternative of another correction of the first, and not added to it', () => {
    expect(netsAfter(first, second, third, report('u4', 700, 'u1'))).toEqual({ u1: '300' });
  });

  it('leaves the place of a quantity alone to a correction that says what it brought in', () => {
    expect(netsAfter(first, second, report('u4', 700, 'u1'))).toEqual({ u1: '700' });
  });

  it('ends its line where it, or the one without revenue, is retracted, also where the first was never told', () => {
    const payments = [{ payment: 'u1', ordinal: null }];
    const told = { sale: SALE, customer: 'c1', revision: 1, payments, at: day(10) };
    const placed: SaleCommand = { type: 'LearnOrdinals', ...told };
    for (const order of [
      [placed, second, third],
      [placed, third, second],
    ]) {
      const gone = netsAfter(...order, retracted(third));
      expect([gone['u1'], gone['u2'] ?? '0']).toEqual(['0', '0']);
      const { u1, u2 } = netsAfter(...order, retracted(second));
      expect([u1 ?? '0', u2]).toEqual(['0', '300']);
    }
  });
});

describe('any chain of usage reports', () => {
  const anyReports = fc
    .array(
      fc.record({
        supersedes: fc.option(fc.nat(4)),
        isPriced: fc.boolean(),
        isRetracted: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) =>
      all.flatMap(({ supersedes, isPriced, isRetracted }, i): SaleCommand[] => {
        const other = supersedes === null || supersedes === i ? undefined : `u${supersedes}`;
        if (!isPriced && other === undefined) return [];
        const id = `u${i}`;
        const said = isPriced ? report(id, 100 * (i + 1), other) : unpriced(id, other ?? '');
        return isRetracted ? [said, retracted(said)] : [said];
      }),
    );
  const payments = ['u0', 'u1', 'u2', 'u3', 'u4'].map((payment) => ({ payment, ordinal: null }));
  const places = { sale: SALE, customer: 'c1', revision: 1, payments, at: day(10) };
  const placed: SaleCommand = { type: 'LearnOrdinals', ...places };

  it('ends in the same lines, whatever the order of arrival', () => {
    const inTwoOrders = anyReports.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const left = (commands: readonly SaleCommand[]) =>
      Object.entries(netsAfter(placed, ...commands)).filter(([, net]) => net !== '0');
    fc.assert(
      fc.property(inTwoOrders, ([all, shuffled]) => {
        expect(left(shuffled).sort()).toEqual(left(all).sort());
      }),
    );
  });
});

function unpriced(id: string, supersedes: string): TakeSaleFact {
  const body = { kind: 'unpriced', payment: supersedes } as const;
  return said(id, day(10), body, { supersedes: { source: BILLING, id: supersedes } });
}

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

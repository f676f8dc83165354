import type { RetractSaleFact, SaleCommand, TakeSaleFact } from '../domain/sale/commands';
import { BILLING, after, day, line, paid, retracted, tells } from '../domain/sale/sale.fixture';
import { countedFacts } from '../domain/sale/which-counts';
import { asideOf } from './sale-file';

const report = (id: string, net: number, supersedes?: string): TakeSaleFact =>
  paid(
    [line('api-calls', net)],
    { payment: 'u1' },
    { id, ...(supersedes !== undefined && { supersedes: { source: BILLING, id: supersedes } }) },
  );
/** As the stream of the fact that is superseded says it. */
const replaced = (of: TakeSaleFact, by: TakeSaleFact): RetractSaleFact => ({
  ...retracted(of, by.fact.at),
  by: by.fact.fact,
  why: 'superseded',
});

function inEveryOrder(commands: readonly SaleCommand[]) {
  const seen = permutations(commands).map((order) => {
    const { state } = after(tells(), ...order);
    const aside = asideOf({ state }, countedFacts(state))
      .map(({ id, why, by }) => `${id} ${why} by ${by?.factId ?? ''}`)
      .sort();
    const net = Object.values(state.published)[0]?.steps.at(-1)?.value.net ?? '0';
    return { net, aside };
  });
  for (const each of seen) expect(each).toEqual(seen[0]);
  return seen[0];
}

describe('a fact of money that takes the place of another one', () => {
  const first = report('u1', 100);
  const second = report('u2', 250, 'u1');
  const by = second.fact.fact.factId;

  it('leaves the place when it is retracted itself, in every order', () => {
    expect(inEveryOrder([first, second, replaced(first, second)])).toEqual({
      net: '250',
      aside: [`u1 superseded by ${by}`],
    });
    const back = retracted(second);
    expect(inEveryOrder([first, second, replaced(first, second), back])).toEqual({
      net: '100',
      aside: [`u2 retracted by ${back.by.factId}`],
    });
  });

  it('gives nothing back of what was retracted by itself', () => {
    const back = [retracted(first, day(18)), retracted(second)];
    expect(inEveryOrder([first, second, replaced(first, second), ...back])?.net).toBe('0');
  });

  it('leaves the place to another one that supersedes the same', () => {
    const third = report('u3', 300, 'u1');
    const told = [replaced(first, second), replaced(first, third), retracted(second)];
    expect(inEveryOrder([first, second, third, ...told])).toEqual({
      net: '300',
      aside: expect.arrayContaining([
        `u1 superseded by ${third.fact.fact.factId}`,
      ]) as readonly string[],
    });
  });
});

describe('why a fact is put aside', () => {
  it('names the correction of a correction that counts, beside another correction of the first report', () => {
    const usage = { meter: 'api-calls', quantity: '10' };
    const corrects = (id: string, of: string) =>
      paid(
        [line('api-calls', 100)],
        { payment: of, usage },
        { id, supersedes: { source: BILLING, id: of } },
      );
    const { state } = after(corrects('u2', 'u1'), corrects('u3', 'u2'), corrects('u4', 'u1'));
    expect(asideOf({ state }, countedFacts(state))).toMatchObject([
      { id: 'u2', why: 'superseded', by: { id: 'u3' } },
      { id: 'u4', why: 'another_source_counts', by: { id: 'u3' } },
    ]);
  });

  it('does not depend on which of several reasons came first', () => {
    const first = report('u1', 100);
    const second = report('u2', 250, 'u1');
    const [early, late] = [retracted(first, day(14)), { ...retracted(first, day(19)) }];
    const other = { ...late, by: { factId: 'later', hash: 'h' } };
    expect(inEveryOrder([first, second, replaced(first, second), early, other])?.aside).toEqual([
      `u1 retracted by ${early.by.factId}`,
    ]);
  });
});

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

import { type JsonObject, instant, uuidV5 } from '@tributary/kernel';
import type { SaleCommand } from '../sale/commands';
import { after, tells } from '../sale/sale.fixture';
import { followUpsOf } from './follow-ups';
import type { RoutedFact } from './routed';
import { heirRetracted, takenBack } from './take-back';

const SOURCE = 'https://metering.example/production';
const earning = { attributableRevenue: '1000', asset: 'BRL/2' };

describe('a report without revenue that supersedes another', () => {
  const [first, heir] = [report('u1', earning), report('u2', {}, 'u1')];
  const superseded = followUpsOf(heir).flatMap((command) =>
    command.type === 'RetractFact' ? [command.retraction] : [],
  );
  const told = [...salesIn(followUpsOf(first)), ...superseded.flatMap(toldOf)];

  it('takes its place: nothing is left of what the other one brought in', () => {
    expect(netOf(salesIn(followUpsOf(first)))).toEqual(['1000']);
    expect(netOf(told)).toEqual(['0']);
    expect(netOf([...told].reverse())).toEqual([]);
  });

  it('gives it back when it is retracted itself', () => {
    const by = { factId: uuidV5('spec', 'retraction'), hash: 'h' };
    const end = { source: SOURCE, id: 'u2', why: 'retracted', reason: 'as sent', by } as const;
    const revived = salesIn(heirRetracted(first, heir.fact.factId, end, heir.at));
    expect(netOf([...told, ...revived])).toEqual(['1000']);
  });

  it('is known to the sale of the other one, so that what corrects it changes the same line', () => {
    const sales = salesIn([...followUpsOf(first), ...followUpsOf(heir)]);
    expect(sales).toMatchObject([
      { fact: { body: { kind: 'paid' } } },
      { fact: { body: { kind: 'unpriced' } }, sale: sales[0]?.sale },
    ]);
    const next = salesIn(followUpsOf(report('u3', { ...earning, attributableRevenue: '7' }, 'u2')));
    expect(netOf([...sales, ...told, ...next])).toEqual(['7']);
  });

  it('asks nothing of a sale where it replaces nothing', () => {
    expect(followUpsOf(report('u2', {}))).toEqual([]);
  });

  function toldOf(retraction: (typeof superseded)[number]): readonly SaleCommand[] {
    return salesIn(
      followUpsOf(first).flatMap((each) => takenBack(each, first, retraction, heir.at) ?? []),
    );
  }
});

function report(id: string, more: JsonObject, supersedes?: string): RoutedFact {
  return {
    tenant: 'acme',
    fact: { factId: uuidV5('spec', id), hash: 'h' },
    type: 'tributary.usage.reported.v1',
    source: SOURCE,
    id,
    at: instant('2026-04-01T03:00:00Z'),
    programme: 'main',
    data: {
      meterRef: 'api-calls',
      customerRef: 'c1',
      quantity: '10',
      periodStart: '2026-03-01T03:00:00Z',
      periodEnd: '2026-04-01T03:00:00Z',
      ...more,
      ...(supersedes !== undefined && { supersedes: { source: SOURCE, id: supersedes } }),
    },
  };
}

function salesIn(commands: ReturnType<typeof followUpsOf>): readonly SaleCommand[] {
  return commands.flatMap((command) =>
    command.type === 'TakeSaleFact' || command.type === 'RetractSaleFact' ? [command] : [],
  );
}

const netOf = (commands: readonly SaleCommand[]): readonly (string | undefined)[] =>
  Object.values(after(tells(), ...commands).state.published).map(
    ({ steps }) => steps.at(-1)?.value.net,
  );

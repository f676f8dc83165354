import type { CommandBus } from '@nestjs/cqrs';
import { happened } from '@tributary/feeds/testing';
import { uuidV5 } from '@tributary/kernel';
import type { Means } from '@tributary/platform';
import type { TaxOfItem } from '../domain/remittance/covered';
import type { TaxRemitted } from '../domain/remittance/events';
import { remittancesTold } from './remittances-told';

const REMITTANCE = uuidV5('spec', 'remittance');
const data: TaxRemitted['data'] = {
  ...{ entity: 'main', asset: 'BRL/2', rule: 'irrf', tax: 'IRRF', remittance: REMITTANCE },
  ...{ month: '2026-04', amount: '300', offset: '50', paidOn: '2026-05-20', zone: 'UTC' },
  ...{ rail: 'itau1', reference: 'DARF 1', evidence: [], upTo: '17', owed: '400' },
  ...{ recoverable: '50', proposedBy: 'ana', by: 'bea', entry: { legs: [] } },
};
const owed = [part('p1', '200'), part('p2', '200')];
const recoverable = [part('p3', '50')];

function part(partner: string, amount: string): TaxOfItem {
  return { partner, item: `item of ${partner}`, amount };
}

/** What follows, where the register stands there and says this, asked in this order. */
async function follows(
  position: string,
  ...said: readonly (readonly TaxOfItem[])[]
): Promise<readonly object[]> {
  const answers: (readonly object[])[] = [[{ position }], ...said];
  const query = () => Promise.resolve({ rows: answers.shift() ?? [] });
  const means = { database: { query } } as unknown as Means;
  const told = remittancesTold({} as CommandBus, means);
  const [event] = happened({ type: 'TaxRemitted', data, stream: 'remittance-acme.main.brl.1' });
  if (event === undefined) throw new Error('Nothing happened.');
  return (await told.on[event.type]?.(event)) ?? [];
}

describe('who hears of a remittance', () => {
  it('is every item that it is for, and the bank account', async () => {
    expect(await follows('17', owed, recoverable)).toMatchObject([
      { type: 'NoteTaxRemitted', account: { partner: 'p1' }, amount: '200' },
      { type: 'NoteTaxRemitted', account: { partner: 'p2' }, amount: '150' },
      { type: 'NoteTaxRecovered', account: { partner: 'p3' }, amount: '50' },
      { type: 'ExpectRemittance', rail: 'itau1', amount: '300' },
    ]);
  });

  it('is nobody while the register does not stand where it was proposed', async () => {
    await expect(follows('16', owed, recoverable)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(follows('0')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['owed', [part('p1', '200')], recoverable],
    ['asked back', owed, []],
  ])('is nobody where less is %s than was declared', async (_what, left, back) => {
    await expect(follows('17', left, back)).rejects.toMatchObject({
      code: 'register_differs',
      facts: { remittance: REMITTANCE, covers: '350', offset: '50' },
    });
  });
});

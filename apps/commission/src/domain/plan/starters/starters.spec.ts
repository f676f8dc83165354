import { compilePlan } from '../../../../engines/v1/compile';
import { lint } from '../lint/lint';
import { NOW } from '../plan.fixture';
import { versionOf } from '../plan-document';
import { STARTERS } from './starters';

describe('the plans to begin with', () => {
  it('are those of the programme, with their rates', () => {
    const rates = STARTERS.map(({ id, plan: { rules } }) => [id, rules[0]?.pay]);
    expect(rates).toEqual([
      [
        'tiers',
        {
          kind: 'matrix',
          by: 'partner.tier@event',
          bp: { certified: 2000, preferred: 2500, strategic: 3000 },
        },
      ],
      ['agency', { kind: 'percent', bp: 2500 }],
      ['integration', { kind: 'percent', bp: 1500 }],
      ['implementation', { kind: 'percent', bp: 2000 }],
      ['regional', { kind: 'percent', bp: 3000 }],
      ['vertical', { kind: 'percent', bp: 2500 }],
    ]);
  });

  it.each(STARTERS.map(({ id, plan }) => [id, plan] as const))(
    '%s can be published as it is, and computed',
    (_, document) => {
      const plan = versionOf(document, 1);
      expect(lint({ plan, published: [], now: NOW })).toEqual([]);
      expect(compilePlan(plan).own).toHaveLength(1);
    },
  );
});

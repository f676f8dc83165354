import { PARTNER, csat, customer, factOf, on } from '../standing/standing.fixture';
import { STARTER_RULES } from '../rules/starter';
import { scheduleOf } from './entitled';
import { moneyText, progressOf } from './progress';
import { scorecardOf } from './scorecard';

describe('progress to the next tier (M100)', () => {
  const card = scorecardOf({
    partner: PARTNER,
    track: 'commercial',
    facts: [
      factOf(customer('c1', { '01-05': { mrr: '270000' } })),
      factOf(csat('r1', '02-01', '4.25')),
    ],
    schedule: scheduleOf('commercial', []),
    asOf: on('03-01'),
    listed: 10,
  });
  const of = (tier: string | null) => progressOf(card, STARTER_RULES.commercial.content, tier);

  it('says how much there is, how much there has to be, and what is missing', () => {
    expect(of('certified')).toMatchObject({
      tier: 'preferred',
      steps: [
        {
          text: 'ARR R$32,400 of R$50,000',
          value: '3240000',
          needed: '5000000',
          missing: '1760000',
          met: false,
        },
        { text: 'csat 4.25, above 4.0', met: true, missing: null },
        { text: 'certificate none, advanced', met: false },
      ],
      missing: ['ARR R$32,400 of R$50,000', 'certificate none, advanced'],
    });
  });

  it('starts at the lowest tier, and ends at the highest', () => {
    expect(of(null)?.tier).toBe('certified');
    expect(of('strategic')).toBeNull();
  });

  it.each([
    ['5', 'BRL/2', 'R$0.05'],
    ['123456789', 'USD/2', '$1,234,567.89'],
    ['5000', 'JPY/0', 'JPY 5,000'],
    ['0', 'EUR/2', '€0'],
  ])('writes %s %s as %s', (minor, asset, text) => {
    expect(moneyText(minor, asset)).toBe(text);
  });
});

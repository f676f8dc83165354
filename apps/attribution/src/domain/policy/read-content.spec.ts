import type { JsonObject } from '@tributary/kernel';
import { readContent } from './read-content';
import { STANDARD_POLICY } from './standard';

describe('reading a policy as a person wrote it', () => {
  it('takes everything that it does not say from the standard policy', () => {
    expect(readContent('main', {})).toEqual({
      content: { ...STANDARD_POLICY.content, programme: 'main' },
    });
    expect(readContent('main', { lookbackDays: { click: 30 } })).toMatchObject({
      content: { lookbackDays: { click: 30, coupon: 90, integration: 365 } },
    });
  });

  it.each<readonly [string, string, JsonObject]>([
    ['adjudicated_not_first', '/precedence', { precedence: ['touches', 'house'] }],
    ['coupon_cannot_source', '/sources', { sources: ['click'] }],
    ['half_life_out_of_range', '/model/halfLifeDays', { model: { kind: 'time_decay' } }],
    [
      'half_life_out_of_range',
      '/model/halfLifeDays',
      { model: { kind: 'time_decay', halfLifeDays: 0 } },
    ],
    ['house_not_last', '/precedence', { precedence: ['adjudicated', 'touches'] }],
    ['influence_days_out_of_range', '/influence/days', { influence: { days: 9_999 } }],
    ['lookback_out_of_range', '/lookbackDays/click', { lookbackDays: { click: -1 } }],
    ['lookback_out_of_range', '/lookbackDays/intro', { lookbackDays: { intro: '90' } }],
    ['named_twice', '/sources/1', { sources: ['coupon', 'coupon'] }],
    [
      'nothing_can_source',
      '/sources',
      { precedence: ['adjudicated', 'touches', 'house'], sources: [] },
    ],
    ['unknown_field', '/model/halfLifeDays', { model: { kind: 'linear', halfLifeDays: 7 } }],
    ['unknown_field', '/a~1b', { 'a/b': 1 }],
    ['unknown_model', '/model/kind', { model: { kind: 'markov' } }],
    ['unknown_model', '/model/kind', { model: {} }],
    ['unknown_rung', '/precedence/1', { precedence: ['adjudicated', 'luck', 'house'] }],
    ['unknown_touch_type', '/influence/types/0', { influence: { types: ['smoke'] } }],
    ['unknown_field', '/lookbackDays/smoke', { lookbackDays: { smoke: 1 } }],
    [
      'weight_out_of_range',
      '/model/weights/first',
      { model: { kind: 'custom', weights: { first: 1e9, last: 1 } } },
    ],
    ['weights_all_zero', '/model/weights', { model: { kind: 'custom', weights: {} } }],
    ['wrong_type', '/model', { model: 'linear' }],
    ['wrong_type', '/sources', { sources: 'click' }],
  ])('refuses with %s at %s', (code, pointer, given) => {
    const read = readContent('main', given);
    expect(read).toMatchObject({ flaws: [{ code, pointer }] });
    expect('flaws' in read && read.flaws).toHaveLength(1);
  });
});

import { TRAINING_COMPLETED_EXAMPLE, UPSTREAM_TYPES } from '@tributary/contracts';
import { checkUpstreamEvent } from './upstream-check';

describe('looking at what upstream has sent', () => {
  it.each([...UPSTREAM_TYPES.keys()])('takes the worked example of %s', (type) => {
    const { example } = UPSTREAM_TYPES.get(type) ?? {};
    expect(checkUpstreamEvent(example)).toEqual({ valid: example });
  });

  it.each<[string, unknown, string, string]>([
    ['nothing at all', null, '', 'wrong_type'],
    ['a type that nobody takes', sent({ type: 'tributary.rumour.v1' }), '/type', 'unknown_type'],
    ['a time without an offset', sent({ time: '2026-03-12T14:30:00' }), '/time', 'wrong_format'],
    ['a day that no calendar has', sent({ time: '2026-02-30T14:30:00Z' }), '/time', 'wrong_format'],
    ['data that lack a field', sent({ data: {} }), '/data/partnerRef', 'required'],
  ])('says where %s is wrong', (_, value, pointer, code) => {
    const checked = checkUpstreamEvent(value);
    expect('errors' in checked && checked.errors[0]).toMatchObject({ pointer, code });
  });
});

function sent(change: object): unknown {
  return { ...TRAINING_COMPLETED_EXAMPLE, ...change };
}

import { Refusal } from '@tributary/platform';
import type { RegisterQuery } from './withholding.dto';

export function assertInOrder({ from, to }: Pick<RegisterQuery, 'from' | 'to'>): void {
  if (from <= to) return;
  const detail = 'The first month comes after the last.';
  throw new Refusal(422, 'invalid_period', detail, {
    errors: [{ parameter: 'to', code: 'invalid_period', detail }],
  });
}

import { categoryOf } from '@tributary/kernel';
import type { Recorded } from '@tributary/kernel';
import type { Filter } from './port';

export const isUnfiltered = ({ categories, types }: Filter): boolean =>
  categories === undefined && types === undefined;

export function passes(event: Recorded, { categories, types }: Filter): boolean {
  if (types !== undefined && !types.includes(event.type)) return false;
  return categories === undefined || categories.includes(categoryOf(event.stream));
}

import type { Language } from '../domain/statement/events';
import type { Words } from './words';
import { ENGLISH } from './words-en';
import { PORTUGUESE } from './words-pt';
import { SPANISH } from './words-es';

export const WORDS: Readonly<Record<Language, Words>> = {
  'pt-BR': PORTUGUESE,
  es: SPANISH,
  en: ENGLISH,
};

import { CodedError, sha256Hex } from '@tributary/kernel';
import type { StatementContent } from '../domain/statement/content';
import {
  type DocumentHash,
  FORMATS,
  type Format,
  LANGUAGES,
  type Language,
} from '../domain/statement/events';
import { statementCsv } from './statement-csv';
import { statementPdf } from './statement-pdf';

/**
 * Counts our renderers. Whoever changes a byte of what one makes, adds the next one here and leaves the old one as it is: what was
 * issued by it is made anew at every download.
 */
export const RENDERER = 1;

type Rendering = (content: StatementContent, language: Language) => Promise<Uint8Array>;

const RENDERERS: Readonly<Record<number, Readonly<Record<Format, Rendering>>>> = {
  1: {
    pdf: statementPdf,
    csv: (content, language) => Promise.resolve(Buffer.from(statementCsv(content, language))),
  },
};

export async function rendered(
  content: StatementContent,
  format: Format,
  language: Language,
): Promise<Uint8Array> {
  const { renderer, statement } = content.head;
  const rendering = RENDERERS[renderer]?.[format];
  if (!rendering) {
    const message = `Statement ${statement} was made by renderer ${String(renderer)}, which is not here.`;
    throw new CodedError('renderer_unknown', message, { statement, renderer });
  }
  return await rendering(content, language);
}

export async function documentsOf(content: StatementContent): Promise<readonly DocumentHash[]> {
  const documents: DocumentHash[] = [];
  for (const format of FORMATS)
    for (const language of LANGUAGES) {
      const sha256 = sha256Hex(await rendered(content, format, language));
      documents.push({ format, language, sha256 });
    }
  return documents;
}

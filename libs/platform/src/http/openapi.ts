import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEM_JSON } from '../errors/problem';
import { describeBodies } from './describe-bodies';

export interface ApiTitle {
  readonly title: string;
  readonly version: string;
}

/** The documentation is a page of scripts and inline styles; everything else here is data and needs none. */
export const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const isDocs = (url: string): boolean => /^\/docs(?:[/?]|$)/.test(url);
export const OPENAPI_PATH = '/openapi.json';

export function serveOpenApi(app: NestFastifyApplication, title: ApiTitle): void {
  SwaggerModule.setup('docs', app, openApiOf(app, title), {
    jsonDocumentUrl: OPENAPI_PATH,
    raw: ['json'],
    // Hundreds of routes: whoever comes here looks for a subject first.
    swaggerOptions: { docExpansion: 'none', filter: true, tagsSorter: 'alpha' },
  });
}

const ABOUT = [
  'Authorize with an API key; the role of the key and its tenant decide what may be done and seen.',
  'A command carries an `Idempotency-Key` and is decided once under it. It answers a `token`: hand it to a query, which then waits until the write is visible.',
  'Amounts are minor units as text. A refusal is a problem document, whose `code` never changes its meaning.',
].join('\n\n');

export function openApiOf(
  app: NestFastifyApplication,
  { title, version }: ApiTitle,
): OpenAPIObject {
  describeBodies(app);
  const config = new DocumentBuilder()
    .setTitle(title)
    .setDescription(ABOUT)
    .setVersion(version)
    .setOpenAPIVersion('3.0.3')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'API key',
      description: 'An API key: tb_<role>_<id>_<secret>',
    })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const operations of Object.values(document.paths)) {
    for (const operation of [
      operations.get,
      operations.post,
      operations.put,
      operations.patch,
      operations.delete,
    ]) {
      if (operation) operation.responses['default'] = REFUSED;
    }
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...PROBLEM_SCHEMAS },
  };
  return document;
}

const REFUSED = {
  description: 'Refused, with a stable code.',
  content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

const text = (description: string) => ({ type: 'string', description });
const PROBLEM_SCHEMAS = {
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details.',
    required: ['type', 'title', 'status', 'code', 'instance'],
    properties: {
      type: text('urn:tributary:problem:<code>'),
      title: text('The code in words.'),
      status: { type: 'integer' },
      code: text('What programs read; it never changes its meaning.'),
      detail: text('What to do about it.'),
      instance: text('The correlation id of this request.'),
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
      facts: {
        type: 'object',
        description: 'What justifies the refusal.',
        additionalProperties: true,
      },
    },
  },
  FieldError: {
    type: 'object',
    required: ['code', 'detail'],
    properties: {
      pointer: text('JSON pointer into the body.'),
      parameter: text('Name of a path, query or header parameter.'),
      code: text('What is wrong, for programs.'),
      detail: text('What is wrong, for people.'),
    },
  },
} satisfies NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

import { CodedError } from './coded-error';

/** `<category>-<tenant>.<id>[.<id>…]`. Made only here, so that no reference of upstream ever enters a name as it is. */
export type StreamName = string & { readonly __streamName: true };

const CATEGORY = /^[a-z][a-z0-9]{0,31}$/;
const PART = /^[a-z0-9]{1,32}$/;
const NAME = /^[a-z][a-z0-9]{0,31}-[a-z0-9]{1,32}(?:\.[a-z0-9]{1,32})+$/;

export function streamOf(
  category: string,
  tenant: string,
  ...ids: readonly [string, ...string[]]
): StreamName {
  if (!CATEGORY.test(category)) throw invalid('category', category);
  for (const part of [tenant, ...ids]) if (!PART.test(part)) throw invalid('part', part);
  return `${category}-${tenant}.${ids.join('.')}` as StreamName;
}

/** Reads a name that crossed a wire or a database. */
export function parseStreamName(text: string): StreamName {
  if (!NAME.test(text)) throw invalid('name', text);
  return text as StreamName;
}

export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));

export const tenantOf = (stream: StreamName): string =>
  stream.slice(stream.indexOf('-') + 1, stream.indexOf('.'));

export const idsOf = (stream: StreamName): readonly string[] =>
  stream.slice(stream.indexOf('.') + 1).split('.');

function invalid(what: string, text: string): CodedError {
  return new CodedError(
    'invalid_stream_name',
    `Not a stream ${what}: "${text}" (lower-case letters and digits, 1 to 32).`,
    {
      what,
      text,
    },
  );
}

import { readFileSync } from 'node:fs';

/** How one variable is read. `parse` gives the value, or what is wrong in words that never repeat a secret. */
export interface Setting<T> {
  readonly about: string;
  readonly example: string;
  readonly allowed: string;
  readonly secret: boolean;
  readonly fallback: { readonly value: T } | undefined;
  parse(text: string): { readonly value: T } | { readonly wrong: string };
}

interface Words {
  readonly about: string;
  readonly example?: string;
}
interface WithDefault<T> extends Words {
  readonly default?: T;
}

/** A variable that may be left out has the value `undefined` then. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, fallback: { value: undefined } };
}

export function text(of: WithDefault<string>): Setting<string> {
  return setting(of, 'text', of.example ?? 'value', (value) => ({ value }));
}

/** What a file holds, which is read at once, so that a wrong path stops the start. */
export function textFile(of: Words): Setting<string> {
  return setting(of, 'path of a file', of.example ?? '/run/secrets/file', (path) => {
    try {
      return { value: readFileSync(path, 'utf8') };
    } catch (error) {
      return { wrong: `cannot be read: ${(error as NodeJS.ErrnoException).code}` };
    }
  });
}

export function secret(of: Words): Setting<string> {
  const read = setting<string>(of, 'secret text', of.example ?? '<secret>', (value) => ({ value }));
  return { ...read, secret: true };
}

/** Drawn at random rather than chosen: that many bytes as base64. */
export function secretBytes(of: Words & { readonly bytes: number }): Setting<Uint8Array> {
  const allowed = `${of.bytes} bytes as base64, secret`;
  const example = of.example ?? `<openssl rand -base64 ${of.bytes}>`;
  const read = setting<Uint8Array>(of, allowed, example, (given) => {
    const value = Buffer.from(given, 'base64');
    return value.length === of.bytes && value.toString('base64') === given
      ? { value }
      : { wrong: `not ${of.bytes} bytes as base64` };
  });
  return { ...read, secret: true };
}

export function integer(
  of: WithDefault<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max } = of;
  return setting(
    of,
    `integer, ${min} to ${max}`,
    of.example ?? String(of.default ?? min),
    (given) => {
      const value = /^-?[0-9]{1,15}$/.test(given) ? Number(given) : Number.NaN;
      return value >= min && value <= max
        ? { value }
        : { wrong: `not an integer from ${min} to ${max}` };
    },
  );
}

/** 0 asks the system for a free port. */
export function port(of: WithDefault<number>): Setting<number> {
  return integer({ ...of, min: 0, max: 65_535 });
}

export function oneOf<const T extends string>(
  values: readonly T[],
  of: WithDefault<NoInfer<T>>,
): Setting<T> {
  const [first = ''] = values;
  return setting(of, values.join(' | '), of.example ?? first, (given) => {
    const value = values.find((candidate) => candidate === given);
    return value === undefined ? { wrong: `not one of ${values.join(', ')}` } : { value };
  });
}

/** Its password makes a URL a secret: it is never shown, neither in an error nor in a table. */
export function url(of: Words & { readonly schemes: readonly string[] }): Setting<string> {
  const schemes = of.schemes.map((scheme) => `${scheme}://`).join(' or ');
  const read = setting<string>(
    of,
    schemes,
    of.example ?? `${of.schemes[0]}://localhost`,
    (value) => {
      const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined;
      if (scheme === undefined) return { wrong: 'not a URL' };
      return of.schemes.includes(scheme)
        ? { value }
        : { wrong: `starts with ${scheme}://, not with ${schemes}` };
    },
  );
  return { ...read, secret: true };
}

/** `host:port,host:port` */
export function addresses(of: Words): Setting<readonly string[]> {
  return setting(of, 'host:port, separated by commas', of.example ?? 'localhost:9092', (given) => {
    const value = given.split(',').map((part) => part.trim());
    const bad = value.find((part) => !/^[^\s:/]+:[0-9]{1,5}$/.test(part));
    return bad === undefined ? { value } : { wrong: `"${bad}" is not host:port` };
  });
}

/** `attribution=http://localhost:4001,partners=http://localhost:4002` */
export function ownerUrls(of: Words): Setting<ReadonlyMap<string, string>> {
  const example = of.example ?? 'attribution=http://attribution:4000';
  return setting(of, 'service=url, separated by commas', example, (given) => {
    const pairs = given.split(',').map((part) => part.trim().split('=') as [string, string?]);
    const bad = pairs.find(([name, at]) => !/^[a-z]+$/.test(name) || !URL.canParse(at ?? ''));
    if (bad) return { wrong: `"${bad.join('=')}" is not service=url` };
    return { value: new Map(pairs.map(([name, at = '']) => [name, at])) };
  });
}

/** Whose facts a topic brings, and which sources it may speak for; left out, any. */
export interface UpstreamTopic {
  readonly topic: string;
  readonly tenant: string;
  /** Each as it is, or a prefix that ends in a slash and a star. */
  readonly sources?: readonly string[];
}

const UPSTREAM_TOPIC = /^([a-z0-9]{1,32})=([A-Za-z0-9._-]{1,249})(?:\[([^[\]]+)\])?$/;
const SOURCE = /^[\x21-\x29\x2b-\x7e]{1,299}(?<!\/)(?:\/\*?)?$/;

/** `acme=upstream.acme,beta=upstream.beta[https://shop.example/*|https://crm.example/production]` */
export function upstreamTopics(of: Words): Setting<readonly UpstreamTopic[]> {
  const allowed = 'tenant=topic or tenant=topic[source|source/*], separated by commas';
  return setting(of, allowed, of.example ?? 'acme=upstream.acme', (given) => {
    const topics: UpstreamTopic[] = [];
    // A comma within brackets belongs to a source.
    for (const part of given.split(/,(?![^[]*\])/)) {
      const [, tenant, topic, listed] = UPSTREAM_TOPIC.exec(part.trim()) ?? [];
      const sources = listed?.split('|').map((source) => source.trim());
      const isReadable = sources === undefined || sources.every((source) => SOURCE.test(source));
      if (tenant === undefined || topic === undefined || !isReadable)
        return { wrong: `"${part.trim()}" is not tenant=topic or tenant=topic[source|source/*]` };
      if (topics.some((known) => known.topic === topic))
        return { wrong: `${topic} stands there twice; a topic belongs to one tenant` };
      topics.push({ tenant, topic, ...(sources && { sources }) });
    }
    return { value: topics };
  });
}

function setting<T>(
  of: WithDefault<T>,
  allowed: string,
  example: string,
  parse: Setting<T>['parse'],
): Setting<T> {
  const fallback = of.default === undefined ? undefined : { value: of.default };
  return { about: of.about, allowed, example, secret: false, fallback, parse };
}

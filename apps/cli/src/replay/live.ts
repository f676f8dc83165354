import { CodedError } from '@tributary/kernel';
import { DEFINITIONS } from '@tributary/standalone';

/** `ledger=postgres://…` for one service, without a name for all others. */
export function liveOf(option: string, given: readonly string[]): (service: string) => string {
  const names = new Set([...DEFINITIONS.map(({ name }) => name), 'log']);
  const urls = new Map<string, string>();
  for (const one of given) {
    const [, name = '', url = one] = /^([a-z-]+)=(.+)$/.exec(one) ?? [];
    if (name !== '' && !names.has(name))
      throw unusable(`--${option} knows no service ${name}; there are ${[...names].join(', ')}.`);
    urls.set(name, url);
  }
  const rest = urls.get('');
  return (service) => {
    const url = urls.get(service) ?? rest ?? urls.values().next().value;
    if (url === undefined) throw unusable(`--${option} takes the URL of a database.`);
    return url;
  };
}

const unusable = (message: string): CodedError => new CodedError('invalid_option', message);

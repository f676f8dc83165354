import { CodedError } from '@tributary/kernel';
import { openApiKeys, type Role, ROLES } from '@tributary/platform';

import { type Command, EXIT, parseOptions } from './command';
import { sourceOf } from './log-source';

const TENANT = /^[a-z0-9]{1,32}$/;

export const key: Command = {
  name: 'key',
  summary: 'issue an API key, such as the first one of an installation',
  help: `Usage: tributary key --tenant <id> --role <role> [--partner <id>] [--label <text>] [--url <postgres url>] [--json]

Prints a new key once; only its hash is kept. With the key of an admin, POST /v1/api-keys issues the others.

  --tenant <id>    whose data the key opens: lower-case letters and digits
  --role <role>    ${ROLES.join(', ')}
  --partner <id>   for the role partner: whose data it may read
  --label <text>   what you will know it by; otherwise: issued by hand
  --url <url>      the database of the keys; otherwise KEYS_DATABASE_URL, DATABASE_URL, or our own PostgreSQL in
  --data-dir <dir> (TRIBUTARY_DATA_DIR, .data), which may run or not
  --json           one object instead of a line`,
  async run(args, { variables, out }) {
    const options = parseOptions('key', args, {
      tenant: { type: 'string' },
      role: { type: 'string' },
      partner: { type: 'string' },
      label: { type: 'string', default: 'issued by hand' },
      url: { type: 'string' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const request = requestOf(options);
    const source = await sourceOf(
      options.url ?? variables['KEYS_DATABASE_URL'] ?? variables['DATABASE_URL'],
      options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'],
    );
    try {
      const { keys, close } = await openApiKeys(source.url, () => undefined);
      const issued = await keys.issueKey(request).finally(close);
      out(options.json ? JSON.stringify({ ...request, ...issued }) : issued.key);
      return EXIT.fine;
    } finally {
      await source.close();
    }
  },
};

interface Given {
  readonly tenant?: string | undefined;
  readonly role?: string | undefined;
  readonly partner?: string | undefined;
  readonly label: string;
}

function requestOf({ tenant = '', role, partner, label }: Given) {
  const known = ROLES.find((one): one is Role => one === role);
  if (!TENANT.test(tenant)) throw unusable('--tenant takes 1 to 32 lower-case letters and digits.');
  if (known === undefined) throw unusable(`--role takes one of ${ROLES.join(', ')}.`);
  if ((known === 'partner') !== (partner !== undefined))
    throw unusable('--partner goes with --role partner, and that role needs it.');
  return { tenant, role: known, label, ...(partner !== undefined && { partnerId: partner }) };
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary key --help`);

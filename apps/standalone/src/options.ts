import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CodedError } from '@tributary/kernel';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Options {
  readonly help: boolean;
  /** Leave out the demo programme. */
  readonly empty: boolean;
  readonly dataDirectory: string;
  /** The environment as the services shall read it: with the options in place of their variables. */
  readonly variables: Variables;
}

const WORKSPACE = resolve(__dirname, '..', '..', '..');

/** Rejects what it does not know with `invalid_option`; whether values make sense is for those to say who read the variables. */
export function readOptions(args: readonly string[], variables: Variables): Options {
  const { values } = parse(args);
  // npm runs scripts in the workspace, and says where the user stood.
  const here = variables['INIT_CWD'] ?? process.cwd();
  const given = values['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'];
  return {
    help: values.help,
    empty: values.empty,
    dataDirectory: given ? resolve(here, given) : join(WORKSPACE, '.data'),
    variables: {
      ...variables,
      ...(values.port === undefined ? {} : { PORT: values.port }),
      ...(values.host === undefined ? {} : { HOST: values.host }),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'data-dir': { type: 'string' },
        empty: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new CodedError(
      'invalid_option',
      `${(error as Error).message}\nTry: npm start -- --help`,
      {},
      { cause: error },
    );
  }
}

import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

import { CodedError } from '@tributary/kernel';

const run = promisify(execFile);

/** The user that owns nothing; it exists on every Unix. */
const NOBODY = 65534;

/** How a program of PostgreSQL, which refuses to run as root, is started by whoever we are. */
export interface ServerUser {
  readonly how: 'as_we_are' | 'user_namespace' | 'nobody';
  readonly prefix: readonly string[];
  readonly spawn: { readonly uid?: number; readonly gid?: number };
}

const AS_WE_ARE: ServerUser = { how: 'as_we_are', prefix: [], spawn: {} };
/** Needs no other user and leaves the files ours, so it works in a folder that only root can enter. */
const USER_NAMESPACE: ServerUser = {
  how: 'user_namespace',
  prefix: ['unshare', '-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`],
  spawn: {},
};
/** Works only where every folder above binaries and data may be entered by everybody. */
const AS_NOBODY: ServerUser = { how: 'nobody', prefix: [], spawn: { uid: NOBODY, gid: NOBODY } };

/** Finds a way that works here, by asking the server for its version. */
export async function findServerUser(postgres: string): Promise<ServerUser> {
  const root = process.getuid?.() === 0;
  if (!root && hasName()) return AS_WE_ARE;
  const refusals: string[] = [];
  for (const user of root ? [USER_NAMESPACE, AS_NOBODY] : [USER_NAMESPACE]) {
    const [file, args] = commandFor(user, postgres, ['--version']);
    try {
      await run(file, args, user.spawn);
      return user;
    } catch (error) {
      refusals.push(`${user.how}: ${(error as Error).message.trim()}`);
    }
  }
  throw new CodedError(
    'postgres_refuses_user',
    `PostgreSQL refuses to run as ${root ? 'root' : 'a user without a name'}, and no other way to start it works here. ` +
      'Run as a normal user, or set DATABASE_URL to a PostgreSQL of yours.',
    { refusals },
  );
}

/** Containers are often started under a number that no user has; the server refuses those as it refuses root. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SYSTEM_ERROR') return false;
    throw error;
  }
}

export function commandFor(
  user: ServerUser,
  program: string,
  args: readonly string[],
): [string, string[]] {
  const [file = program, ...rest] = [...user.prefix, program, ...args];
  return [file, rest];
}

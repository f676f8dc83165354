import { CodedError, hasCode } from '@tributary/kernel';

import { asOf } from './as-of';
import { bank } from './bank';
import { type Command, EXIT, type ExitCode, type Surroundings } from './command';
import { difference } from './difference';
import { doctor } from './doctor/doctor';
import { explain } from './explain';
import { exportLog } from './export';
import { importLog } from './import';
import { key } from './key';
import { pack } from './pack';
import { replay } from './replay';
import { bench, start } from './scripts';
import { tick } from './tick';
import { verify } from './verify';
import { witness } from './witness';

const COMMANDS: readonly Command[] = [
  start,
  doctor,
  key,
  verify,
  replay,
  exportLog,
  importLog,
  asOf,
  difference,
  explain,
  pack,
  witness,
  tick,
  bank,
  bench,
];

/** The program without its process: what it prints and how it ends. */
export async function tributary(
  [name, ...args]: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out } = surroundings;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    out(overview());
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    out(`There is no command "${name}".\n\n${overview()}`);
    return EXIT.usage;
  }
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    out(command.help);
    return EXIT.fine;
  }
  try {
    return await command.run(args, surroundings);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const json = args.includes('--json');
    out(json ? JSON.stringify({ error: error.code, message: error.message }) : error.message);
    return hasCode(error, 'invalid_option') ? EXIT.usage : EXIT.failed;
  }
}

const overview = (): string =>
  `Usage: tributary <command> [options]

${COMMANDS.map(({ name: command, summary }) => `  ${command.padEnd(10)} ${summary}`).join('\n')}

tributary <command> --help says more about one. New here? Run: npx tributary doctor, then: npx tributary start.
Exit codes: 0 all is well, 1 looked and found something wrong, 2 wrong usage, 3 could not look, 4 well as far as could be looked.`;

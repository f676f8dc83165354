import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly help: boolean;
  readonly names: readonly string[];
  readonly rounds: number;
  readonly roundMs: number;
  readonly events: number;
  /** One and ten million events where size is the question. */
  readonly full: boolean;
  /** Exit code 1 when a ratio is below its floor. */
  readonly check: boolean;
  /** Floors are multiplied by it, ceilings divided: a busy machine distorts short rounds. */
  readonly slack: number;
}

export type BenchOptions = Pick<BenchArguments, 'events' | 'full' | 'roundMs' | 'rounds'>;

const QUICK = { rounds: 2, roundMs: 400, events: 20_000 };
const DEFAULT = { rounds: 5, roundMs: 1_000, events: 200_000 };
const FULL = { ...DEFAULT, rounds: 3, events: 1_000_000 };

/** Throws an error whose message is for the person who typed the arguments. */
export function readArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      ms: { type: 'string' },
      events: { type: 'string' },
      slack: { type: 'string', default: '1' },
      full: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No bench is called ${unknown.join(', ')}.`);
  const { full, quick, check, help } = values;
  if (full && quick) throw new Error('--full and --quick exclude each other.');
  const preset = quick ? QUICK : full ? FULL : DEFAULT;
  return {
    help,
    full,
    check,
    names: positionals.length > 0 ? positionals : known,
    rounds: countOf('--rounds', values.rounds, preset.rounds),
    roundMs: countOf('--ms', values.ms, preset.roundMs),
    events: countOf('--events', values.events, preset.events),
    slack: shareOf('--slack', values.slack),
  };
}

function countOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${name} takes a whole number above zero, not ${text}.`);
}

function shareOf(name: string, text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new Error(`${name} takes a number above 0 and up to 1, not ${text}.`);
}

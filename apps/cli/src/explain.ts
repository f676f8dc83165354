import { hasCode } from '@tributary/kernel';

import { COMMON, COMMON_HELP, unusable, whereOf } from './as-of/asking';
import { type Command, EXIT, parseOptions } from './command';
import { askServer } from './server';

const LINE = /^[a-z0-9]{1,64}$/;

export const explain: Command = {
  name: 'explain',
  summary: 'why a line is worth what it is worth, down to the facts of money',
  help: `Usage: tributary explain <line id> [--on <instant>] [--known <instant>] [--server <address>] [--json]

Asks a system at work, which recomputes the number from the events that it names, and says whether the same came out.
GET /v1/lines lists lines with their ids.

  --on <instant>       at the end of the month of the books that this moment falls into; otherwise everything
  --known <instant>    what we knew then; otherwise everything that we know
${COMMON_HELP}
  --json               the whole tree: each node with its event and the hash of that

Exit codes: 0 explained, and computed again with the same outcome, 1 computed again with another outcome, or no such line,
2 wrong options, 3 could not ask.`,
  async run([line = '', ...args], surroundings) {
    const { on, known, json, ...where } = parseOptions('explain', args, {
      server: COMMON.server,
      key: COMMON.key,
      'data-dir': COMMON['data-dir'],
      on: { type: 'string' },
      known: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const { out } = surroundings;
    if (!LINE.test(line)) throw unusable('explain', 'Name the line by its id, before any option.');
    const server = await whereOf('explain', where, surroundings);
    const asked = new URLSearchParams({
      ...(on !== undefined && { on }),
      ...(known !== undefined && { known }),
    });
    const path = `/v1/lines/${line}/explain`;
    try {
      const tree = await askServer<Tree>(server, `${path}?${asked.toString()}`);
      if (json) {
        out(JSON.stringify(tree, null, 2));
      } else {
        asked.set('as', 'sentence');
        const { sentence } = await askServer<{ readonly sentence: string }>(
          server,
          `${path}?${asked.toString()}`,
        );
        out(asText(tree, sentence));
      }
      return tree.recomputed ? EXIT.fine : EXIT.wrong;
    } catch (error) {
      if (!hasCode(error, 'line_unknown')) throw error;
      out(json ? JSON.stringify({ error: error.code, message: error.message }) : error.message);
      return EXIT.wrong;
    }
  },
};

/** Of the answer, what is shown as text. */
interface Tree {
  readonly lineId: string;
  readonly asset: string | null;
  readonly posted: string;
  readonly held: string;
  readonly released: string;
  readonly known: string | null;
  readonly effective: string | null;
  readonly worth: {
    readonly rounded: string;
    readonly steps: readonly {
      readonly step: string;
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly result: unknown;
    }[];
  } | null;
  readonly months: readonly {
    readonly month: string;
    readonly amount: string;
    readonly postings: readonly {
      readonly amount: string;
      readonly event: { readonly id: string; readonly hash: string };
    }[];
  }[];
  readonly recomputed: boolean;
  readonly differences: readonly string[];
}

function asText(tree: Tree, sentence: string): string {
  const { asset, posted, held, released, worth, months, recomputed, differences } = tree;
  const textOf = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value);
  return [
    sentence,
    '',
    `${tree.lineId}: posted ${posted}, held ${held}, released ${released} (minor units of ${asset ?? 'no asset'})`,
    ...(worth === null
      ? []
      : [
          `worth ${worth.rounded}`,
          ...worth.steps.map(({ step, inputs, result }) => {
            const given = Object.entries(inputs).map(([name, value]) => `${name} ${textOf(value)}`);
            return `  ${step.padEnd(12)} ${textOf(result)}  from ${given.join(', ') || 'nothing'}`;
          }),
        ]),
    ...months.flatMap(({ month, amount, postings }) => [
      `posted in ${month}: ${amount}`,
      ...postings.map(({ amount: one, event }) => `  ${one}  event ${event.id}  ${event.hash}`),
    ]),
    recomputed
      ? 'Computed again from these events alone: the same.'
      : ['Computed again, it is NOT the same:', ...differences].join('\n  '),
  ].join('\n');
}

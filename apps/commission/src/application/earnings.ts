import type { CommandBus } from '@nestjs/cqrs';
import type { Dispatch, ReactionContext } from '@tributary/feeds';
import { type StreamName, uuidV5 } from '@tributary/kernel';
import { Dispatched, dispatchAs } from '@tributary/platform';
import type {
  EarningsCommand,
  EarningsRejected,
  LearnTerm,
  OpenWindow,
} from '../domain/earnings/commands';
import { type WindowId, earningsStreamOf } from '../domain/earnings/window';
import type { LineDirectory } from './directory';

export class DecideEarnings extends Dispatched<EarningsCommand, EarningsRejected> {}

export const streamOfEarnings = ({ id }: { readonly id: WindowId }, tenant: string): StreamName =>
  earningsStreamOf(tenant, id);

/** Lines for a window, by name: they are read when they are sent, so that many need little room. */
export interface SendLines {
  readonly type: 'SendLines';
  readonly id: WindowId;
  readonly zone: string;
  readonly child: string | null;
  readonly lines: readonly string[];
}

export type ToWindow = LearnTerm | OpenWindow | SendLines;

/** What an append of lines and everything that is posted for them may take. */
const MOST_BYTES_OF_LINES = 100 * 1024;

/** Read again after a crash, it may say something else; so a command is recognised by what it says, not by its place. */
export function dispatchToWindow(bus: CommandBus, directory: LineDirectory): Dispatch<ToWindow> {
  const send = dispatchAs(bus, DecideEarnings);
  const as = (context: ReactionContext, content: string): ReactionContext => ({
    ...context,
    commandId: uuidV5(context.stream, context.causationId, content),
  });
  return async (command, context) => {
    if (command.type === 'LearnTerm') {
      const { topic, key, revision } = command.told;
      return send(command, as(context, `${topic} ${key} ${String(revision)}`));
    }
    if (command.type === 'OpenWindow') return send(command, as(context, 'open'));
    const { id, zone, child } = command;
    let outcome: Awaited<ReturnType<typeof send>> = { kind: 'nothing' };
    for (const lines of inChunks(await directory.read(context.tenant, command.lines))) {
      const named = lines.map(
        ({ revision, data }) => `${data.payment} ${data.line} ${String(revision)}`,
      );
      // One line may come twice, as the partner's own and as that of a partner below.
      const content = [...(child === null ? [] : [`of ${child}`]), ...named].join('\n');
      outcome = await send({ type: 'LearnLines', id, zone, child, lines }, as(context, content));
      if (outcome.kind === 'rejected') return outcome;
    }
    return outcome;
  };
}

type Lines = Awaited<ReturnType<LineDirectory['read']>>;

function inChunks(lines: Lines): readonly Lines[] {
  const chunks: Lines[number][][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line.data));
    if (bytes + size > MOST_BYTES_OF_LINES) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(line);
    bytes += size;
  }
  return chunks;
}

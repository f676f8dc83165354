import type { CommandBus } from '@nestjs/cqrs';
import type { ReactionContext } from '@tributary/feeds';
import { type StreamName, instant, uuidV5 } from '@tributary/kernel';
import { line, noon, windowOf } from '../domain/earnings/earnings.fixture';
import type { LineDirectory } from './directory';
import { type DecideEarnings, type SendLines, dispatchToWindow } from './earnings';

const STREAM = 'earnings-acme.p1' as StreamName;
const CAUSE = uuidV5('cause');
const context: ReactionContext = {
  commandId: uuidV5('place'),
  causationId: CAUSE,
  correlationId: 'c1',
  tenant: 'acme',
  traceParent: null,
  occurredAt: instant('2026-03-05T12:00:00Z'),
  stream: STREAM,
  actor: 'reaction:lines_credited',
};

describe('sending a line to a window', () => {
  it('is another command as the line of a partner below than as the own one', async () => {
    const data = line(noon('03-05'), 100_000);
    const sent: string[] = [];
    const execute = ({ context: { cause } }: DecideEarnings) => {
      sent.push(cause.commandId);
      return Promise.resolve({ kind: 'accepted' });
    };
    const directory = { read: () => Promise.resolve([{ revision: 1, data }]) };
    const dispatch = dispatchToWindow(
      { execute } as unknown as CommandBus,
      directory as unknown as LineDirectory,
    );
    const send = (child: string | null): SendLines => ({
      type: 'SendLines',
      id: windowOf(),
      zone: 'UTC',
      child,
      lines: ['any'],
    });
    await dispatch(send(null), context);
    await dispatch(send('p2'), context);
    await dispatch(send('p3'), context);
    expect(new Set(sent).size).toBe(3);
    // As it always was, so that what is delivered again is recognised.
    expect(sent[0]).toBe(uuidV5(STREAM, CAUSE, `${data.payment} ${data.line} 1`));
  });
});

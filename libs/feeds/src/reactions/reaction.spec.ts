import { parseStreamName } from '@tributary/kernel';
import type { FeedEvent } from '../feed';
import { happened, reactionSpec } from '../testing';
import { followUps, reaction } from './reaction';

interface Credit {
  readonly type: 'Credit';
  readonly partner: string;
  readonly minor: bigint;
}

const crediting = reaction<Credit, { SaleMade: { minor: string; partners: readonly string[] } }>({
  name: 'crediting',
  on: {
    SaleMade: ({ data }) =>
      data.partners.map((partner) => ({ type: 'Credit', partner, minor: BigInt(data.minor) })),
  },
  target: ({ partner }) => parseStreamName(`earnings-acme.${partner}`),
  dispatch: () => Promise.resolve({ kind: 'accepted' }),
});

const { given } = reactionSpec(crediting);
const sale = (...partners: string[]) => ({ type: 'SaleMade', data: { minor: '5', partners } });

describe('following up on an event', () => {
  it('maps it to commands', () =>
    given(sale('p1', 'p2')).then(
      { type: 'Credit', partner: 'p1', minor: 5n },
      { type: 'Credit', partner: 'p2', minor: 5n },
    ));

  it('maps what it does not know to nothing', () =>
    given({ type: 'Unrelated', data: {} }).thenNothing());

  it('derives the same command ids again, also when a later delivery finds one more target', () => {
    const [event] = happened(sale()) as [FeedEvent];
    const idsOf = (...partners: string[]) =>
      new Map(
        followUps(
          crediting,
          event,
          partners.map((partner) => ({ type: 'Credit' as const, partner, minor: 5n })),
        ).map((follow) => [follow.command.partner, follow.context.commandId]),
      );
    const first = idsOf('p1', 'p2');
    const second = idsOf('p0', 'p1', 'p2');
    expect(second.get('p1')).toBe(first.get('p1'));
    expect(second.get('p2')).toBe(first.get('p2'));
    expect(new Set(second.values()).size).toBe(3);
  });

  it('gives two commands for one stream, and two reactions to one event, different ids', () => {
    const [event] = happened(sale()) as [FeedEvent];
    const twice = [1n, 2n].map((minor) => ({ type: 'Credit' as const, partner: 'p1', minor }));
    const ids = [crediting, { ...crediting, name: 'other' }].flatMap((of) =>
      followUps(of, event, twice).map(({ context }) => context.commandId),
    );
    expect(new Set(ids).size).toBe(4);
  });
});

import type { FeedEvent } from '@tributary/feeds';
import { instant } from '@tributary/kernel';
import { observations } from './routing';

/** Nothing is sent in these cases: what follows is asked for, not dispatched. */
const BUS = undefined as never;
const AT = '2026-01-05T00:00:00Z';
const whereabouts = { log: { read: () => [] }, topics: {} } as never;

describe('handing on what a fact says', () => {
  it('calls the fact by its identity, so that facts of one instant stand in the same order however they arrive', async () => {
    const [first] = await followingFrom('01a1fdc8-b3ae-7816-9962-56e9e7cf5d8b');
    const [second] = await followingFrom('01a1fdc8-b3ae-755f-929f-1ff07acd2a11');
    expect(first).toMatchObject({
      type: 'NoteEvidence',
      items: [{ fact: { factId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } }],
    });
    expect(second).toEqual(first);
  });
});

async function followingFrom(id: string): Promise<readonly unknown[]> {
  const data = {
    source: 'https://shop.example/production',
    id: 'click-1',
    type: 'tributary.touch.click.v1',
    time: AT,
    data: { clickId: 'click-1', visitorId: 'v1', partnerRef: 'northwind', consent: true },
  };
  const event = { id, tenant: 'acme', contentHash: 'h', occurredAt: instant(AT), data };
  return (await observations(BUS, whereabouts).on['FactAccepted']?.(
    event as unknown as FeedEvent,
  )) as readonly unknown[];
}

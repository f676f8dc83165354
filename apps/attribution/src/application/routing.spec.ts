import { Readable } from 'node:stream';
import { exampleOf } from '@tributary/contracts';
import type { FeedEvent } from '@tributary/feeds';
import { instant } from '@tributary/kernel';
import { factIdOf, factStreamOf } from '../domain/fact/events';
import { observations } from './routing';

/** Nothing is sent in these cases: what follows is asked for, not dispatched. */
const BUS = undefined as never;
const AT = '2026-01-05T00:00:00Z';
const LOG = { log: { read: () => [] } };
const whereabouts = { ...LOG, topics: {} } as never;
const SOURCE = 'https://shop.example/production';
const CLICK = {
  source: SOURCE,
  id: 'click-1',
  type: 'tributary.touch.click.v1',
  time: AT,
  data: { clickId: 'click-1', visitorId: 'v1', partnerRef: 'northwind', consent: true },
};

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

  it('brings a payment what its customer has told, to a sale that was registered before', async () => {
    const asked: unknown[] = [];
    const told = {
      topic: 'told:c1',
      key: 'c1',
      revision: 2,
      data: { customer: 'c1', revision: 2 },
    };
    const follow = (...question: readonly unknown[]) => {
      asked.push(question);
      return Promise.resolve([told]);
    };
    const paid = {
      ...exampleOf('tributary.invoice.paid.v1').data,
      customerRef: 'c1',
    };
    const data = { ...CLICK, type: 'tributary.invoice.paid.v1', data: paid };
    const [taken] = await following({ data }, { ...LOG, topics: { follow } } as never);
    expect(taken).toMatchObject({ type: 'TakeSaleFact', told: { customer: 'c1', revision: 2 } });
    expect(asked).toEqual([['acme', expect.stringMatching(/^sale-acme\./), ['told:c1']]]);
  });
});

describe('a fact that lies ahead', () => {
  const ahead = paidFact('ahead', 'inv-1', 'old');
  const { data } = ahead.event;
  const waiting = {
    ...ahead.event,
    data: { ...data, waitsUntil: instant('2026-02-05T00:00:00Z') },
  };
  const due = { type: 'FactBecameDue', data: { source: SOURCE, id: 'ahead' }, revision: 2n };
  const retraction = {
    source: SOURCE,
    id: 'ahead',
    why: 'retracted',
    by: { factId: 'r', hash: '' },
  };
  const retracted = { type: 'FactRetracted', data: retraction, revision: 1n };
  const streams = new Map([[ahead.stream, [waiting, retracted, due]]]);
  const heardIn = (type: string, event: object) =>
    hearing(type, { ...event, stream: ahead.stream }, streams);

  it('asks nothing of anybody until its time has come, and then what it says as of its own time', async () => {
    expect(await heardIn('FactAccepted', waiting)).toEqual([]);
    const commands = await heardIn('FactBecameDue', due);
    expect(commands.map(({ type }) => type)).toEqual([
      'TakeSaleFact',
      'NameInvoice',
      'RetractFact',
    ]);
    expect(commands[0]).toMatchObject({ fact: { at: AT, fact: { factId: ahead.factId } } });
  });

  it('is taken back nowhere before it was handed on', async () => {
    expect(await heardIn('FactRetracted', retracted)).toEqual([]);
    const [back] = await heardIn('FactRetracted', { ...retracted, revision: 3n });
    expect(back).toMatchObject({ type: 'RetractSaleFact', why: 'retracted' });
  });
});

describe('a fact that was superseded by one of another sale, which is retracted', () => {
  const [old, heir] = [paidFact('old', 'inv-1'), paidFact('heir', 'inv-2', 'old')];
  const retraction = {
    source: SOURCE,
    id: 'heir',
    why: 'retracted',
    by: { factId: 'r', hash: '' },
  };
  const superseded = {
    source: SOURCE,
    id: 'old',
    why: 'superseded',
    by: { factId: heir.factId, hash: '' },
  };
  const end = { type: 'FactRetracted', data: retraction, occurredAt: AT, revision: 1n };

  it('is told so where it is, when the other one is retracted', async () => {
    const streams = new Map([
      [old.stream, [old.event]],
      [heir.stream, [heir.event, end]],
    ]);
    const commands = await retractedIn(heir.stream, retraction, streams);
    expect(commands).toMatchObject([
      { type: 'RetractSaleFact', why: 'retracted' },
      { type: 'RetractSaleFact', retracted: { id: 'heir' }, factId: heir.factId },
    ]);
    expect(new Set(commands.map(({ sale }) => sale)).size).toBe(2);
  });

  it('is told so when it comes later', async () => {
    const streams = new Map([
      [old.stream, [old.event]],
      [heir.stream, [heir.event, end]],
    ]);
    expect(await retractedIn(old.stream, superseded, streams)).toMatchObject([
      { type: 'RetractSaleFact', retracted: { id: 'old' }, why: 'superseded' },
      { type: 'RetractSaleFact', retracted: { id: 'heir' }, factId: heir.factId },
    ]);
  });

  it('is told nothing more while the other one holds, or has not come', async () => {
    const streams = new Map([[old.stream, [old.event]]]);
    expect(await retractedIn(old.stream, superseded, streams)).toHaveLength(1);
    streams.set(heir.stream, [heir.event]);
    expect(await retractedIn(old.stream, superseded, streams)).toHaveLength(1);
  });
});

function paidFact(id: string, invoiceRef: string, supersedes?: string) {
  const { data } = exampleOf('tributary.invoice.paid.v1');
  const type = 'tributary.invoice.paid.v1';
  const names = supersedes === undefined ? {} : { supersedes: { source: SOURCE, id: supersedes } };
  const content = { ...CLICK, id, type, data: { ...data, invoiceRef, ...names } };
  const stream = factStreamOf('acme', SOURCE, id);
  const event = { type: 'FactAccepted', data: content, revision: 0n, stream, tenant: 'acme' };
  return {
    stream,
    factId: factIdOf('acme', SOURCE, id),
    event: { ...event, contentHash: 'h', occurredAt: AT },
  };
}

async function retractedIn(stream: string, data: object, streams: ReadonlyMap<string, object[]>) {
  const read = (name: string) => Readable.from(streams.get(name) ?? []);
  const { on } = observations(BUS, { log: { read }, topics: {} } as never);
  const event = { tenant: 'acme', stream, revision: 2n, occurredAt: instant(AT), data };
  const commands = await on['FactRetracted']?.(event as unknown as FeedEvent);
  return (commands ?? []) as readonly { readonly sale?: string; readonly type: string }[];
}

async function hearing(type: string, event: object, streams: ReadonlyMap<string, object[]>) {
  const read = (name: string) => Readable.from(streams.get(name) ?? []);
  const follow = () => Promise.resolve([]);
  const { on } = observations(BUS, { log: { read }, topics: { follow } } as never);
  const heard = { tenant: 'acme', contentHash: 'h', occurredAt: instant(AT), ...event };
  const commands = await on[type]?.(heard as unknown as FeedEvent);
  return (commands ?? []) as readonly { readonly type: string }[];
}

const followingFrom = (id: string): Promise<readonly unknown[]> =>
  following({ id, data: CLICK }, whereabouts);

async function following(of: object, where: never): Promise<readonly unknown[]> {
  const event = { tenant: 'acme', contentHash: 'h', occurredAt: instant(AT), ...of };
  const { on } = observations(BUS, where);
  return (await on['FactAccepted']?.(event as unknown as FeedEvent)) as readonly unknown[];
}

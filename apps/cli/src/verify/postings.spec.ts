import {
  type Json,
  type JsonObject,
  type Recorded,
  resolvePeriod,
  zoneOffsets,
} from '@tributary/kernel';
import { WindowRecheck } from '@tributary/standalone';

import { Told } from './events.fixture';
import { NOTHING_SEALED } from './sealed-leaves';
import { verifyLog } from './verify-log';

const SIGNED = '2026-01-01T00:00:00.000Z';
const PAID = '2026-01-05T12:00:00.000Z';

describe('a line that this program would have posted, and that was not posted', () => {
  it('makes L4 broken where its plan was approved by this engine', async () => {
    const { level, findings } = await postingsOf(unposted(WindowRecheck.engineHash));
    expect(level).toMatchObject({ outcome: 'broken' });
    expect(findings).toMatchObject([
      { what: 'posting', position: 6n, detail: expect.stringMatching(/^missing: line /) },
    ]);
  });

  it('makes L4 open where its plan was approved by another engine', async () => {
    const { level, findings } = await postingsOf(unposted('0'.repeat(64)));
    expect([level?.outcome, findings]).toEqual(['open', []]);
    expect(level?.detail).toBe(
      '0 postings and 0 releases in 1 streams; 1 differ or are missing, of an engine that this program has not, the first at position 6',
    );
  });
});

async function postingsOf({ events }: Told) {
  const given = { checkpoint: undefined, since: undefined, key: undefined };
  const report = await verifyLog(inTurn(events), given, NOTHING_SEALED, true);
  expect(report.verifier.findings).toEqual([]);
  return { level: report.levels.find(({ level }) => level === 'L4'), findings: report.findings };
}

async function* inTurn(events: readonly Recorded[]): AsyncGenerator<Recorded, void, undefined> {
  yield* events;
}

/** Everything that a line of 1000 needs in order to earn 250. */
function unposted(engineHash: string): Told {
  const told = new Told();
  const add = (type: string, data: JsonObject) =>
    told.add('earnings', ['p1', 'plan', '202601'], type, data);
  const learn = (topic: string, key: string, value: Json, more: JsonObject = {}) => {
    const data = { ...more, steps: [{ at: SIGNED, value }] };
    add('TermLearned', { topic, key, revision: 1, follows: [], data });
  };
  const { from, until } = resolvePeriod('UTC', '2026-01');
  const january = { key: '2026-01', zone: 'UTC', from, until };
  const offsets = zoneOffsets('UTC', from, until).map((each) => ({ ...each }));
  const calendar = { window: january, months: [january], offsets };
  const opened = { partner: 'p1', plan: 'plan', window: '2026-01', calendar };
  add('WindowOpened', { ...opened, follows: [] });
  learn('plan:plan', '1', { version: 1, hash: 'h', engine: 'v1', engineHash, plan: PLAN });
  learn('agreement-of:p1', 'a1', AGREEMENT, { agreement: 'a1' });
  learn('partner:p1', 'p1', { kind: 'agency', status: 'active' }, { partner: 'p1' });
  learn('programme:main', 'main', { entity: 'main', zone: 'UTC', bookFrom: null });
  add('LineLearned', { revision: 1, child: null, line: LINE, follows: [] });
  // Behind the last append of a log something may be missing; so this is not the last one.
  return told.add('sale', ['s2'], 'Sold', {});
}

const PLAN: JsonObject = {
  planId: 'plan',
  version: 1,
  programId: 'main',
  asset: 'BRL/2',
  window: 'calendar_month',
  timezone: 'UTC',
  effective: { from: SIGNED, to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  hold: { days: 14, from: 'paidAt' },
  rules: [{ id: 'base', group: 'base', pay: { kind: 'percent', bp: 2500 } }],
};

const AGREEMENT: JsonObject = {
  partner: 'p1',
  programme: 'main',
  plan: 'plan',
  splits: [],
  parent: null,
  exclusivity: null,
  status: 'active',
  currency: null,
};

const CUSTOMER: JsonObject = {
  pseudonym: 'c1',
  type: 'enterprise',
  country: 'BR',
  segment: null,
  firstPaidAt: PAID,
  active: true,
  reactivated: false,
};

const CREDITED: JsonObject = {
  net: '1000',
  parts: [{ partner: 'p1', role: 'sourced', basis: '1000' }],
  influenced: [],
  gross: '1000',
  discount: '0',
  tax: '0',
  asset: 'BRL/2',
  product: 'suite',
  productGroup: null,
  quantity: '1',
  listPrice: null,
  billing: 'monthly',
  usage: null,
  marketplace: null,
  paidAt: PAID,
  ordinal: 1,
  customer: CUSTOMER,
  deal: null,
  disputed: false,
  decision: null,
};

const LINE: JsonObject = {
  sale: 's1',
  payment: 's1p',
  line: 'l1',
  programme: 'main',
  steps: [{ at: PAID, value: CREDITED }],
  decisions: [],
  facts: [],
  problems: [],
};

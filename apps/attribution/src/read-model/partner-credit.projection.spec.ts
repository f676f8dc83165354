import { type Happened, projectionSpec } from '@tributary/feeds/testing';
import { partnerCredit } from './partner-credit.projection';

const { given } = projectionSpec(partnerCredit);

const NOW = '2026-04-01T00:00:00.000Z';

describe('keeping lines with their credit', () => {
  it('replaces what a line said before, and with it the partners that have a share no longer', () => {
    given(
      told([step('2026-03-01', '1000', [part('p1', '600'), part('p2', '400')], ['p3'])]),
      told([step('2026-03-01', '1000', [part('p2', '1000')], [])]),
    ).then('credited_line', [
      {
        ...LINE,
        net: 1000n,
        steps: [since('2026-03-01', '1000', [part('p2', '1000')], [])],
        partners: ['p2'],
        unattributed: null,
      },
    ]);
  });

  it('keeps what holds and what will hold, and forgets what held before', () => {
    given(
      told(
        [
          step('2026-02-01', '1000', [part('p1', '1000')], []),
          step('2026-03-01', '900', [part('p1', '900')], []),
          step('2026-05-01', '500', [part('p1', '500')], []),
        ],
        '2026-04-01T00:00:00Z',
      ),
    ).then('credited_line', [
      {
        ...LINE,
        net: 900n,
        steps: [
          since('2026-03-01', '900', [part('p1', '900')], []),
          since('2026-05-01', '500', [part('p1', '500')], []),
        ],
        partners: ['p1'],
        unattributed: null,
      },
    ]);
  });

  it('keeps what begins later whole, so that nothing counts before its day', () => {
    const later = step('2026-05-01', '500', [part('p1', '500')], []);
    given(told([later])).then('credited_line', [
      {
        ...LINE,
        net: 500n,
        steps: [since('2026-05-01', '500', [part('p1', '500')], [])],
        partners: ['p1'],
        unattributed: null,
      },
    ]);
  });

  it('says why nobody is credited, as long as there is money', () => {
    const decisions = [{ decision: 'd1', unattributed: 'customer_unknown' }];
    const line = (net: string, unattributed: string | null) => ({
      ...LINE,
      net: BigInt(net),
      steps: [
        {
          ...since('2026-03-01', net, [], []),
          decision: 'd1',
          unattributed: 'customer_unknown',
        },
      ],
      partners: [],
      unattributed,
    });
    given(told([step('2026-03-01', '1000', [], [], 'd1')], NOW, decisions)).then('credited_line', [
      line('1000', 'customer_unknown'),
    ]);
    given(told([step('2026-03-01', '0', [], [], 'd1')], NOW, decisions)).then('credited_line', [
      line('0', null),
    ]);
  });
});

describe('keeping customers with their credit', () => {
  it('takes the step that holds of every history', () => {
    const credit = (partner: string) => ({
      decision: `d-${partner}`,
      rung: 'touches',
      policy: { id: 'standard', version: 1, hash: 'h' },
      parts: [{ partner, role: 'source', weight: 1 }],
      influenced: ['p9'],
      unattributed: null,
      evidence: [],
    });
    const stands = (deal: string | null, partner: string) => ({
      deal,
      decision: `d-${partner}`,
      rung: 'touches',
      parts: [{ partner, role: 'source', weight: 1 }],
      influenced: ['p9'],
      unattributed: null,
    });
    given({
      type: 'CreditRevised',
      occurredAt: NOW,
      data: {
        customer: 'c1',
        canonical: 'c0',
        programme: 'main',
        credits: {
          general: [
            { at: '2026-01-01T00:00:00.000Z', value: credit('p1') },
            { at: '2026-02-01T00:00:00.000Z', value: credit('p2') },
            { at: '2027-01-01T00:00:00.000Z', value: credit('p3') },
          ],
          deals: { deal1: [{ at: '2026-01-01T00:00:00.000Z', value: credit('p4') }] },
        },
        signedUpAt: '2026-01-01T00:00:00.000Z',
        firstPaidAt: null,
        customerType: null,
        country: 'BR',
        segment: null,
      },
    }).then('credited_customer', [
      {
        tenant: 'acme',
        customer: 'c1',
        canonical: 'c0',
        programme: 'main',
        signed_up_at: '2026-01-01T00:00:00.000Z',
        first_paid_at: null,
        customer_type: null,
        country: 'BR',
        segment: null,
        credits: [stands(null, 'p2'), stands('deal1', 'p4')],
        partners: ['p2', 'p9', 'p4'],
      },
    ]);
  });
});

describe('keeping what waits for its invoice', () => {
  const KEY = { tenant: 'acme', payment: 'pay1', source: 'stripe', id: 'r1' };
  const fact = { source: 'stripe', id: 'r1', at: NOW, fact: { factId: 'f1', hash: 'h' } };
  const orphan = { fact: { ...fact, body: { kind: 'refunded' } }, supersedes: null };
  const noted: Happened = {
    type: 'OrphanNoted',
    occurredAt: NOW,
    data: { payment: 'pay1', orphan },
  };
  const retracted: Happened = {
    type: 'OrphanNoted',
    data: {
      payment: 'pay1',
      orphan: { retraction: { retracted: { source: 'stripe', id: 'r1' } } },
    },
  };
  const waiting = { ...KEY, fact_id: 'f1', kind: 'refunded', at: NOW, since: NOW };

  it('knows since when it waits, and to which sale it went', () => {
    given(noted).then('waiting_fact', [{ ...waiting, sale: null, taken_back: null }]);
    const handed = { payment: 'pay1', sale: 's1', orphan };
    given(noted, { type: 'OrphanHandedOver', data: handed }).then('waiting_fact', [
      { ...waiting, sale: 's1', taken_back: null },
    ]);
  });

  it('knows that it was taken back, whichever came first', () => {
    const gone = [{ ...waiting, sale: null, taken_back: true }];
    given(noted, retracted).then('waiting_fact', gone);
    given(retracted, noted).then('waiting_fact', gone);
  });
});

const LINE = {
  tenant: 'acme',
  sale: 's1',
  payment: 'pay1',
  line: 'l1',
  programme: 'main',
  customer: 'c1',
  paid_at: '2026-02-01T00:00:00.000Z',
  asset: 'BRL/2',
};

type Part = ReturnType<typeof part>;
const part = (partner: string, basis: string) => ({ partner, role: 'source', basis });

const step = (
  day: string,
  net: string,
  parts: readonly Part[],
  influenced: readonly string[],
  decision: string | null = null,
) => ({
  at: `${day}T00:00:00.000Z`,
  value: {
    parts,
    influenced: influenced.map((partner) => ({ partner, basis: net })),
    net,
    asset: 'BRL/2',
    paidAt: '2026-02-01T00:00:00.000Z',
    customer: { pseudonym: 'c1' },
    decision,
  },
});

const since = (
  day: string,
  net: string,
  parts: readonly Part[],
  influenced: readonly string[],
) => ({
  at: `${day}T00:00:00.000Z`,
  net,
  parts,
  influenced,
  decision: null,
  unattributed: null,
});

const told = (
  steps: readonly object[],
  occurredAt = NOW,
  decisions: readonly object[] = [],
): Happened => ({
  type: 'LineCredited',
  occurredAt,
  data: {
    sale: 's1',
    payment: 'pay1',
    line: 'l1',
    programme: 'main',
    steps,
    decisions,
    facts: [{ factId: 'f1', hash: 'h' }],
    problems: [],
  },
});

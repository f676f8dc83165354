import { specFor } from '@tributary/kernel/testing';
import {
  adjudicate,
  day,
  decided,
  decidedAfter,
  JANUARY,
  learn,
  learnPartner,
  many,
  MARCH,
  note,
  pad,
  part,
  partnersOf,
  pay,
  signUp,
  stateAfter,
  subscribe,
  takeBack,
  toldBy,
  touch,
  visitor,
} from './customer.fixture';
import { customer } from './decide';
import { MOST_ORDINALS } from './events';

const { given } = specFor(customer);

describe('noting what is known of a customer first-hand', () => {
  it('decides on it, says so and follows what bears on it, in one append', () => {
    const events = decided(signUp('f1', [visitor]));
    expect(events.map(({ type }) => type)).toEqual([
      'CustomerEvidenceNoted',
      'CreditDecided',
      'CreditRevised',
    ]);
    expect(events[0]?.data).toMatchObject({
      follows: ['exclusive:main', 'identifier:v1', 'policy:main'],
    });
    expect(toldBy(events)).toMatchObject({
      revision: 1,
      canonical: 'c1',
      programme: 'main',
      signedUpAt: JANUARY,
      country: 'BR',
    });
  });

  it('ignores what it has, and names a topic once', () => {
    const before = decided(signUp('f1', [visitor]));
    given(...before)
      .when(signUp('f1', [visitor]))
      .thenNothing();
    const [noted] = decidedAfter(before, note(touch('f2', 'northwind')));
    expect(noted?.data).toMatchObject({ follows: ['partner:northwind'] });
  });

  it('is credited anew when a partner turns out to be one, and as before when the touch is taken back', () => {
    const before = [
      ...decided(note(touch('f2', 'northwind'))),
      ...decidedAfter(decided(note(touch('f2', 'northwind'))), signUp('f1')),
    ];
    const known = [...before, ...decidedAfter(before, learnPartner('northwind'))];
    expect(partnersOf(known)).toEqual(['northwind']);
    const without = [...known, ...decidedAfter(known, takeBack('f2'))];
    expect(partnersOf(without)).toEqual([]);
    given(...without)
      .when(takeBack('f2'))
      .thenNothing();
    given(...without)
      .when(note(touch('f2', 'northwind')))
      .thenNothing();
  });
});

describe('learning from elsewhere', () => {
  const linked = decided(signUp('f1', [visitor]));
  const learned = [...linked, ...decidedAfter(linked, learn(1))];

  it('keeps the higher version of an item and the higher revision of a term', () => {
    given(...learned)
      .when(learn(1))
      .thenNothing();
    const known = [...learned, ...decidedAfter(learned, learnPartner('northwind', 2))];
    given(...known)
      .when(learnPartner('northwind', 1))
      .thenNothing();
    given(...known)
      .when(learnPartner('northwind', 2))
      .thenNothing();
  });

  it('decides once on everything that was known when it began to follow', () => {
    const { type: _, ...heard } = learn(1);
    const { type: __, ...term } = learnPartner('northwind');
    const events = decidedAfter(linked, {
      type: 'LearnKnown',
      customer: 'c1',
      terms: [term],
      evidence: [heard],
    });
    expect(events.map(({ type }) => type)).toEqual([
      'TermLearned',
      'EvidenceLearned',
      'CreditDecided',
      'CreditRevised',
    ]);
    expect(partnersOf([...linked, ...events])).toEqual(['northwind']);
  });

  it('forgets what a crowd has told, and hears nothing more of it', () => {
    const known = [...learned, ...decidedAfter(learned, learnPartner('northwind'))];
    const found = [...known, ...decidedAfter(known, { ...learn(1), items: [], crowd: true })];
    expect(partnersOf(found)).toEqual([]);
    given(...found)
      .when(learn(2))
      .thenNothing();
  });

  it('is never taught by itself', () => {
    given(...linked)
      .when({ ...learn(1), from: { kind: 'customer', id: 'c1' } })
      .thenNothing();
  });
});

describe('putting payments in order', () => {
  const signedUp = decided(signUp('f1'));
  const paid = (count: number) => many(signedUp, count, (i) => pay(`p${pad(i)}`, day(i + 1)));

  it('tells a place for each, and moves those behind a payment that comes late', () => {
    expect(decidedAfter(paid(2), pay('late', day(0)))).toMatchObject([
      { type: 'CustomerEvidenceNoted' },
      { type: 'CreditRevised', data: { firstPaidAt: day(0) } },
      {
        type: 'PaymentsOrdered',
        data: {
          payments: [
            { payment: 'late', ordinal: 1 },
            { payment: 'p00', ordinal: 2 },
            { payment: 'p01', ordinal: 3 },
          ],
        },
      },
    ]);
  });

  it('decides no credit anew for a payment that is not the first', () => {
    const [noted, ordered, ...more] = decidedAfter(paid(2), pay('p02', day(9)));
    expect([noted?.type, ordered?.type, more]).toEqual([
      'CustomerEvidenceNoted',
      'PaymentsOrdered',
      [],
    ]);
  });

  it('ignores what a sale has told before, or before that', () => {
    given(...paid(2))
      .when(pay('p00', day(1)))
      .thenNothing();
    const gone = [...paid(2), ...decidedAfter(paid(2), pay('p00', day(1), 2, false))];
    given(...gone)
      .when(pay('p00', day(1), 1))
      .thenNothing();
  });

  it('tells a payment beyond the last place so once, and keeps it from those who follow', () => {
    expect(decidedAfter(paid(MOST_ORDINALS), pay('p99', day(99)))).toMatchObject([
      { type: 'LaterPaymentsNoted', data: { payments: [{ version: 1 }] } },
      { type: 'PaymentsOrdered', data: { payments: [{ payment: 'p99', ordinal: null }] } },
    ]);
  });

  it('moves the next one up when one of the first counts no longer, and tells those who follow', () => {
    const full = paid(MOST_ORDINALS + 2);
    const events = decidedAfter(full, pay('p01', day(2), 2, false));
    expect(events[0]?.data).toMatchObject({
      items: [
        { item: 'payment.sp01.p01', body: { kind: 'withdrawn' } },
        { item: `payment.sp${String(MOST_ORDINALS)}.p${String(MOST_ORDINALS)}` },
      ],
    });
    const places = Object.values(stateAfter([...full, ...events]).places);
    expect(places).toHaveLength(MOST_ORDINALS);
    expect(places).toContainEqual({ sale: 'sp36', payment: 'p36', ordinal: 36 });
    given(...full, ...events)
      .when(pay('p01', day(2), 2, false))
      .thenNothing();
  });
});

describe('noting subscriptions', () => {
  it('tells activity, and nothing again', () => {
    const before = decided(signUp('f1'));
    const events = decidedAfter(before, subscribe('f2'));
    expect(events.map(({ type }) => type)).toEqual(['SubscriptionNoted', 'CreditRevised']);
    expect(toldBy(events)?.activity).toEqual([
      {
        at: MARCH,
        value: { active: true, reactivated: false, mrr: '900', asset: 'BRL/2', interval: 'month' },
      },
    ]);
    const known = [...before, ...events];
    given(...known)
      .when(subscribe('f2'))
      .thenNothing();
    const without = [...known, ...decidedAfter(known, takeBack('f2'))];
    expect(stateAfter(without).told?.activity).toEqual([]);
    given(...without)
      .when(subscribe('f2'))
      .thenNothing();
  });
});

describe('deciding a credit by a person', () => {
  const before = decided(signUp('f1'));

  it('needs a reason, something that it rests on, and parts that are the whole', () => {
    const spec = given(...before);
    spec.when(adjudicate({ reason: ' ' })).thenRejected({ code: 'reason_missing' });
    spec.when(adjudicate({ evidence: [] })).thenRejected({ code: 'evidence_missing' });
    spec
      .when(adjudicate({ parts: [part('northwind', 5_000), part('northwind', 5_000)] }))
      .thenRejected({ code: 'part_twice', partner: 'northwind', role: 'cosell' });
    spec
      .when(adjudicate({ parts: [part('northwind', 9_999)] }))
      .thenRejected({ code: 'split_not_whole', sum: 9_999 });
    spec
      .when(adjudicate({ parts: [part('northwind', 10_001), part('southwind', -1)] }))
      .thenRejected({ code: 'split_not_whole', sum: 10_000 });
  });

  it('governs sales from where it says, since it was decided', () => {
    const events = decidedAfter(before, adjudicate({ evidence: [], note: 'Seen by the board.' }));
    expect(toldBy(events)?.credits.general.at(-1)).toMatchObject({
      at: MARCH,
      from: JANUARY,
      value: { rung: 'adjudicated', parts: [{ weight: 6_000 }, { weight: 4_000 }] },
    });
  });

  it('may give the customer to nobody', () => {
    const events = decidedAfter(before, adjudicate({ parts: [] }));
    expect(toldBy(events)?.credits.general.at(-1)?.value.parts).toEqual([]);
  });
});

import { projectionSpec } from '@tributary/feeds/testing';
import { factOutcomes } from './fact-outcomes.projection';

const { given } = projectionSpec(factOutcomes);

const SHOP = 'https://shop.example/production';

describe('following how far facts come', () => {
  it('marks a fact once, whoever has noted it', () => {
    const items = [{ fact: { factId: 'f1' } }, { fact: { factId: 'f1' } }];
    given(
      { type: 'EvidenceNoted', data: { items } },
      { type: 'CustomerEvidenceNoted', data: { items } },
      { type: 'SubscriptionNoted', data: { fact: { factId: 'f2' } } },
    ).then('fact_stage', [
      { fact_id: 'f1', stage: 'identified', position: 1n },
      { fact_id: 'f2', stage: 'identified', position: 3n },
    ]);
  });

  it('marks the money behind a line, and finds a decision by any fact that it names', () => {
    const line = { facts: [{ factId: 'f1' }, { factId: 'f2' }] };
    given({ type: 'LineCredited', data: line }).then('fact_stage', [
      { fact_id: 'f1', stage: 'credited', position: 1n },
      { fact_id: 'f2', stage: 'credited', position: 1n },
    ]);
    const decided = {
      decision: 'd1',
      evidence: [{ factId: 'f1' }, { factId: 'f1' }],
      discarded: [
        { fact: { factId: 'f3' }, reason: 'after_conversion' },
        // Waits until somebody says who that is.
        { fact: { factId: 'f4' }, reason: 'unknown_partner' },
      ],
    };
    given({ type: 'CreditDecided', data: decided }).then('credit_decision', [
      { decision: 'd1', facts: ['f1', 'f3'], position: 1n },
    ]);
  });

  it('marks every report that a measure rests on', () => {
    const evidence = [{ factId: 'f1' }, { factId: 'f2' }];
    given({ type: 'MeasureRevised', data: { evidence } }).then('fact_stage', [
      { fact_id: 'f1', stage: 'measured', position: 1n },
      { fact_id: 'f2', stage: 'measured', position: 1n },
    ]);
  });
});

describe('keeping facts that lie ahead', () => {
  const data = { source: SHOP, id: 'paid-1', type: 'tributary.invoice.paid.v1', data: {} };
  const [stream, waitsUntil] = ['fact-acme.1', '2026-03-01T00:00:00.000Z'];
  const accepted = (more: object) => ({ type: 'FactAccepted', stream, data: { ...data, ...more } });
  const row = { stream, tenant: 'acme', source: SHOP, id: 'paid-1', waits_until: waitsUntil };

  it('keeps those that wait, until they are taken up', () => {
    given(accepted({})).then('fact_ahead', []);
    given(accepted({ waitsUntil })).then('fact_ahead', [{ ...row, taken_up: null }]);
    const due = { type: 'FactBecameDue', stream, data: { source: SHOP, id: 'paid-1' } };
    given(accepted({ waitsUntil }), due).then('fact_ahead', [{ ...row, taken_up: true }]);
  });
});

describe('keeping clicks', () => {
  const STREAM = 'fact-acme.1';
  const click = (data: object) => ({
    type: 'FactAccepted',
    stream: STREAM,
    data: { source: SHOP, id: 'click-1', type: 'tributary.touch.click.v1', data },
  });
  const ROW = {
    stream: STREAM,
    tenant: 'acme',
    programme: null,
    at: '2026-01-01T00:00:00.000Z',
    taken_back: null,
  };

  it('keeps the partner, or else the link', () => {
    given(click({ partnerRef: 'p1', linkId: 'l1', visitorId: 'v1' })).then('click', [
      { ...ROW, partner: 'p1', link: null, visitor: 'v1' },
    ]);
    given(click({ linkId: 'l1', visitorId: 'v1' })).then('click', [
      { ...ROW, partner: null, link: 'l1', visitor: 'v1' },
    ]);
  });

  it('keeps no other fact, and knows which clicks were taken back', () => {
    const type = 'tributary.touch.intro.v1';
    const other = { source: SHOP, id: 'intro-1', type, data: { partnerRef: 'p1' } };
    given({ type: 'FactAccepted', data: other }).then('click', []);
    given(click({ partnerRef: 'p1' }), {
      type: 'FactRetracted',
      stream: STREAM,
      data: { why: 'retracted' },
    }).then('click', [
      { ...ROW, partner: 'p1', link: null, visitor: null, taken_back: 'retracted' },
    ]);
  });
});

import { assertBalanced, instant, uuidV5 } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import fc from 'fast-check';
import { covered } from './covered';
import type { ProposeRemittance } from './commands';
import { type Remittances, remittances } from './decide';
import { type RemittanceEvent, remittanceStreamOf } from './events';

const spec = specFor(remittances);

describe('saying by two persons what was paid to the tax authority', () => {
  it('books it on the day on which it was paid, on its way until the bank shows it', () => {
    spec.given().when(propose()).then(proposed());
    spec.given(proposed()).when(approve('bea')).then(remitted());
    const [event] = [remitted()];
    assertBalanced(event.data.entry);
    expect(event).toMatchObject({
      occurredAt: '2026-05-20T03:00:00.000Z',
      data: {
        entry: {
          legs: [
            leg('debit', 'Liabilities:Tax:Withholding', '1500'),
            leg('credit', 'Liabilities:Tax:InTransit', '1500'),
          ],
        },
      },
    });
  });

  it('keeps back what is asked back of the authority, up to all of it', () => {
    const some = { amount: '1000', offset: '500', recoverable: '700' };
    expect(remitted(some).data.entry.legs).toMatchObject([
      { side: 'debit', amount: '1500' },
      { side: 'credit', amount: '1000' },
      leg('credit', 'Assets:TaxRecoverable', '500'),
    ]);
    const all = { amount: '0', offset: '700', rail: null, payer: null, recoverable: '700' };
    spec.given(proposed(all)).when(approve('bea')).then(remitted(all));
    expect(remitted(all).data.entry.legs).toHaveLength(2);
  });

  it('is confirmed by somebody else, once, and only while it waits', () => {
    spec.given().when(approve('bea')).thenRejected({ code: 'remittance_unknown' });
    spec.given(proposed()).when(approve('ana')).thenRejected({ code: 'same_person' });
    spec
      .given(proposed(), remitted())
      .when(approve('bea'))
      .thenRejected({ code: 'remittance_unknown' });
    spec
      .given(proposed())
      .when({ ...withdraw, remittance: OTHER })
      .thenRejected({ code: 'remittance_unknown' });
    spec.given(proposed()).when(withdraw).then(withdrawn);
    spec.given(proposed(), withdrawn).when(propose()).then(proposed());
  });

  it.each<[string, Partial<ProposeRemittance>, object]>([
    ['nothing is paid', { amount: '0' }, { code: 'invalid_amount' }],
    ['less than nothing is paid', { amount: '-1', offset: '2' }, { code: 'invalid_amount' }],
    [
      'the month has not begun',
      { month: '2026-06', paidOn: '2026-06-01' },
      { code: 'month_in_future', month: '2026-06' },
    ],
    [
      'the day has not come',
      { paidOn: '2026-05-22' },
      { code: 'paid_in_future', paidOn: '2026-05-22' },
    ],
    [
      'it was paid before the month',
      { paidOn: '2026-03-31' },
      { code: 'paid_too_early', paidOn: '2026-03-31' },
    ],
    ['nobody says from where', { rail: null }, { code: 'paying_account_missing' }],
    ['nobody knows the account', { payer: null }, { code: 'account_unknown', rail: 'itau1' }],
    [
      'the account is of somebody else',
      { payer: { entity: 'other', asset: 'BRL/2' } },
      { code: 'account_differs', rail: 'itau1' },
    ],
    ['nothing is withheld', { owed: '0' }, { code: 'nothing_withheld', month: '2026-04' }],
    [
      'more is kept back than is asked back',
      { offset: '1', recoverable: '0' },
      { code: 'more_than_recoverable', recoverable: '0' },
    ],
    ['more is paid than is owed', { amount: '2001' }, { code: 'more_than_withheld', owed: '2000' }],
    [
      'more is settled than is owed',
      { amount: '1999', offset: '2', recoverable: '2' },
      { code: 'more_than_withheld', owed: '2000' },
    ],
  ])('is refused where %s', (_why, said, rejected) => {
    spec
      .given()
      .when(propose(said))
      .thenRejected(rejected as never);
  });

  it('waits for the one before it, until all of its items have heard of it', () => {
    const next = { remittance: OTHER, reference: 'DARF 2', amount: '500', owed: '500' };
    spec
      .given(proposed())
      .when(propose(next))
      .thenRejected({ code: 'remittance_waits', remittance: REMITTANCE });
    const known = [proposed(), remitted()] as const;
    for (const last of [null, { ...SEEN, remitted: '1499' }, { ...SEEN, recovered: '1' }])
      spec
        .given(...known)
        .when(propose({ ...next, last }))
        .thenRejected({ code: 'register_behind' });
    const second = propose({ ...next, last: SEEN });
    spec
      .given(...known)
      .when(second)
      .then(proposed({ ...next, last: SEEN }));
  });

  it('is refused where all of the month was remitted, or the document was used', () => {
    const known = [proposed(), remitted()] as const;
    spec
      .given(...known)
      .when(propose({ remittance: OTHER, reference: 'DARF 2', owed: '0', last: SEEN }))
      .thenRejected({ code: 'tax_remitted', remitted: '1500' });
    spec
      .given(...known)
      .when(propose({ remittance: OTHER, last: SEEN }))
      .thenRejected({ code: 'reference_used', remittance: REMITTANCE });
  });

  it('knows a document by its own name alone', () => {
    const named = { reference: 'constructor' };
    spec.given().when(propose(named)).then(proposed(named));
    const next = { ...named, remittance: OTHER, amount: '500', owed: '500', last: SEEN };
    spec
      .given(proposed(named), remitted(named))
      .when(propose(next))
      .thenRejected({ code: 'reference_used', remittance: REMITTANCE });
  });

  it('has one stream for each rule, whatever the rule is called', () => {
    const named = remittanceStreamOf('acme', OF);
    expect(named).toMatch(/^remittance-acme\.main\.brl\.[0-9a-f]{32}$/);
    expect(remittanceStreamOf('acme', { ...OF, rule: 'br-irrf-person' })).not.toBe(named);
  });
});

describe('which items a remittance is for', () => {
  it('takes them in their order, the last in part, and never more than is there', () => {
    const anyItems = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(anyItems, fc.nat(300), (amounts, sum) => {
        const items = amounts.map((amount, i) => ({
          ...{ partner: 'p1', item: String(i), amount: String(amount) },
        }));
        const taken = covered(items, BigInt(sum));
        const all = amounts.reduce((total, amount) => total + amount, 0);
        expect(taken.reduce((total, { amount }) => total + Number(amount), 0)).toBe(
          Math.min(sum, all),
        );
        taken.forEach(({ item, amount }, i) => {
          expect(item).toBe(String(i));
          if (i < taken.length - 1) expect(amount).toBe(items[i]?.amount);
        });
      }),
    );
  });
});

const OF = { entity: 'main', asset: 'BRL/2', rule: 'br-irrf' } as const;
const REMITTANCE = uuidV5('spec', 'remittance');
const OTHER = uuidV5('spec', 'other');
const AT = instant('2026-05-21T12:00:00Z');
const SEEN = { remittance: REMITTANCE, remitted: '1500', recovered: '0' };

function propose(said: Partial<ProposeRemittance> = {}): ProposeRemittance {
  return {
    type: 'ProposeRemittance',
    of: OF,
    remittance: REMITTANCE,
    ...{ tax: 'IRRF', month: '2026-04', amount: '1500', offset: '0', paidOn: '2026-05-20' },
    ...{ zone: 'America/Sao_Paulo', rail: 'itau1', reference: 'DARF 1', evidence: [] },
    ...{ upTo: '17', owed: '2000', recoverable: '0', last: null, today: '2026-05-21' },
    payer: { entity: 'main', asset: 'BRL/2' },
    by: 'ana',
    receivedAt: AT,
    ...said,
  };
}

const person = { of: OF, remittance: REMITTANCE, receivedAt: AT };
const approve = (by: string) => ({ type: 'ApproveRemittance', ...person, by }) as const;
const withdraw = { type: 'WithdrawRemittance', ...person, by: 'bea', reason: 'twice' } as const;
const withdrawn: RemittanceEvent = {
  type: 'RemittanceWithdrawn',
  data: { ...OF, remittance: REMITTANCE, reason: 'twice', by: 'bea' },
  occurredAt: AT,
};

function proposed(said: Partial<ProposeRemittance> = {}) {
  const { type: _type, of, today: _today, last: _last, payer: _payer, ...rest } = propose(said);
  const { receivedAt, ...declared } = rest;
  return {
    type: 'RemittanceProposed',
    data: { ...of, ...declared },
    occurredAt: receivedAt,
  } as const;
}

function remitted(said: Partial<ProposeRemittance> = {}) {
  const before = remittances.evolve(remittances.initial, proposed(said)) satisfies Remittances;
  const answer = remittances.decide(approve('bea'), before);
  const event = 'rejected' in answer ? undefined : answer.events[0];
  if (event?.type !== 'TaxRemitted') throw new Error('It was not remitted.');
  return event;
}

function leg(side: string, account: string, amount: string) {
  const dimensions = { entity: 'main', programme: '-' };
  return { side, account, amount, asset: 'BRL/2', dimensions };
}

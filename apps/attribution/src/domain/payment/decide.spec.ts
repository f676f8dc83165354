import { specFor } from '@tributary/kernel/testing';
import { amount, day, refunded, retracted } from '../sale/sale.fixture';
import { type NameInvoice, type NoteOrphan, type RetractOrphan, payment } from './decide';
import type { InvoiceNamed, OrphanHandedOver, OrphanNoted } from './events';

const { given } = specFor(payment);

describe('a fact that names only a payment', () => {
  it('waits until somebody names the invoice', () => {
    given().when(note('r1')).then(noted('r1'));
    given(noted('r1'), noted('r2'))
      .when(named('s1'))
      .then(invoice('s1'), handedOver('s1', 'r1'), handedOver('s1', 'r2'));
  });

  it('goes on at once when the invoice is known', () => {
    given(invoice('s1')).when(note('r1')).then(noted('r1'), handedOver('s1', 'r1'));
  });

  it('goes to every invoice that was named, so that the order of naming decides nothing', () => {
    given(noted('r1'), invoice('s1'), handedOver('s1', 'r1'))
      .when(named('s2'))
      .then(invoice('s2'), handedOver('s2', 'r1'));
  });

  it('is handed over once, however often it and the invoice are told', () => {
    given(noted('r1'), invoice('s1'), handedOver('s1', 'r1')).when(note('r1')).thenNothing();
    given(noted('r1'), invoice('s1'), handedOver('s1', 'r1')).when(named('s1')).thenNothing();
  });

  it('is followed by what takes it back, also when that came first', () => {
    given(backNoted(), noted('r1'))
      .when(named('s1'))
      .then(invoice('s1'), backHandedOver('s1'), handedOver('s1', 'r1'));
    given(invoice('s1')).when(takenBack()).then(backNoted(), backHandedOver('s1'));
  });

  it('goes on in steps where many wait', () => {
    const names = Array.from({ length: 7 }, (_, i) => `r${i}`);
    const waiting = names.map(noted);
    const first = names.slice(0, 5).map((name) => handedOver('s1', name));
    given(...waiting)
      .when(named('s1'))
      .then(invoice('s1'), ...first);
    given(...waiting, invoice('s1'), ...first)
      .whenStepping()
      .then(handedOver('s1', 'r5'), handedOver('s1', 'r6'));
  });
});

const PAYMENT = 'p1';
const AT = day(12);

const factOf = (name: string) => refunded(name, AT, amount(10)).fact;
const backOf = () => {
  const { retracted: key, by, why, at } = retracted(refunded('r1', AT, amount(10)));
  return { retracted: key, by, why, at };
};

function note(name: string): NoteOrphan {
  return { type: 'NoteOrphan', payment: PAYMENT, fact: factOf(name), supersedes: null };
}

function noted(name: string): OrphanNoted {
  const orphan = { fact: factOf(name), supersedes: null };
  return { type: 'OrphanNoted', data: { payment: PAYMENT, orphan }, occurredAt: AT };
}

function handedOver(sale: string, name: string): OrphanHandedOver {
  const orphan = { fact: factOf(name), supersedes: null };
  return { type: 'OrphanHandedOver', data: { payment: PAYMENT, sale, orphan }, occurredAt: AT };
}

function named(sale: string): NameInvoice {
  return { type: 'NameInvoice', payment: PAYMENT, sale, at: AT };
}

function invoice(sale: string): InvoiceNamed {
  return { type: 'InvoiceNamed', data: { payment: PAYMENT, sale }, occurredAt: AT };
}

function takenBack(): RetractOrphan {
  return { type: 'RetractOrphan', payment: PAYMENT, ...backOf() };
}

function backNoted(): OrphanNoted {
  const orphan = { retraction: backOf() };
  return {
    type: 'OrphanNoted',
    data: { payment: PAYMENT, orphan },
    occurredAt: orphan.retraction.at,
  };
}

function backHandedOver(sale: string): OrphanHandedOver {
  const orphan = { retraction: backOf() };
  const data = { payment: PAYMENT, sale, orphan };
  return { type: 'OrphanHandedOver', data, occurredAt: orphan.retraction.at };
}

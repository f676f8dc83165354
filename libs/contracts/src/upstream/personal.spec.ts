import { type JsonObject, sha256Hex } from '@tributary/kernel';
import { IDENTIFIER_TYPES, IDENTITY_LINKED } from './identity';
import { INVOICE_PAID, invoicePaid } from './invoices';
import { LEAD_REGISTERED, LEAD_UPDATED, leadRegistered } from './leads';
import { CSAT_RECORDED, TRAINING_COMPLETED, csatRecorded, trainingCompleted } from './measures';
import {
  type PersonalPlace,
  mapPersonal,
  personalAround,
  personalIn,
  subjectOf,
  withPersonal,
} from './personal';
import { TOUCH_REFERRAL, touchReferral } from './touches';

describe('replacing what is personal before anything is kept', () => {
  it('exchanges references and hashes under their kind and shares the rest', () => {
    const data = invoicePaid.example.data as unknown as JsonObject;
    const mapped = mapPersonal(INVOICE_PAID, data, pseudonym);
    expect(mapped).toEqual({ ...data, customerRef: 'customer:cus-4711' });
    expect(mapped['lines']).toBe(data['lines']);
    expect(data['customerRef']).toBe('cus-4711');
  });

  it('seals a contact under the lead, and exchanges a tax id as the hash that others would send', () => {
    const data = leadRegistered.example.data as unknown as JsonObject;
    const hash = sha256Hex('12345678000195');
    expect(mapPersonal(LEAD_REGISTERED, data, pseudonym)).toEqual({
      ...data,
      leadRef: 'lead:lead-801',
      company: { name: 'Acme Ltda', domain: 'acme.example', taxId: `tax:${hash}` },
      pii: { contactName: { sealed: 'Ana Souza' }, contactEmail: { sealed: 'ana@acme.example' } },
    });
    expect(subjectOf(LEAD_REGISTERED, data)).toEqual({ kind: 'lead', value: 'lead-801' });
    expect(subjectOf(LEAD_UPDATED, { leadRef: 'lead-9' })).toEqual({
      kind: 'lead',
      value: 'lead-9',
    });
  });

  it('finds what lies deeper, and says where', () => {
    const places = placesIn(TOUCH_REFERRAL, touchReferral.example.data);
    expect(places).toMatchObject([
      { how: 'exchange', kind: 'email', path: ['prospect', 'emailHash'] },
    ]);
  });

  it('exchanges an identifier under its own type, and keeps those that lead to no person', () => {
    const kinds = IDENTIFIER_TYPES.map((type) => {
      const data = { from: { type, value: 'x' }, to: { type: 'order', value: 'y' }, basis: 'b' };
      return placesIn(IDENTITY_LINKED, data).map((place) => 'kind' in place && place.kind);
    });
    expect(Object.fromEntries(IDENTIFIER_TYPES.map((type, i) => [type, kinds[i]]))).toEqual({
      visitor: ['visitor'],
      click: [],
      email: ['email'],
      lead: ['lead'],
      account: [],
      customer: ['customer'],
      company: [],
      order: [],
      deal: [],
    });
  });

  it('leaves a fact without anything personal as it is, and one that lacks optional fields too', () => {
    const training = trainingCompleted.example.data as unknown as JsonObject;
    expect(mapPersonal(TRAINING_COMPLETED, training, pseudonym)).toBe(training);
    const { customerRef: _left, ...anonymous } = csatRecorded.example.data;
    expect(placesIn(CSAT_RECORDED, anonymous)).toEqual([]);
    expect(subjectOf(TRAINING_COMPLETED, training)).toBeUndefined();
  });

  it('exchanges what names a customer around the data as well', () => {
    const event = { ...invoicePaid.example, subject: 'cus-4711', partitionkey: 'cus-4711' };
    const found = personalAround(event);
    expect(withPersonal(event, found, found.map(pseudonym))).toEqual({
      ...event,
      subject: 'customer:cus-4711',
      partitionkey: 'customer:cus-4711',
    });
    expect(event.subject).toBe('cus-4711');
  });

  it('puts values back into their places alone, and shares what lies beside them', () => {
    const data = leadRegistered.example.data as unknown as JsonObject;
    const found = personalIn(LEAD_REGISTERED, data);
    const before = structuredClone(data);
    const after = withPersonal(data, found, ['a', 'b', 'c', 'd']);
    expect(found.map(({ path }) => path.join('.'))).toEqual([
      'leadRef',
      'company.taxId',
      'pii.contactName',
      'pii.contactEmail',
    ]);
    expect(after).toMatchObject({
      leadRef: 'a',
      company: { name: 'Acme Ltda', taxId: 'b' },
      pii: { contactName: 'c', contactEmail: 'd' },
    });
    expect(data).toEqual(before);
    expect(withPersonal(data, [], [])).toBe(data);
  });
});

function pseudonym(place: PersonalPlace) {
  return place.how === 'seal' ? { sealed: place.value } : `${place.kind}:${place.value}`;
}

function placesIn(type: string, data: object): PersonalPlace[] {
  return [...personalIn(type, data as JsonObject)];
}

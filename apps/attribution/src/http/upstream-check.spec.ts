import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import {
  FACT_RETRACTED,
  INVOICE_PAID,
  TRAINING_COMPLETED_EXAMPLE,
  UPSTREAM_TYPES,
  csatRecorded,
  customerSignedUp,
  dealWon,
  factRetracted,
  identityLinked,
  invoicePaid,
  invoiceVoided,
  leadRegistered,
  marketplaceOrder,
  paymentRefunded,
  touchClick,
  usageReported,
} from '@tributary/contracts';
import { SchemasController } from './schemas.controller';
import { checkUpstreamEvent } from './upstream-check';
import { mistakesWith, put, without } from './upstream-check.fixture';

const role = { partnerRef: 'northwind', role: 'source' };
const nps = {
  partnerRef: 'northwind',
  responseRef: 'r',
  instrument: 'nps',
  scale: { min: '-100', max: '100' },
  value: '-12.5',
};

describe('looking at what upstream has sent', () => {
  it.each([...UPSTREAM_TYPES])(
    'takes the worked example of %s, also off a wire',
    (_, { example }) => {
      expect(checkUpstreamEvent(example)).toEqual({ valid: example });
      const sent: unknown = JSON.parse(JSON.stringify(example));
      expect(checkUpstreamEvent(sent)).toEqual({ valid: sent });
    },
  );

  it.each([...UPSTREAM_TYPES])('points at each mistake in %s', (_, { schema, example }) => {
    const mistakes = [...mistakesWith(example, schema)];
    const missed = mistakes.filter(({ event, pointer, code }) => {
      const checked = checkUpstreamEvent(event);
      const errors = 'errors' in checked ? checked.errors : [];
      return !errors.some((error) => error.pointer === pointer && error.code === code);
    });
    expect(missed.map(({ what, pointer, code }) => ({ what, pointer, code }))).toEqual([]);
    expect(mistakes.length).toBeGreaterThan(20);
  });

  const training = TRAINING_COMPLETED_EXAMPLE;
  const roles = ['data', 'partnerRoles'];
  const line = ['data', 'lines', 0];
  const landing = ['data', 'landingUrl'];
  it.each<[string, unknown, string, string]>([
    ['nothing at all', null, '', 'wrong_type'],
    [
      'a type that nobody takes',
      put(training, ['type'], 'tributary.rumour.v1'),
      '/type',
      'unknown_type',
    ],
    [
      'a day that no calendar has',
      put(training, ['time'], '2026-02-30T14:30:00Z'),
      '/time',
      'wrong_format',
    ],
    [
      'a second that we do not count',
      put(training, ['time'], '2016-12-31T23:59:60Z'),
      '/time',
      'invalid_instant',
    ],
    [
      'such a second in the data',
      put(invoicePaid.example, ['data', 'paidAt'], '2016-12-31T23:59:60Z'),
      '/data/paidAt',
      'invalid_instant',
    ],
    [
      'such a second in a line',
      put(invoicePaid.example, [...line, 'periodEnd'], '2016-12-31T23:59:60Z'),
      '/data/lines/0/periodEnd',
      'invalid_instant',
    ],
    [
      'a programme of another form',
      put(training, ['programid'], 'PRG_AI'),
      '/programid',
      'wrong_format',
    ],
    ['a control character', put(training, ['subject'], 'a\nb'), '/subject', 'invalid_text'],
    ['NUL', put(training, ['data', 'trainingRef'], 'a\0b'), '/data/trainingRef', 'invalid_text'],
    [
      'half a character in a list',
      put(invoicePaid.example, [...line, 'lineRef'], '\ud800'),
      '/data/lines/0/lineRef',
      'invalid_text',
    ],
    [
      'a currency that is none',
      put(invoicePaid.example, ['data'], inCurrency('XXX')),
      '/data/currency',
      'unknown_currency',
    ],
    [
      'an asset that is none',
      put(invoicePaid.example, ['data', 'asset'], 'BEER/2'),
      '/data/asset',
      'unknown_asset',
    ],
    [
      'a wrong exponent',
      put(invoicePaid.example, ['data', 'asset'], 'JPY/2'),
      '/data/asset',
      'wrong_exponent',
    ],
    [
      'an asset and a currency',
      put(invoicePaid.example, ['data', 'currency'], 'BRL'),
      '/data/currency',
      'not_both',
    ],
    [
      'a value without a currency',
      without(leadRegistered.example, ['data', 'asset']),
      '/data/asset',
      'required',
    ],
    [
      'a line that is there twice',
      put(invoicePaid.example, ['data', 'lines', 1, 'lineRef'], '1'),
      '/data/lines/1/lineRef',
      'not_unique',
    ],
    [
      'a net that does not add up',
      put(invoicePaid.example, [...line, 'net'], '150001'),
      '/data/lines/0/net',
      'net_mismatch',
    ],
    [
      'an order that does not add up',
      put(marketplaceOrder.example, [...line, 'tax'], '1'),
      '/data/lines/0/net',
      'net_mismatch',
    ],
    [
      'a line that ends before it starts',
      put(invoicePaid.example, [...line, 'periodEnd'], '2026-02-28T23:00:00-03:00'),
      '/data/lines/0/periodEnd',
      'ends_before_start',
    ],
    [
      'use that ends before it starts',
      put(usageReported.example, ['data', 'periodEnd'], '2026-03-01T00:00:00+14:00'),
      '/data/periodEnd',
      'ends_before_start',
    ],
    [
      'a refund of lines and an amount',
      put(paymentRefunded.example, ['data', 'lines'], [{ lineRef: '1', net: '1', tax: '0' }]),
      '/data/amount',
      'not_both',
    ],
    [
      'more tax than was given back',
      put(paymentRefunded.example, ['data', 'taxAmount'], '21990'),
      '/data/taxAmount',
      'out_of_range',
    ],
    [
      'roles that are no whole',
      put(dealWon.example, [...roles, 0, 'bp'], 6_001),
      '/data/partnerRoles',
      'split_not_whole',
    ],
    [
      'a role without a share',
      put(dealWon.example, [...roles, 2], { partnerRef: 'c', role: 'x' }),
      '/data/partnerRoles',
      'split_not_whole',
    ],
    [
      'a role that is there twice',
      put(dealWon.example, roles, [role, role]),
      '/data/partnerRoles/1',
      'not_unique',
    ],
    [
      'an answer outside its scale',
      put(csatRecorded.example, ['data', 'value'], '5.000001'),
      '/data/value',
      'out_of_range',
    ],
    [
      'a scale without a width',
      put(csatRecorded.example, ['data', 'scale', 'max'], '1.0'),
      '/data/scale/max',
      'out_of_range',
    ],
    [
      'an address in the clear',
      put(identityLinked.example, ['data', 'from'], { type: 'email', value: 'a@b.example' }),
      '/data/from/value',
      'forbidden_field',
    ],
    [
      'a link to itself',
      put(identityLinked.example, ['data', 'to'], { type: 'visitor', value: 'v-5f1c2a' }),
      '/data/to',
      'same_identifier',
    ],
    [
      'a user in an address',
      put(touchClick.example, landing, 'https://ana:pw@shop.example/'),
      '/data/landingUrl',
      'user_info',
    ],
    [
      'a long query',
      put(touchClick.example, landing, `https://shop.example/?${'a'.repeat(501)}#b`),
      '/data/landingUrl',
      'query_too_long',
    ],
    [
      'a link and a partner',
      put(touchClick.example, ['data', 'partnerRef'], 'northwind'),
      '/data/linkId',
      'not_both',
    ],
    [
      'a tax id where a hash is asked for',
      put(customerSignedUp.example, ['data', 'tax_id'], '12.345'),
      '/data/tax_id',
      'forbidden_field',
    ],
    [
      'an address of a line',
      put(invoicePaid.example, [...line, 'E-Mail'], 'a@b.example'),
      '/data/lines/0/E-Mail',
      'forbidden_field',
    ],
    ['a void of nothing', put(invoiceVoided.example, ['data'], {}), '/data/invoiceRef', 'required'],
    [
      'a fact that supersedes itself',
      put(usageReported.example, ['id'], 'usage-2026-03-a'),
      '/data/supersedes',
      'own_identity',
    ],
    [
      'a fact that retracts itself',
      put(factRetracted.example, ['id'], 'pay-1001-paid'),
      '/data/id',
      'own_identity',
    ],
  ])('says where %s is wrong', (_, value, pointer, code) => {
    const checked = checkUpstreamEvent(value);
    expect('errors' in checked && checked.errors[0]).toMatchObject({ pointer, code });
  });

  it.each<[string, object]>([
    ['a currency instead of the asset', put(invoicePaid.example, ['data'], inCurrency('JPY'))],
    ['a withdrawn currency with its digits', put(invoicePaid.example, ['data', 'asset'], 'BGN/2')],
    ['a quantity as a number', put(invoicePaid.example, [...line, 'quantity'], 3)],
    [
      'an invoice of nothing',
      put(invoicePaid.example, ['data', 'lines'], [amounts('0', '0', '0', '0')]),
    ],
    [
      'a proration',
      put(invoicePaid.example, ['data', 'lines'], [amounts('-110', '-10', '-9', '-91')]),
    ],
    ['roles without shares', put(dealWon.example, roles, [role])],
    [
      'the five fields to start with',
      put(customerSignedUp.example, ['data'], { customerRef: 'c' }),
    ],
    ['an answer on another scale', put(csatRecorded.example, ['data'], nps)],
    [
      'an address of a schema on our host',
      put(invoicePaid.example, ['dataschema'], 'https://api.example/v1/schemas/invoice.paid.v1'),
    ],
  ])('takes %s', (_, event) => {
    expect(checkUpstreamEvent(event)).toEqual({ valid: event });
  });

  it('says what to send instead, and says it once', () => {
    const checked = checkUpstreamEvent(
      put(customerSignedUp.example, ['data', 'email'], 'a@b.example'),
    );
    expect(checked).toEqual({
      errors: [expect.objectContaining({ detail: expect.stringContaining('emailHash') })],
    });
  });

  it.each(['id', 'correlationid', 'causationid', 'actor'])(
    'keeps no e-mail address in %s, which stays as it was sent',
    (name) => {
      const checked = checkUpstreamEvent({
        ...TRAINING_COMPLETED_EXAMPLE,
        [name]: 'anna@shop.example',
      });
      expect(checked).toMatchObject({ errors: [{ pointer: `/${name}`, code: 'personal_data' }] });
    },
  );

  it('names everything that is missing at once', () => {
    const checked = checkUpstreamEvent(put(touchClick.example, ['data'], { consent: 1 }));
    const errors = 'errors' in checked ? checked.errors : [];
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/data/clickId', 'required'],
      ['/data/visitorId', 'required'],
      ['/data/consent', 'wrong_type'],
      ['/data/partnerRef', 'required'],
    ]);
  });

  it('names no more mistakes than a person can read', () => {
    const lines = Array.from({ length: 200 }, (_, i) => ({
      ...amounts('1', '0', '0', '0'),
      lineRef: `${i}`,
    }));
    const checked = checkUpstreamEvent(put(invoicePaid.example, ['data', 'lines'], lines));
    expect('errors' in checked && checked.errors).toHaveLength(50);
  });
});

describe('showing what may be sent', () => {
  const controller = new SchemasController();

  it.each([...UPSTREAM_TYPES])(
    'serves a schema of %s that says the same to others',
    (type, fact) => {
      const theirs = new Ajv2020({ strict: false });
      addFormats(theirs);
      const validate = theirs.compile(controller.find(type.slice('tributary.'.length)));
      expect(validate(fact.example.data)).toBe(true);
      const disagreed = [...mistakesWith(fact.example, fact.schema)].filter(({ event }) => {
        const { data = fact.example.data } = event as { data?: object };
        const ours = 'valid' in checkUpstreamEvent({ ...fact.example, data });
        return validate(data) !== ours;
      });
      expect(disagreed).toEqual([]);
    },
  );

  it('lists every type with an example, and serves its schema with the marks', () => {
    const { types } = controller.list();
    expect(types.map(({ type }) => type)).toEqual([...UPSTREAM_TYPES.keys()]);
    for (const { dataschema } of types) {
      const schema = controller.find(dataschema.slice('/v1/schemas/'.length));
      expect(schema).toMatchObject({
        $id: dataschema,
        'x-forbidden': { email: expect.any(String) },
      });
    }
    expect(controller.find(INVOICE_PAID.slice('tributary.'.length))).toMatchObject({
      properties: { customerRef: { 'x-data': 'protected', 'x-exchange': 'customer' } },
    });
    expect(types.at(-1)?.type).toBe(FACT_RETRACTED);
  });
});

function inCurrency(currency: string): object {
  const { asset: _left, ...data } = invoicePaid.example.data;
  return { ...data, currency };
}

function amounts(gross: string, discount: string, tax: string, net: string): object {
  return { lineRef: '1', productRef: 'p', quantity: '1', gross, discount, tax, net };
}

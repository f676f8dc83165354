import { balanceOf, type BankState } from './state';
import { advance } from './advance';
import { ACCOUNT, bank, bankPaying, fileOf, NOON, pix, ted, TODAY } from './remittance.fixture';
import { receive } from './receive';
import { returnFile, returnFileAgain } from './return-file';
import { SandboxBank } from './sandbox-bank';
import { scenarioOf } from './scenario';

const LATER = '2026-05-15';
const script = (then: object, when: object = {}) => ({ rules: [{ when, then }] });
const booked = ({ lines }: BankState) =>
  lines.map(({ bookedOn, side, amountMinor, kind }) => [bookedOn, side, amountMinor, kind]);
const spent = (state: BankState) => BigInt(state.openingMinor) - balanceOf(state);

/** Everything the bank has said since, by item: the letters in order. */
function said(state: BankState): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let next = returnFile(state); next.file !== null; next = returnFile(next.state))
    for (const line of new TextDecoder().decode(next.file.bytes).split('\r\n'))
      if (line[13] === 'A') (found[line.slice(73, 93).trim()] ??= []).push(line.slice(230).trim());
  return found;
}

describe('taking a file of payments', () => {
  it('pays a PIX on its day, also on a Sunday', () => {
    const state = bankPaying({}, [pix('NOW'), pix('SUNDAY', { payOn: '2026-04-19' })]);
    expect(booked(state)).toEqual([[TODAY, 'debit', '10000', 'payment']]);
    expect(booked(advance(state, '2026-04-19'))).toHaveLength(2);
    expect(said(advance(state, LATER))).toEqual({ NOW: ['BD', '00'], SUNDAY: ['BD', '00'] });
  });

  it('pays a TED on the next banking day', () => {
    const state = bankPaying({ holidays: ['2026-04-20'] }, [ted('ONE', { payOn: '2026-04-18' })]);
    expect(booked(advance(state, LATER))).toEqual([['2026-04-21', 'debit', '10000', 'payment']]);
  });

  it('takes a sequence once, and never one that went back', () => {
    const state = receive(bank(), fileOf(5, [ted('ONE')]), NOON).state;
    const again = receive(state, fileOf(5, [ted('TWO')]), NOON);
    expect(again.received).toMatchObject({
      outcome: 'refused',
      faults: [{ code: 'sequence_seen' }],
    });
    expect(receive(state, fileOf(4, [ted('TWO')]), NOON).received).toMatchObject({
      faults: [{ code: 'sequence_went_back' }],
    });
    // A refusal of what was taken must not be answered: whoever reads it would think that nothing was paid.
    expect(again.state).toEqual(state);
  });

  it('leaves everything as it was when it refuses', () => {
    const before = bank();
    const { state, received } = receive(before, fileOf(5, [ted('ONE'), ted('ONE')]), NOON);
    expect(received).toMatchObject({ outcome: 'refused', sequence: 5 });
    expect({ ...state, refused: [] }).toEqual(before);
    expect(receive(state, fileOf(5, [ted('ONE')]), NOON).received.outcome).toBe('taken');
  });

  it.each<[string, ReturnType<typeof ted>, string]>([
    ['of nothing', ted('X', { amountMinor: '0' }), 'AR'],
    ['on a day that is over', ted('X', { payOn: '2026-04-14' }), 'AP'],
    ['to nobody', ted('X', { name: '' }), 'AO'],
    ['to a document with wrong digits', ted('X', { document: '52998224726' }), 'BI'],
    ['by TED to its own bank', pix('X', { key: ['02', 'no address'] }), 'AN'],
    ['to no branch', ted('X', { account: '00000 000000012345 6' }), 'AM'],
    ['to no account', ted('X', { account: '04321 000000000000 6' }), 'AN'],
    ['to no bank', ted('X', { bank: '000' }), 'AL'],
  ])('rejects a payment %s and pays the others', (_, asked, code) => {
    const other = asked.key === undefined ? ted('GOOD') : pix('GOOD');
    const state = bankPaying({}, [asked, other]);
    expect(said(state)).toEqual({ X: [code], GOOD: ['BD', '00'] });
    expect(spent(state)).toBe(10_000n);
  });

  it('pays until there is no money left', () => {
    const state = bankPaying({}, [ted('RICH', { amountMinor: '999999' }), ted('POOR')]);
    expect(said(state)).toEqual({ RICH: ['BD', '00'], POOR: ['BD', 'SS'] });
    expect(balanceOf(state)).toBe(1n);
  });
});

describe('following a scenario', () => {
  it.each<[string, object, string[], bigint]>([
    ['rejects', { kind: 'rejected', codes: ['AN', 'TI'] }, ['ANTI'], 0n],
    [
      'pays and gives back',
      { kind: 'returned', afterDays: 2, reason: 'AC04' },
      ['BD', '00', 'DV'],
      0n,
    ],
    ['delays', { kind: 'delayed', days: 3 }, ['BD', '00'], 10_000n],
    ['pays twice', { kind: 'duplicated' }, ['BD', '00'], 20_000n],
    [
      'pays twice and notices',
      { kind: 'duplicated', correctedAfterDays: 2 },
      ['BD', '00'],
      10_000n,
    ],
    ['answers in unknown letters', { kind: 'unknown', code: 'QQ' }, ['QQ'], 0n],
    [
      'answers in unknown letters and pays',
      { kind: 'unknown', code: 'QQ', booked: true },
      ['QQ'],
      10_000n,
    ],
    ['claims to have paid', { kind: 'claimed_only' }, ['BD', '00'], 0n],
    ['forgets', { kind: 'silent' }, ['BD'], 0n],
    ['books a cent too little', { kind: 'misbooked', byMinor: '-1' }, ['BD', '00'], 9_999n],
    ['rejects and pays', { kind: 'rejected_but_booked', codes: ['AN'] }, ['AN'], 10_000n],
  ])('%s', (_, then, codes, cost) => {
    const state = advance(
      bankPaying(script(then, { item: 'ONE' }), [ted('ONE'), ted('TWO')]),
      LATER,
    );
    expect(said(state)).toEqual({ ONE: codes, TWO: ['BD', '00'] });
    expect(spent(state)).toBe(cost + 10_000n);
  });

  it.each<[string, object]>([
    ['the payee', { payee: 'MARIA' }],
    ['the amount', { amountMinor: '10000', method: 'ted' }],
    ['the document', { document: '52998224725' }],
    ['the place in a file', { sequence: 1, place: 1 }],
  ])('knows a payment by %s', (_, when) => {
    const state = bankPaying(script({ kind: 'silent' }, when), [
      ted('ONE'),
      ted('TWO', { amountMinor: '5', name: 'JOSE', document: '12ABC34501DE35' }),
    ]);
    expect(state.lines.map(({ item }) => item)).toEqual(['TWO']);
  });

  it('charges per payment and once per file', () => {
    const fees = { perPaymentMinor: '150', perFileMinor: '900' };
    const late = script({ kind: 'delayed', days: 1 }, { item: 'TWO' });
    const state = advance(bankPaying({ ...late, fees }, [ted('ONE'), ted('TWO')]), LATER);
    expect(booked(state).filter(([, , , kind]) => kind === 'fee')).toEqual([
      [TODAY, 'debit', '150', 'fee'],
      [TODAY, 'debit', '900', 'fee'],
      ['2026-04-16', 'debit', '150', 'fee'],
    ]);
  });

  it('books a file as one debit, in parts where a part is late', () => {
    const late = script({ kind: 'delayed', days: 1 }, { item: 'TWO' });
    const asked = [ted('ONE'), ted('TWO'), ted('THREE')];
    const state = advance(bankPaying({ ...late, booking: 'batch' }, asked), LATER);
    expect(
      state.lines.map(({ amountMinor, batch }) => [
        amountMinor,
        batch?.parts.map(({ item }) => item),
      ]),
    ).toEqual([
      ['20000', ['ONE', 'THREE']],
      ['10000', ['TWO']],
    ]);
  });

  it('refuses what it does not understand', () => {
    const wrong = [
      { rules: [{ when: { colour: 'red' }, then: { kind: 'paid' } }] },
      script({ kind: 'lost' }),
      { booking: 'none' },
    ];
    for (const one of wrong) expect(() => scenarioOf(one)).toThrow('Not a scenario');
  });
});

describe('answering with return files', () => {
  it('says everything once, and the same again when asked', () => {
    const held = new SandboxBank(bankPaying({}, [pix('ONE')]));
    const first = held.returnFiles();
    expect(first.map(({ name, sequence }) => [name, sequence])).toEqual([
      ['RETORNO000001.RET', 1],
      ['RETORNO000002.RET', 1],
    ]);
    expect(held.returnFiles()).toEqual([]);
    expect(held.returnFileAgain(2)).toEqual(first[1]);
    expect(returnFileAgain(held.state, 3)).toBeNull();
  });

  it('gives the bank number, day, amount and authentication of what was paid', () => {
    const { state } = returnFile(bankPaying({}, [ted('ONE', { amountMinor: '12345' })]));
    const lines = new TextDecoder().decode(returnFile(state).file?.bytes).split('\r\n');
    expect(lines.map((line) => line.length)).toEqual([240, 240, 240, 240, 240, 240, 0]);
    const [header = '', , a = '', z = '', lot = '', trailer = ''] = lines;
    expect(header.slice(142, 163)).toBe('215042026200000000001');
    expect([a.slice(134, 149), a.slice(154, 177), a.slice(230, 232)]).toEqual([
      '000000000001   ',
      '15042026000000000012345',
      '00',
    ]);
    expect([z[13], z.slice(78, 98).trim(), z.slice(103, 118)]).toEqual([
      'Z',
      'ONE',
      '000000000001   ',
    ]);
    expect([lot.slice(17, 41), trailer.slice(17, 29)]).toEqual([
      '000004000000000000012345',
      '000001000006',
    ]);
  });

  it('tells that a file was refused whole, under its sequence', () => {
    const { state } = receive(bank({ refusedSequences: [9] }), fileOf(9, [ted('ONE')]), NOON);
    const { file } = returnFile(state);
    const [header = '', trailer = ''] = new TextDecoder().decode(file?.bytes).split('\r\n');
    expect([
      file?.sequence,
      header.length,
      header.slice(157, 163),
      header.slice(230).trim(),
    ]).toEqual([9, 240, '000009', 'HM']);
    expect(trailer.slice(17, 29)).toBe('000000000002');
    expect(header.slice(18, 32)).toBe(ACCOUNT.document);
  });
});

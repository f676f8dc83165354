import { specFor } from '@tributary/kernel/testing';
import {
  FILE_A,
  FILE_B,
  HASH,
  RAIL,
  RUN,
  answer,
  answered,
  approveVoid,
  exported,
  files,
  listed,
  listing,
  noteReturn,
  numbered,
  proposeVoid,
  registered,
  returnRead,
  returnReadOf,
  said,
  voidProposed,
  voided,
} from './file.fixture';
import type { FileCommand } from './file-commands';
import type { FileEvent } from './file-events';
import {
  AMOUNT_DIFFERS,
  CONTRADICTS,
  FILE_UNNAMED,
  evolveFile,
  initialFiles,
  itemsSettled,
} from './files';

const { given } = specFor(files);
const A = listing('ITEM0000000000A', '100');
const B = listing('ITEM0000000000B', '250');
const whole = { chunk: 0, last: true };
const sent: readonly FileEvent[] = [
  registered,
  numbered(FILE_A, 1, 2, '350'),
  listed(FILE_A, 1, whole, A, B),
  exported(FILE_A, 1, 2, '350'),
];

describe('noting what the bank answers', () => {
  const read = [...sent, returnRead];

  it('reads the same bytes once', () => {
    given(...sent)
      .when(noteReturn)
      .then(returnRead);
    given(...read)
      .when(noteReturn)
      .thenNothing();
  });

  it('notes each answer, and which references are not ours', () => {
    const news = [said(A.item, 'accepted', { bankReference: '77' }), said(B.item, 'rejected')];
    given(...read)
      .when(answer(0, ...news, said('STRANGER0000000', 'claimed_paid')))
      .then(answered(0, news, ['STRANGER0000000']));
  });

  it('notes a chunk once', () =>
    given(...read, answered(0, [said(A.item, 'accepted')]))
      .when(answer(0, said(A.item, 'rejected')))
      .thenNothing());

  it('notes nothing that it knows, nor what is behind', () => {
    const paid = answered(0, [said(A.item, 'claimed_paid')]);
    given(...read, paid)
      .when(answer(1, said(A.item, 'claimed_paid'), said(A.item, 'accepted')))
      .thenNothing();
  });

  it('believes no answer about another amount', () => {
    const codes = ['XX', AMOUNT_DIFFERS];
    given(...read)
      .when(answer(0, said(A.item, 'claimed_paid', { amount: '99' })))
      .then(answered(0, [said(A.item, 'unknown', { codes })]));
  });

  it('believes neither of two answers of which one must be wrong', () => {
    const codes = ['XX', CONTRADICTS];
    given(...read, answered(0, [said(A.item, 'rejected')]))
      .when(answer(1, said(A.item, 'accepted')))
      .then(answered(1, [said(A.item, 'unknown', { codes })]));
    given(...read, answered(0, [said(A.item, 'claimed_paid')]))
      .when(answer(1, said(A.item, 'rejected')))
      .then(answered(1, [said(A.item, 'unknown', { codes })]));
  });

  it('notes that a payment was sent back after it was called paid', () => {
    const back = [said(A.item, 'returned')];
    given(...read, answered(0, [said(A.item, 'claimed_paid')]))
      .when(answer(1, ...back))
      .then(answered(1, back));
  });

  it('refuses answers of a file that nobody read', () =>
    given(...sent)
      .when(answer(0, said(A.item, 'accepted')))
      .thenRejected({ code: 'return_unknown' }));
});

describe('noting what the bank answers about a file that was voided', () => {
  const taken = ['accepted', 'claimed_paid', 'returned', 'unknown'] as const;
  const gone = [...sent, voidProposed(FILE_A, 1), voided(FILE_A, 1)];
  const again: readonly FileEvent[] = [
    ...gone,
    numbered(FILE_B, 2, 1, '100'),
    listed(FILE_B, 2, whole, A),
    exported(FILE_B, 2, 1, '100'),
  ];
  const inReturn = (hash: string, event: FileEvent): FileEvent =>
    ({ ...event, data: { ...event.data, return: hash } }) as FileEvent;
  const doubted = (doubt: string, file = FILE_A) =>
    answered(0, [said(A.item, 'unknown', { codes: ['XX', doubt] })], [], file);

  it('rejects nothing of the file that took its place', () =>
    given(...again, returnReadOf(1))
      .when(answer(0, said(A.item, 'rejected')))
      .thenNothing());

  it('rejects an item of the file that took its place where the bank names that one', () =>
    given(...again, returnReadOf(2))
      .when(answer(0, said(A.item, 'rejected')))
      .then(answered(0, [said(A.item, 'rejected')], [], FILE_B)));

  it.each([null, 9])('knows of no rejection of which of two files it is: %s', (sequence) =>
    given(...again, returnReadOf(sequence))
      .when(answer(0, said(A.item, 'rejected')))
      .then(doubted(FILE_UNNAMED, FILE_B)),
  );

  it('takes what is no rejection for the file that it stands in, where the bank names none', () =>
    given(...again, returnReadOf(null))
      .when(answer(0, said(A.item, 'accepted')))
      .then(answered(0, [said(A.item, 'accepted')], [], FILE_B)));

  it.each(taken)('believes neither the void nor that an item of it is %s', (state) => {
    given(...again, returnReadOf(1))
      .when(answer(0, said(A.item, state)))
      .then(doubted(CONTRADICTS));
    given(...gone, returnReadOf(1))
      .when(answer(0, said(A.item, state)))
      .then(doubted(CONTRADICTS));
  });

  it('rejects nothing that the bank may have paid with the voided file', () => {
    const claimed = [...again, returnReadOf(1), doubted(CONTRADICTS), returnReadOf(2, HASH)];
    const accepted = inReturn(HASH, answered(0, [said(A.item, 'accepted')], [], FILE_B));
    const rejected = { ...answer(1, said(A.item, 'rejected')), return: HASH } as FileCommand;
    const doubt = [said(A.item, 'unknown', { codes: ['XX', CONTRADICTS] })];
    given(...claimed)
      .when(rejected)
      .thenNothing();
    given(...claimed, accepted)
      .when(rejected)
      .then(inReturn(HASH, answered(1, doubt, [], FILE_B)));
  });

  it('notes nothing of a rejection that the void has said', () =>
    given(...gone, returnReadOf(1))
      .when(answer(0, said(A.item, 'rejected')))
      .thenNothing());

  it('is told by a rejection that an item of it was not taken after all', () =>
    given(...gone, returnReadOf(1), doubted(CONTRADICTS))
      .when(answer(1, said(A.item, 'rejected')))
      .then(answered(1, [said(A.item, 'rejected')])));
});

describe('declaring an item unpaid', () => {
  const read = [...sent, returnRead];
  const unknown = [...read, answered(0, [said(A.item, 'unknown'), said(B.item, 'accepted')])];
  const of = { rail: RAIL, entity: 'main', asset: 'BRL/2', file: FILE_A, sequence: 1, run: RUN };
  const { item, partner } = A;
  const [evidence, at] = [['letter 4'], registered.occurredAt] as const;
  const propose = (of = item): FileCommand => ({
    ...{ type: 'ProposeItemUnpaid', rail: RAIL, item: of, evidence, by: 'anna', at },
  });
  const approve = (by: string): FileCommand => ({
    ...{ type: 'ApproveItemUnpaid', rail: RAIL, item, by, at },
  });
  const proposed: FileEvent = {
    type: 'ItemUnpaidProposed',
    data: { ...of, item, partner, evidence, by: 'anna' },
    occurredAt: at,
  } as FileEvent;
  const declared: FileEvent = {
    type: 'ItemDeclaredUnpaid',
    data: { ...of, item, partner, evidence, proposedBy: 'anna', by: 'bert' },
    occurredAt: at,
  } as FileEvent;

  it('takes evidence and two persons', () => {
    given(...unknown)
      .when(propose())
      .then(proposed);
    given(...unknown, proposed)
      .when(approve('anna'))
      .thenRejected({ code: 'same_person' });
    given(...unknown, proposed)
      .when(approve('bert'))
      .then(declared);
    given(...unknown)
      .when(approve('bert'))
      .thenRejected({ code: 'no_unpaid_proposed', item });
    expect(
      [...unknown, proposed, declared].reduce(evolveFile, initialFiles).items.get(item),
    ).toEqual({
      file: FILE_A,
      partner,
      amount: '100',
      state: 'rejected',
      bankReference: null,
      settled: false,
      isOwedAgain: true,
    });
  });

  it('begins anew once the bank has said more', () =>
    given(...unknown, proposed, answered(1, [said(item, 'accepted')]))
      .when(approve('bert'))
      .thenRejected({ code: 'no_unpaid_proposed', item }));

  it('is refused of what is rejected or paid, of a file that the bank has not taken, and of strangers', () => {
    given(...sent)
      .when(propose())
      .thenRejected({ code: 'item_unanswered', item });
    given(...read, answered(0, [said(item, 'rejected')]))
      .when(propose())
      .thenRejected({ code: 'item_rejected', item });
    given(...unknown)
      .when(propose('STRANGER0000000'))
      .thenRejected({ code: 'item_unknown', item: 'STRANGER0000000' });
    const paid = itemsSettled(
      [...unknown, proposed].reduce(evolveFile, initialFiles),
      [item],
      true,
    );
    expect(files.decide(approve('bert'), paid)).toEqual({
      rejected: { code: 'item_settled', item },
    });
    // Nothing was said of it, but the bank has the file.
    const silent = [...read, answered(0, [said(B.item, 'accepted')])];
    given(...silent)
      .when(propose())
      .then(proposed);
  });
});

describe('voiding a file that the bank refused whole', () => {
  const proposed = [...sent, voidProposed(FILE_A, 1)];

  it('takes evidence and two persons', () => {
    given(...sent)
      .when(proposeVoid(1))
      .then(voidProposed(FILE_A, 1));
    given(...proposed)
      .when(approveVoid(1))
      .then(voided(FILE_A, 1));
    given(...proposed)
      .when(approveVoid(1, 'anna'))
      .thenRejected({ code: 'same_person' });
    given(...sent)
      .when(approveVoid(1))
      .thenRejected({ code: 'no_void_proposed', sequence: 1 });
  });

  it('is refused for a number that no file has', () =>
    given(...sent)
      .when(proposeVoid(2))
      .thenRejected({ code: 'file_unknown' }));

  it.each(['accepted', 'claimed_paid', 'returned', 'unknown'] as const)(
    'is refused while an item of it is %s, also between the two persons',
    (state) => {
      const news = [returnRead, answered(0, [said(B.item, state)])];
      const rejected = { code: 'void_blocked', sequence: 1, blocking: 1, items: [B.item] } as const;
      given(...sent, ...news)
        .when(proposeVoid(1))
        .thenRejected(rejected);
      given(...proposed, ...news)
        .when(approveVoid(1))
        .thenRejected(rejected);
    },
  );

  it('is not hindered by items that were refused one by one', () =>
    given(...proposed, returnRead, answered(0, [said(A.item, 'rejected')]))
      .when(approveVoid(1))
      .then(voided(FILE_A, 1)));

  it('is refused once a statement shows an item of it, until that match is undone', () => {
    const state = proposed.reduce(evolveFile, initialFiles);
    const settled = itemsSettled(state, [A.item, 'STRANGER0000000'], true);
    expect(files.decide(approveVoid(1), settled)).toMatchObject({
      rejected: { code: 'void_blocked', items: [A.item] },
    });
    const undone = itemsSettled(settled, [A.item], false);
    expect(files.decide(approveVoid(1), undone)).toMatchObject({
      events: [{ type: 'FileVoided' }],
    });
  });

  it('is done once', () =>
    given(...proposed, voided(FILE_A, 1))
      .when(approveVoid(1))
      .thenRejected({ code: 'file_voided', sequence: 1 }));
});

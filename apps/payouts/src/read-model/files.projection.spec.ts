import { happened } from '@tributary/feeds/testing';
import { instant } from '@tributary/kernel';
import { railStreamOf } from '../domain/rail/events';
import { RAIL } from '../domain/rail/file.fixture';
import { AT, RailBook, listed } from '../domain/rail/rail.fixture';
import { paymentFiles } from './files.projection';

type Shown = Readonly<Record<string, unknown>>;

/** Of the payment, what its rows come to. */
function shownOf({ events }: RailBook): Shown {
  const stream = railStreamOf('acme', RAIL);
  const told = events
    .filter(({ type }) => paymentFiles.types.includes(type))
    .map(({ type, data }) => ({ type, data, stream, occurredAt: AT }));
  return happened(...told)
    .flatMap((event) => (paymentFiles.rowsOf(event)['payment_file_item'] ?? []) as readonly Shown[])
    .reduce((shown, row) => ({ ...shown, ...row }), {});
}

describe('what is shown of a payment that people declare unpaid', () => {
  const on = { rail: RAIL, item: 'A', at: instant(AT) } as const;
  const evidence = ['letter'];
  const propose = { type: 'ProposeItemUnpaid', ...on, evidence, by: 'anna' } as const;
  const approve = { type: 'ApproveItemUnpaid', ...on, by: 'bert' } as const;
  const proposal = { evidence, proposedBy: 'anna', proposedAt: AT };
  const declared = { evidence, proposedBy: 'anna', approvedBy: 'bert', declaredAt: AT };
  const doubted = () =>
    RailBook.registered()
      .sends([listed('A')])
      .hears({ item: 'A', answer: 'unknown' });

  it('is a proposal until the bank says more, as the decision has it', () => {
    const book = doubted().tell(propose);
    expect(shownOf(book)).toMatchObject({ unpaid_proposal: proposal, unpaid: null });
    book.hears({ item: 'A', answer: 'accepted' });
    expect(shownOf(book)).toMatchObject({ unpaid_proposal: null, unpaid: null });
    expect(book.tell(approve).rejected).toEqual({ code: 'no_unpaid_proposed', item: 'A' });
  });

  it('is a declaration for good, whatever the bank says then', () => {
    const book = doubted().tell(propose, approve);
    const shown = { unpaid_proposal: null, unpaid: declared };
    expect(shownOf(book)).toMatchObject({ ...shown, answer: 'rejected' });
    book.hears({ item: 'A', answer: 'accepted' });
    expect(shownOf(book)).toMatchObject({ ...shown, answer: 'unknown' });
  });
});

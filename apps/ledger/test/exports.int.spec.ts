import { TestBooks, entryOf } from './books.fixture';
import { bookCheckers } from '@tributary/testing';
import { tell } from './story.fixture';

let books: TestBooks;

beforeAll(async () => {
  books = await TestBooks.open();
  await tell(books);
});

afterAll(() => books.close());

const RANGES = [
  '',
  '&from=2026-03-18&to=2026-04-02',
  '&effective=2026-03-31',
  '&effective=2026-03-01',
  '&from=2026-05-01',
];

describe.each(bookCheckers())(
  'handing the books to $name',
  ({ name, format, missing, complaintsAbout }) => {
    const where = missing === undefined ? it : it.skip;
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    const file = (range = '', entity = 'br') =>
      books.text(`exports?format=${format}&entity=${entity}${range}`);

    where.each(RANGES)(`passes its strictest check, for "%s"${reason}`, async (range) => {
      expect(complaintsAbout(await file(range))).toBe('');
    });

    where(`passes with currencies without digits and text that others chose${reason}`, async () => {
      const text = await file('', 'jp');
      expect(text).toContain('1500 JPY');
      expect(complaintsAbout(text)).toBe('');
    });

    where(`is caught changing one cent of an entry${reason}`, async () => {
      const text = await file();
      const changed = text.replace('100.00 BRL', '100.01 BRL');
      expect(changed).not.toBe(text);
      expect(complaintsAbout(changed)).not.toBe('');
    });

    where(`is caught changing one cent on both sides of an entry${reason}`, async () => {
      const text = await file();
      const start = text.indexOf('CommissionPosted');
      const end = text.indexOf('\n\n', start);
      const entry = text.slice(start, end);
      const changed = entry
        .replace(' 100.00 BRL', ' 100.01 BRL')
        .replace('-100.00 BRL', '-100.01 BRL');
      expect(changed).toContain('-100.01');
      const complaints = complaintsAbout(text.slice(0, start) + changed + text.slice(end));
      expect(complaints.toLowerCase()).toContain('balance');
    });

    where(`is caught deleting any entry, also the last one${reason}`, async () => {
      const blocks = (await file()).split('\n\n');
      const entries = blocks.flatMap((block, i) =>
        /^\S+ \* .*(?:Posted|Fee|Adjusted|Instructed)/.test(block) ? [i] : [],
      );
      expect(entries).toHaveLength(5);
      for (const gone of entries)
        expect(complaintsAbout(blocks.filter((_, i) => i !== gone).join('\n\n'))).not.toBe('');
    });

    it(`gives the same bytes again, also after the log went on, written for ${name}`, async () => {
      const at = `&position=${books.position}`;
      const first = await file(at);
      await books.happen({
        stream: `note-acme.${format}`,
        type: 'NoteTaken',
        at: '2026-05-01T00:00:00Z',
      });
      expect(await file(at)).toBe(first);
      expect(first.endsWith('\n')).toBe(true);
    });
  },
);

describe('handing the books to a spreadsheet or a program', () => {
  it('gives the same rows in both, between what stood before and what stands after', async () => {
    const range = 'entity=br&from=2026-03-19&to=2026-04-02';
    const lines = (await books.text(`exports?format=jsonl&${range}`)).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Record<string, string | null>);
    expect(rows[0]).toMatchObject({
      kind: 'head',
      entity: 'br',
      from: '2026-03-19',
      to: '2026-04-02',
    });
    expect(rows.at(-1)).toEqual({ kind: 'foot', rows: rows.length - 2 });
    const [heading, ...table] = (await books.text(`exports?format=csv&${range}`))
      .trimEnd()
      .split('\r\n');
    const names = (heading ?? '').split(',');
    expect(table.map((line) => line.split(','))).toEqual(
      rows.slice(1, -1).map((row) => names.map((name) => row[name] ?? '')),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({
        kind: 'closing',
        account: 'Expenses:Commission',
        debitMinor: '10250',
        debit: '102.50',
      }),
    );
  });

  it('keeps text of others in its cell', async () => {
    const text = await books.text('exports?format=csv&entity=jp');
    expect(text).toContain(',main,"p2; ""x"" | y, z% [9/99]",,JP,\r\n');
  });

  it('is told where the books stood', async () => {
    const response = await books.ask(
      'exports?format=csv&entity=jp&effective=2026-04-30',
      'auditor',
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-position': String(books.position),
      'x-effective': '2026-04-30',
      'x-parked': '0',
    });
    expect(await response.text()).toContain('closing,2026-04-30');
  });

  it('is refused the same at a position, whatever is booked behind it', async () => {
    const before = `exports?format=csv&entity=new&position=${books.position}`;
    expect((await books.ask(before)).status).toBe(404);
    await books.happen({
      stream: 'rail-acme.bank2',
      type: 'FeeCharged',
      at: '2026-05-02T00:00:00Z',
      data: {
        entry: entryOf('BRL/2', 'new', { 'Expenses:PayoutFees': 1n }, { 'Assets:Cash': 1n }),
      },
    });
    expect((await books.ask('exports?format=csv&entity=new')).status).toBe(200);
    expect((await books.ask(before)).status).toBe(404);
  });
});

describe('exporting more than fits in memory at once', () => {
  it('streams it, and the sums are those of the trial balance', async () => {
    for (let day = 0; day < 120; day++) {
      const at = new Date(Date.UTC(2027, 0, 1 + day)).toISOString();
      const legs = Array.from(
        { length: 10 },
        (_, i) =>
          entryOf(
            'BRL/2',
            'big',
            { 'Expenses:Commission': BigInt(i + 1) },
            { 'Liabilities:Commission:Held': BigInt(i + 1) },
          ).legs,
      ).flat();
      await books.happen({
        stream: 'earnings-acme.p9',
        type: 'CommissionPosted',
        at,
        data: { entry: { legs } },
      });
    }
    const text = await books.text('exports?format=csv&entity=big');
    const legs = text.split('\r\n').filter((line) => line.startsWith('leg,'));
    expect(legs).toHaveLength(2_400);
    expect(text).toContain(
      'closing,2027-04-30,,,,,,,,,,Expenses:Commission,6600,0,66.00,0.00,BRL/2,big',
    );
  });
});

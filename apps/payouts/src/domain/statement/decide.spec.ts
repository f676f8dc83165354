import { specFor } from '@tributary/kernel/testing';
import { march } from './statement.fixture';
import { contentOf } from './content';
import { type WriteStatement, statement, statementsOfMonth } from './decide';
import type { StatementEvent } from './events';
import { partsOf } from './parts';
import type { StatementLine } from './statement-of';
import { ZONE, april, contentOfMarch, headOf } from './statement.fixture';

const { given } = specFor(statement);
const content = contentOfMarch();
const { head, lines, figures } = content;

const write: WriteStatement = { type: 'WriteStatement', head, first: 0, parts: [lines], figures };
const at = head.issuedAt;
const drafted: StatementEvent = { type: 'StatementDrafted', data: head, occurredAt: at };
const listed = (part: number, some: readonly StatementLine[]): StatementEvent => ({
  type: 'StatementLinesListed',
  data: { statement: head.statement, part, lines: some },
  occurredAt: at,
});
const { before: _before, holds: _holds, renderer: _renderer, through: _through, ...of } = head;
const issued: StatementEvent = {
  type: 'StatementIssued',
  data: { ...of, ...figures },
  occurredAt: at,
};

describe('issuing a statement', () => {
  it('drafts, lists and issues it at once', () =>
    given().when(write).then(drafted, listed(0, lines), issued));

  it('goes on where somebody has stopped', () => {
    const [first, ...rest] = lines;
    const half = [first as StatementLine];
    given(drafted, listed(0, half))
      .when({ ...write, parts: [half, rest] })
      .then(listed(1, rest), issued);
  });

  it('takes what does not fit into one append in several', () => {
    const [first, ...rest] = lines;
    const half = [first as StatementLine];
    given()
      .when({ ...write, parts: [half], figures: null })
      .then(drafted, listed(0, half));
    given(drafted, listed(0, half))
      .when({ ...write, first: 1, parts: [rest] })
      .then(listed(1, rest), issued);
  });

  it('never changes once it is issued', () =>
    given(drafted, listed(0, lines), issued)
      .when({ ...write, head: { ...head, through: 2_000 } })
      .thenNothing());

  it('is finished as it was begun, by whomever', () =>
    given(drafted)
      .when({ ...write, head: { ...head, through: 2_000 } })
      .thenRejected({ code: 'statement_drafted_otherwise', through: 1_000 }));

  it('has no gap in its lines', () =>
    given(drafted)
      .when({ ...write, first: 2 })
      .thenRejected({ code: 'statement_parts_missing', next: 0 }));

  it.each([
    ['that does not close', { ...write, figures: { ...figures, closing: '1' } }],
    ['that leaves a line out', { ...write, parts: [lines.slice(1)] }],
    ['that does not open as the one before closed', { ...write, head: { ...head, before: null } }],
  ])('refuses one %s', (_, command) => {
    expect(() => statement.decide(command, statement.initial)).toThrow('Broken invariant');
  });

  it('is read back from its events as it was', () => {
    expect(contentOf([drafted, listed(0, lines), issued])).toMatchObject({ head, lines, figures });
    expect(contentOf([drafted, listed(0, lines)])).toBeUndefined();
  });
});

describe('cutting lines into parts', () => {
  it('keeps every part below what an event may hold, and loses none', () => {
    const [line] = lines as readonly [StatementLine];
    const many = Array.from({ length: 2_000 }, (_, i) => ({ ...line, amount: String(i + 1) }));
    const parts = partsOf(many);
    expect(parts.flat()).toEqual(many);
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(57 * 1024);
    expect(partsOf([])).toEqual([]);
  });
});

describe('ordering the statements of a month', () => {
  const order = { type: 'OrderStatements', entity: 'main', zone: ZONE, by: 'finance' } as const;
  const { given: ordering } = specFor(statementsOfMonth);

  it('is refused before the month has ended, where the entity is', () =>
    ordering()
      .when({ ...order, month: '2026-03', at: march(31, 23) })
      .thenRejected({ code: 'month_not_over', until: headOf().period.until }));

  it('is told to all accounts of the entity', () =>
    ordering()
      .when({ ...order, month: '2026-03', at: april(1) })
      .then({
        type: 'StatementsOrdered',
        data: { entity: 'main', month: '2026-03', by: 'finance', at: april(1) },
        occurredAt: april(1),
      }));
});

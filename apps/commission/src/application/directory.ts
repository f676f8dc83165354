import type { LineCreditedData } from '@tributary/contracts';
import { Together } from '@tributary/feeds';
import type { Instant } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which lines there are, whom they ever credited, and which windows they ever reached. Rows are only added or replaced by a later
 * revision, so that whoever registers first and then reads misses nothing.
 */
export class CreateLineDirectory1790000005000 implements MigrationInterface {
  readonly name = 'CreateLineDirectory1790000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table credited_line (tenant text, line text, revision bigint not null, paid_ats text[] not null, data jsonb not null,
        primary key (tenant, line));
      create table line_partner (tenant text, partner text, line text, primary key (tenant, partner, line));
      create index on line_partner (tenant, line);
      create table line_window (tenant text, line text, stream text, child text, primary key (tenant, line, stream, child))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table credited_line, line_partner, line_window');
  }
}

interface Registered {
  readonly tenant: string;
  readonly line: string;
  readonly revision: number;
  readonly data: LineCreditedData;
  readonly partners: readonly string[];
}

interface OfLine {
  readonly tenant: string;
  readonly line: string;
}

/** A window that a line counts in; `child`: as the line of a partner below. */
export interface Reached {
  readonly stream: string;
  readonly child: string;
}

interface Reaching extends OfLine {
  readonly windows: readonly Reached[];
}

interface Asked {
  readonly tenant: string;
  readonly lines: readonly string[];
}

export interface LinePaid {
  readonly line: string;
  readonly paidAts: readonly Instant[];
}

export interface LineTold {
  readonly revision: number;
  readonly data: LineCreditedData;
}

/** Answers with whom the lines credited before: what is written by a statement it does not see itself. */
const REGISTER = `
with line as (
  insert into credited_line as l (tenant, line, revision, paid_ats, data)
  select distinct on (n.tenant, n.line) n.tenant, n.line, n.revision, string_to_array(n.paid_ats, ' '), n.data
  from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[]) as n (tenant, line, revision, paid_ats, data)
  order by n.tenant, n.line, n.revision desc
  on conflict (tenant, line) do update set revision = excluded.revision, paid_ats = excluded.paid_ats, data = excluded.data
  where l.revision < excluded.revision),
credited as (
  insert into line_partner (tenant, partner, line)
  select * from unnest($6::text[], $7::text[], $8::text[]) on conflict do nothing)
select p.tenant, p.line, p.partner from (select distinct * from unnest($1::text[], $2::text[])) as a (tenant, line)
join line_partner p using (tenant, line)`;

const REGISTER_WINDOWS = `
insert into line_window (tenant, line, stream, child)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`;

/** As above: the windows that were reached before. */
const REACH = `
with reached as (${REGISTER_WINDOWS})
select w.tenant, w.line, w.stream, w.child from (select distinct * from unnest($5::text[], $6::text[])) as a (tenant, line)
join line_window w using (tenant, line)`;

const PAGE = `
select p.line, l.paid_ats from line_partner p join credited_line l using (tenant, line)
where p.tenant = $1 and p.partner = $2 and p.line > $3 order by p.line limit $4`;

const READ = `
select a.question, l.revision, l.data from unnest($1::int[], $2::text[], $3::text[]) as a (question, tenant, line)
join credited_line l using (tenant, line) order by a.question, l.line`;

/** Each of these may name some dozens. */
const MOST_READ_TOGETHER = 100;

export class LineDirectory {
  private readonly registering: Together<Registered, readonly string[]>;
  private readonly reaching: Together<Reaching, readonly Reached[]>;
  private readonly reading: Together<Asked, readonly LineTold[]>;

  constructor(private readonly database: Database) {
    this.registering = new Together((lines) => this.writeLines(lines), 100);
    this.reaching = new Together((lines) => this.writeWindows(lines));
    this.reading = new Together((asked) => this.readLines(asked), MOST_READ_TOGETHER);
  }

  /** From here on the line is found under each of these partners; answers with all it ever credited. */
  register(line: Registered): Promise<readonly string[]> {
    return this.registering.ask(line);
  }

  /** From here on its revisions go there; answers with every window it ever reached. */
  reach(of: OfLine, windows: readonly Reached[]): Promise<readonly Reached[]> {
    return this.reaching.ask({ ...of, windows });
  }

  /** For lines that are sent again as they are, many at once. */
  async reachAll(
    tenant: string,
    windows: readonly (Reached & { readonly line: string })[],
  ): Promise<void> {
    const rows = windows.map((window) => ({ tenant, ...window }));
    await this.database.query(REGISTER_WINDOWS, windowColumns(rows));
  }

  async *linesOf(tenant: string, partner: string): AsyncGenerator<readonly LinePaid[]> {
    for (let after = ''; ;) {
      const { rows } = await this.database.query<{ line: string; paid_ats: Instant[] }>(PAGE, [
        tenant,
        partner,
        after,
        PAGE_LINES,
      ]);
      if (rows.length > 0) yield rows.map(({ line, paid_ats }) => ({ line, paidAts: paid_ats }));
      const last = rows.at(-1);
      if (rows.length < PAGE_LINES || last === undefined) return;
      after = last.line;
    }
  }

  read(tenant: string, lines: readonly string[]): Promise<readonly LineTold[]> {
    return this.reading.ask({ tenant, lines });
  }

  private async writeLines(lines: readonly Registered[]): Promise<(readonly string[])[]> {
    const credits = lines.flatMap(({ tenant, line, partners }) =>
      partners.map((partner) => ({ tenant, partner, line })),
    );
    const { rows } = await this.database.query<OfLine & { partner: string }>(REGISTER, [
      lines.map(({ tenant }) => tenant),
      lines.map(({ line }) => line),
      lines.map(({ revision }) => revision),
      lines.map(({ data }) => paidAtsOf(data).join(' ')),
      lines.map(({ data }) => JSON.stringify(data)),
      credits.map(({ tenant }) => tenant),
      credits.map(({ partner }) => partner),
      credits.map(({ line }) => line),
    ]);
    const known = byLine([...rows, ...credits], ({ partner }) => [partner, partner]);
    return lines.map((line) => inOrder(known.get(nameOf(line))));
  }

  private async writeWindows(asked: readonly Reaching[]): Promise<(readonly Reached[])[]> {
    const windows = asked.flatMap(({ tenant, line, windows: own }) =>
      own.map((window) => ({ tenant, line, ...window })),
    );
    const { rows } = await this.database.query<OfLine & Reached>(REACH, [
      ...windowColumns(windows),
      asked.map(({ tenant }) => tenant),
      asked.map(({ line }) => line),
    ]);
    const known = byLine([...rows, ...windows], ({ stream, child }) => [
      `${stream} ${child}`,
      { stream, child },
    ]);
    return asked.map((of) => inOrder(known.get(nameOf(of))));
  }

  private async readLines(asked: readonly Asked[]): Promise<(readonly LineTold[])[]> {
    const answers = asked.map((): LineTold[] => []);
    const flat = asked.flatMap(({ tenant, lines }, question) =>
      lines.map((line) => ({ question, tenant, line })),
    );
    const { rows } = await this.database.query<{
      question: number;
      revision: string;
      data: LineCreditedData;
    }>(READ, [
      flat.map(({ question }) => question),
      flat.map(({ tenant }) => tenant),
      flat.map(({ line }) => line),
    ]);
    for (const { question, revision, data } of rows)
      answers[question]?.push({ revision: Number(revision), data });
    return answers;
  }
}

const nameOf = ({ tenant, line }: OfLine): string => `${tenant} ${line}`;

/** What each line has, each once: what stood there, and what has just been written. */
function byLine<R extends OfLine, V>(
  rows: readonly R[],
  entryOf: (row: R) => readonly [key: string, value: V],
): ReadonlyMap<string, ReadonlyMap<string, V>> {
  const lines = new Map<string, Map<string, V>>();
  for (const row of rows) {
    const [key, value] = entryOf(row);
    const own = lines.get(nameOf(row));
    if (own) own.set(key, value);
    else lines.set(nameOf(row), new Map([[key, value]]));
  }
  return lines;
}

/** Always the same order, because commands are numbered by it. */
const inOrder = <V>(entries: ReadonlyMap<string, V> = new Map()): V[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);

const windowColumns = (windows: readonly (OfLine & Reached)[]): string[][] => [
  windows.map(({ tenant }) => tenant),
  windows.map(({ line }) => line),
  windows.map(({ stream }) => stream),
  windows.map(({ child }) => child),
];

const PAGE_LINES = 2_000;

export const lineNameOf = ({
  sale,
  payment,
  line,
}: Pick<LineCreditedData, 'line' | 'payment' | 'sale'>): string => `${sale} ${payment} ${line}`;

/** A correction may move a payment, and then the window it was in before has to hear of it. */
export const paidAtsOf = ({ steps }: LineCreditedData): readonly Instant[] => [
  ...new Set(steps.map(({ value }) => value.paidAt)),
];

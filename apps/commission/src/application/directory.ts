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

export interface LinePaid {
  readonly line: string;
  readonly paidAts: readonly Instant[];
}

export interface LineTold {
  readonly revision: number;
  readonly data: LineCreditedData;
}

const REGISTER_LINES = `
insert into credited_line as l (tenant, line, revision, paid_ats, data)
select distinct on (n.tenant, n.line) n.tenant, n.line, n.revision, string_to_array(n.paid_ats, ' '), n.data
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[]) as n (tenant, line, revision, paid_ats, data)
order by n.tenant, n.line, n.revision desc
on conflict (tenant, line) do update set revision = excluded.revision, paid_ats = excluded.paid_ats, data = excluded.data
where l.revision < excluded.revision`;

const REGISTER_PARTNERS = `
insert into line_partner (tenant, partner, line)
select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing`;

const PARTNERS = `
select a.ordinal, p.partner from unnest($1::text[], $2::text[]) with ordinality as a (tenant, line, ordinal)
join line_partner p using (tenant, line) order by a.ordinal, p.partner`;

const REGISTER_WINDOWS = `
insert into line_window (tenant, line, stream, child)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`;

const WINDOWS = `
select a.ordinal, w.stream, w.child from unnest($1::text[], $2::text[]) with ordinality as a (tenant, line, ordinal)
join line_window w using (tenant, line) order by a.ordinal, w.stream, w.child`;

const PAGE = `
select p.line, l.paid_ats from line_partner p join credited_line l using (tenant, line)
where p.tenant = $1 and p.partner = $2 and p.line > $3 order by p.line limit $4`;

const READ = `
select line, revision, data from credited_line where tenant = $1 and line = any($2::text[]) order by line`;

export class LineDirectory {
  private readonly registering: Together<Registered, void>;
  private readonly crediting: Together<OfLine, readonly string[]>;
  private readonly reaching: Together<OfLine & { readonly windows: readonly Reached[] }, void>;
  private readonly asking: Together<OfLine, readonly Reached[]>;

  constructor(private readonly database: Database) {
    this.registering = new Together((lines) => this.writeLines(lines), 100);
    this.crediting = new Together((lines) => this.readPartners(lines));
    this.reaching = new Together((lines) => this.writeWindows(lines));
    this.asking = new Together((lines) => this.readWindows(lines));
  }

  /** From here on the line is found under each of these partners; answers with all it ever credited. */
  async register(line: Registered): Promise<readonly string[]> {
    await this.registering.ask(line);
    return this.crediting.ask(line);
  }

  /** From here on its revisions go there; answers with every window it ever reached. */
  async reach(of: OfLine, windows: readonly Reached[]): Promise<readonly Reached[]> {
    if (windows.length > 0) await this.reaching.ask({ ...of, windows });
    return this.asking.ask(of);
  }

  /** For lines that are sent again as they are, many at once. */
  async reachAll(
    tenant: string,
    windows: readonly (Reached & { readonly line: string })[],
  ): Promise<void> {
    await this.database.query(REGISTER_WINDOWS, [
      windows.map(() => tenant),
      windows.map(({ line }) => line),
      windows.map(({ stream }) => stream),
      windows.map(({ child }) => child),
    ]);
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

  async read(tenant: string, lines: readonly string[]): Promise<readonly LineTold[]> {
    const { rows } = await this.database.query<{ revision: string; data: LineCreditedData }>(READ, [
      tenant,
      lines,
    ]);
    return rows.map(({ revision, data }) => ({ revision: Number(revision), data }));
  }

  private async writeLines(lines: readonly Registered[]): Promise<void[]> {
    await this.database.query(REGISTER_LINES, [
      lines.map(({ tenant }) => tenant),
      lines.map(({ line }) => line),
      lines.map(({ revision }) => revision),
      lines.map(({ data }) => paidAtsOf(data).join(' ')),
      lines.map(({ data }) => JSON.stringify(data)),
    ]);
    const credits = lines.flatMap(({ tenant, line, partners }) =>
      partners.map((partner) => ({ tenant, partner, line })),
    );
    await this.database.query(REGISTER_PARTNERS, [
      credits.map(({ tenant }) => tenant),
      credits.map(({ partner }) => partner),
      credits.map(({ line }) => line),
    ]);
    return lines.map(() => undefined);
  }

  private async readPartners(lines: readonly OfLine[]): Promise<(readonly string[])[]> {
    const answers = lines.map((): string[] => []);
    const { rows } = await this.database.query<{ ordinal: string; partner: string }>(
      PARTNERS,
      columnsOf(lines),
    );
    for (const { ordinal, partner } of rows) answers[Number(ordinal) - 1]?.push(partner);
    return answers;
  }

  private async writeWindows(
    lines: readonly (OfLine & { readonly windows: readonly Reached[] })[],
  ): Promise<void[]> {
    const rows = lines.flatMap(({ tenant, line, windows }) =>
      windows.map((window) => ({ tenant, line, ...window })),
    );
    await this.database.query(REGISTER_WINDOWS, [
      rows.map(({ tenant }) => tenant),
      rows.map(({ line }) => line),
      rows.map(({ stream }) => stream),
      rows.map(({ child }) => child),
    ]);
    return lines.map(() => undefined);
  }

  private async readWindows(lines: readonly OfLine[]): Promise<(readonly Reached[])[]> {
    const answers = lines.map((): Reached[] => []);
    const { rows } = await this.database.query<{ ordinal: string } & Reached>(
      WINDOWS,
      columnsOf(lines),
    );
    for (const { ordinal, stream, child } of rows)
      answers[Number(ordinal) - 1]?.push({ stream, child });
    return answers;
  }
}

const PAGE_LINES = 2_000;

const columnsOf = (lines: readonly OfLine[]): [string[], string[]] => [
  lines.map(({ tenant }) => tenant),
  lines.map(({ line }) => line),
];

export const lineNameOf = ({
  sale,
  payment,
  line,
}: Pick<LineCreditedData, 'line' | 'payment' | 'sale'>): string => `${sale} ${payment} ${line}`;

/** A correction may move a payment, and then the window it was in before has to hear of it. */
export const paidAtsOf = ({ steps }: LineCreditedData): readonly Instant[] => [
  ...new Set(steps.map(({ value }) => value.paidAt)),
];

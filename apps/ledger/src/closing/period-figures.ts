import type { PeriodCertificate } from '@tributary/contracts';
import { type PeriodKey, canonicalJson } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { JournalLeg } from '../domain/journal';
import { Balances } from '../read-model/balances.queries';
import { LEG, type LegRow, legOf } from '../read-model/entries.queries';
import { legsOf } from '../read-model/legs';
import { Parameters } from '../read-model/sql';
import type { Standpoint } from '../read-model/standpoints';
import { RowsDigest, trialBalanceOf } from './certificate';

const BATCH = 5_000;

export interface FiguresAsked {
  readonly entity: string;
  readonly month: PeriodKey;
  /** Rows of later months alone are digested. */
  readonly since: PeriodKey | null;
}

export type Figures = Pick<PeriodCertificate, 'digest' | 'rows' | 'trialBalance'>;

/** What a month comes to, as the log was at a standpoint. */
export class PeriodFigures {
  private readonly balances: Balances;

  constructor(private readonly database: Database) {
    this.balances = new Balances({ database });
  }

  async at(standpoint: Standpoint, asked: FiguresAsked): Promise<Figures> {
    const { entity, month } = asked;
    const accounts = await this.balances.byAccount(standpoint, { entity, period: month });
    const digest = new RowsDigest();
    await this.each(standpoint, asked, (leg) => digest.add(leg));
    const rows = String(digest.rows);
    return { rows, trialBalance: trialBalanceOf(accounts), digest: digest.hex() };
  }

  /** In the order of the log. By a cursor, because the month of a leg follows from the cuts and no index can be asked for it twice. */
  private async each(
    standpoint: Standpoint,
    { entity, month, since }: FiguresAsked,
    take: (leg: JournalLeg) => void,
  ): Promise<void> {
    const sql = new Parameters();
    const legs = legsOf(standpoint, { entity, period: month }, sql);
    const later = since === null ? '' : `where l.period > ${sql.bind(since)} collate "C"`;
    await this.database.transaction(async (tx) => {
      await tx.query(
        `declare closed no scroll cursor for select ${LEG} from ${legs} l ${later} order by l.position, l.n`,
        sql.values,
      );
      for (;;) {
        const { rows } = await tx.query<LegRow>(`fetch ${String(BATCH)} from closed`);
        for (const row of rows) take(legOf(row));
        if (rows.length < BATCH) return;
      }
    });
  }
}

/** Whether a month still comes to what was certified. */
export const isSame = (a: Figures, b: Figures): boolean =>
  a.digest === b.digest &&
  a.rows === b.rows &&
  canonicalJson([...a.trialBalance]) === canonicalJson([...b.trialBalance]);

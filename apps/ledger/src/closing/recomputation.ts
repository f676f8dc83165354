import { CodedError } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { Standpoints } from '../read-model/standpoints';
import { PeriodChecks } from './period-checks';
import { type Figures, PeriodFigures, isSame } from './period-figures';
import type { PeriodState } from './periods.queries';

/** Computes certified months anew, as the log is now. A difference is an alarm, and stays to be seen. */
export class Recomputation {
  private readonly checks: PeriodChecks;
  private readonly figures: PeriodFigures;
  private readonly standpoints: Standpoints;

  constructor(
    database: Database,
    private readonly failed: (part: string, error: unknown) => void,
  ) {
    this.checks = new PeriodChecks(database);
    this.figures = new PeriodFigures(database);
    this.standpoints = new Standpoints({ database });
  }

  async check(state: PeriodState): Promise<void> {
    const { certified, closed, tenant, entity, month } = state;
    if (!certified || !closed) return;
    const { certificate } = certified;
    const standpoint = await this.standpoints.of({ tenant });
    // Books that are still being filled from the log come to less, and nobody has changed anything.
    if (standpoint.position < closed.position) return;
    const { since } = certificate;
    const found = await this.figures.at(standpoint, { entity, month, since });
    const same = isSame(found, certificate);
    const { position } = standpoint;
    await this.checks.checked(state, found, { isSame: same, position });
    if (!same) this.failed('certificate', differs(state, certificate, found));
  }
}

const differs = (
  { tenant, entity, month }: PeriodState,
  certified: Figures,
  found: Figures,
): CodedError =>
  new CodedError(
    'certificate_differs',
    `${month} of ${entity} no longer comes to what was certified.`,
    {
      ...{ tenant, entity, month, certified: certified.digest, found: found.digest },
      rows: [certified.rows, found.rows],
    },
  );

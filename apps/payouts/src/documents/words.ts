import type { StatementHold } from '../domain/statement/events';
import type { MovementKind, Place } from '../domain/statement/movement';

export interface Words {
  readonly title: string;
  readonly partner: string;
  readonly issuer: string;
  readonly account: string;
  readonly period: string;
  readonly to: string;
  readonly issued: string;
  readonly closingIs: string;
  readonly owedIs: string;
  readonly summary: string;
  readonly opening: string;
  readonly closing: string;
  readonly kinds: Readonly<Record<MovementKind, string>>;
  readonly stands: string;
  readonly standing: Readonly<Record<Place, string>>;
  readonly standingNotes: Readonly<Record<Place, string>>;
  readonly holds: string;
  readonly holdsNote: string;
  readonly reasons: Readonly<Record<StatementHold['reason'], string>>;
  /** What has to happen. */
  readonly conditions: Readonly<Record<StatementHold['reason'], string>>;
  readonly untilThat: string;
  readonly oneLine: string;
  readonly manyLines: string;
  /** Another owner stands under its own name. */
  readonly owners: Readonly<Record<string, string>>;
  readonly allOfIt: string;
  readonly untilOpen: string;
  readonly noHolds: string;
  readonly carriedForward: string;
  readonly lines: string;
  readonly noLines: string;
  /** Of the tables of a page. */
  readonly headings: {
    readonly date: string;
    readonly description: string;
    readonly reference: string;
    readonly amount: string;
    readonly reason: string;
    readonly until: string;
    readonly condition: string;
    readonly owner: string;
  };
  /** Of a file for programs: letters without accents. */
  readonly columns: {
    readonly section: string;
    readonly kind: string;
    readonly label: string;
    readonly date: string;
    readonly reference: string;
    readonly programme: string;
    readonly window: string;
    readonly bankReference: string;
    readonly detail: string;
    readonly owner: string;
    readonly late: string;
    readonly amount: string;
    readonly amountMinor: string;
    readonly asset: string;
  };
  readonly late: string;
  readonly item: string;
  readonly replaces: string;
  readonly taxOn: string;
  readonly page: string;
  readonly of: string;
  readonly statement: string;
  readonly footer: string;
}

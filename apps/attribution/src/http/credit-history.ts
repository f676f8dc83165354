import type { Instant } from '@tributary/kernel';
import { type Columns, cursorOf, invalidCursor, readCursor } from '@tributary/platform';
import type { CustomerFile, RecordedDecision } from '../read-model/customer-case';
import type { LineRevision, SaleFile } from '../read-model/sale-file';

interface PageAsked {
  readonly limit: number;
  readonly after?: string | undefined;
}

interface Paged<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Of what stands in one stream: by the position in the log, which no later event changes. */
function pageOf<T extends { readonly position: bigint }>(
  all: readonly T[],
  { limit, after }: PageAsked,
): Paged<T> {
  const start = after === undefined ? 0n : positionIn(after);
  const rest = all.filter(({ position }) => position > start);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rest.length > limit ? cursorOf(String(last.position)) : null };
}

function positionIn(cursor: string): bigint {
  const [text = ''] = readCursor(cursor, 1);
  if (!/^[0-9]{1,18}$/.test(text)) throw invalidCursor();
  return BigInt(text);
}

/** A decision without the pieces that it put aside; those are asked for by its id. */
export const decisionRow = ({ recordedAt, position, decision: said }: RecordedDecision) => ({
  recordedAt,
  position,
  decision: said.decision,
  deal: said.deal,
  rung: said.rung,
  policy: said.policy,
  conversionAt: said.conversionAt,
  unattributed: said.unattributed,
  parts: said.parts,
  influenced: said.influenced,
  evidence: said.evidence.length,
  discardedCounts: said.discardedCounts,
});
type DecisionRow = ReturnType<typeof decisionRow>;

export const pageOfDecisions = ({ decisions }: CustomerFile, asked: PageAsked) =>
  pageOf(decisions.map(decisionRow), asked);

export const DECISION_COLUMNS: Columns<DecisionRow> = {
  recordedAt: ({ recordedAt }) => recordedAt,
  decision: ({ decision }) => decision,
  deal: ({ deal }) => deal,
  rung: ({ rung }) => rung,
  policy: ({ policy }) => policy.id,
  policyVersion: ({ policy }) => policy.version,
  policyHash: ({ policy }) => policy.hash,
  conversionAt: ({ conversionAt }) => conversionAt,
  sourced: ({ parts }) =>
    parts.map(({ partner, role, weight }) => `${partner}:${role}:${weight}`).join(' '),
  influenced: ({ influenced }) => influenced.join(' '),
  unattributed: ({ unattributed }) => unattributed,
  discarded: ({ discardedCounts }) =>
    Object.entries(discardedCounts)
      .map(([reason, count]) => `${reason}:${count}`)
      .join(' '),
};

/** Every telling of every line: when we knew it, and with `steps` since when it held. */
export const revisionRow = ({ recordedAt, position, revision, told }: LineRevision) => ({
  recordedAt,
  position,
  revision,
  ...told,
});
type RevisionRow = ReturnType<typeof revisionRow>;

export const pageOfRevisions = (
  { revisions }: SaleFile,
  {
    payment,
    line,
    ...asked
  }: PageAsked & { payment?: string | undefined; line?: string | undefined },
) => {
  const wanted = revisions.filter(
    ({ told }) =>
      (payment === undefined || told.payment === payment) &&
      (line === undefined || told.line === line),
  );
  return pageOf(wanted.map(revisionRow), asked);
};

const latest = ({ steps }: RevisionRow) => steps.at(-1);
const since = (row: RevisionRow): Instant | undefined => latest(row)?.at;

export const REVISION_COLUMNS: Columns<RevisionRow> = {
  recordedAt: ({ recordedAt }) => recordedAt,
  payment: ({ payment }) => payment,
  line: ({ line }) => line,
  revision: ({ revision }) => revision,
  steps: ({ steps }) => steps.length,
  since,
  asset: (row) => latest(row)?.value.asset,
  net: (row) => latest(row)?.value.net,
  sourced: (row) =>
    latest(row)
      ?.value.parts.map(({ partner, role, basis }) => `${partner}:${role}:${basis}`)
      .join(' '),
  influenced: (row) =>
    latest(row)
      ?.value.influenced.map(({ partner }) => partner)
      .join(' '),
  decision: (row) => latest(row)?.value.decision,
  problems: ({ problems }) => problems.map(({ code }) => code).join(' '),
};

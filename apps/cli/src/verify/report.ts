import { EXIT, type ExitCode } from '../command';
import type { Finding } from './finding';
import type { Level, Looked } from './levels';

export interface Report {
  readonly levels: readonly Level[];
  readonly verifier: Looked;
  /** Of all levels. */
  readonly findings: readonly Finding[];
  /** Of files and tables, which have no place in the log. */
  readonly wrong: readonly string[];
}

export function exitOf({ levels }: Pick<Report, 'levels'>): ExitCode {
  const outcomes = new Set(levels.map(({ outcome }) => outcome));
  if (outcomes.has('broken')) return EXIT.wrong;
  return outcomes.has('open') ? EXIT.open : EXIT.fine;
}

export function asText({ levels, verifier, findings, wrong }: Report): string {
  const { events, streams, head, bySize } = verifier;
  const width = Math.max(0, ...bySize.map(([name]) => name.length));
  return [
    `${events} events in ${streams} streams, up to position ${head}`,
    ...bySize.map(([name, count]) => `  ${name.padEnd(width)}  ${count}`),
    ...levels.map(
      ({ level, outcome, proves, detail }) =>
        `${level.padEnd(4)} ${outcome.padEnd(6)}  ${proves}: ${detail}`,
    ),
    ...findings.map(
      ({ position, what, stream, revision, detail }) =>
        `WRONG at position ${position}: ${what} of ${stream} revision ${revision}: ${detail}`,
    ),
    ...wrong.map((what) => `WRONG: ${what}`),
  ].join('\n');
}

export function asJson({ levels, verifier, findings, wrong }: Report): string {
  const { events, streams, head, bySize } = verifier;
  const report = {
    events,
    streams,
    head: String(head),
    categories: Object.fromEntries(bySize),
    levels,
    findings: findings.map(({ position, revision, ...finding }) => ({
      position: String(position),
      revision: String(revision),
      ...finding,
    })),
    wrong,
  };
  return JSON.stringify(report, null, 2);
}

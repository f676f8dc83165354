import { type Command, EXIT, parseOptions } from '../command';
import { beanCheck, docker, eventStore, hledger, java, kafka, maven } from './comfort-checks';
import type { Area, Finding } from './finding';
import {
  database,
  dataDirectory,
  diskSpace,
  node,
  npm,
  port,
  postgresBinaries,
  postgresStarts,
  type Variables,
} from './run-checks';

export const doctor: Command = {
  name: 'doctor',
  summary: 'what this machine offers, what is missing, and how to mend it',
  help: `Usage: tributary doctor [--json]

Looks at this machine and changes nothing. PostgreSQL is really started once, in a temporary directory.

  ok    is there
  --    is not there; only the tests or comforts named beside it need it
  MEND  is not there, and nothing can be started without it

  --json   { "healthy": true, "findings": [{ "name", "area", "ok", "required", "found", "mend" }] }

Settings that are looked at: DATABASE_URL, PORT, HOST, TRIBUTARY_DATA_DIR, KAFKA_BROKERS, EVENTSTORE_URL.
Exit codes: 0 everything needed is there, 1 something needed is missing, 2 wrong options.`,
  async run(args, { variables, out }) {
    const { json } = parseOptions('doctor', args, { json: { type: 'boolean', default: false } });
    const findings = await examine(variables);
    const healthy = findings.every(({ ok, required }) => ok || !required);
    out(json ? JSON.stringify({ healthy, findings }, null, 2) : asText(findings, healthy));
    return healthy ? EXIT.fine : EXIT.wrong;
  },
};

async function examine(variables: Variables): Promise<readonly Finding[]> {
  return await Promise.all([
    node(),
    npm(variables),
    postgresBinaries(variables),
    postgresStarts(variables),
    database(variables),
    port(variables),
    dataDirectory(variables),
    diskSpace(variables),
    java(),
    maven(),
    kafka(variables),
    hledger(),
    beanCheck(),
    docker(),
    eventStore(variables),
  ]);
}

const AREAS: Readonly<Record<Area, string>> = {
  run: 'To run',
  keep: 'To keep data',
  test: 'For more of the tests',
  deploy: 'To deploy',
};

function asText(findings: readonly Finding[], healthy: boolean): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const sections = (Object.entries(AREAS) as [Area, string][]).map(([area, title]) => {
    const lines = findings.filter((one) => one.area === area).map((one) => lineOf(one, width));
    return [title, ...lines].join('\n');
  });
  const verdict = healthy
    ? 'Everything needed is there. Next: npx tributary start'
    : 'Mend what is marked, then ask again.';
  return `${sections.join('\n\n')}\n\n${verdict}`;
}

function lineOf({ name, ok, required, found, mend }: Finding, width: number): string {
  const mark = ok ? 'ok  ' : required ? 'MEND' : '--  ';
  const advice =
    mend === undefined
      ? ''
      : `\n        ${' '.repeat(width)}${mend.replaceAll('\n', `\n        ${' '.repeat(width)}`)}`;
  return `  ${mark}  ${name.padEnd(width)}  ${found}${advice}`;
}

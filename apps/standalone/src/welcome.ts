import type { Running } from './standalone';

export interface Welcome extends Running {
  readonly dataDirectory: string;
  readonly startedInMs: number;
}

/** What a newcomer reads first: where it runs, how to get in, what to try. */
export function welcomeText({ address, keys, demo, dataDirectory, startedInMs }: Welcome): string {
  const width = Math.max(...Object.keys(keys).map((person) => person.length));
  const admin = keys['admin'] ?? Object.values(keys)[0] ?? '';
  return [
    '',
    `Tributary runs at ${address} (started in ${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    `  API page   ${address}/docs`,
    `  data       ${dataDirectory}`,
    '',
    'API keys, for this machine only; two of finance, because paying takes two persons:',
    ...Object.entries(keys).map(([person, key]) => `  ${person.padEnd(width)}  ${key}`),
    '',
    ...tryNext(address, demo, admin),
    '',
    'Ctrl-C stops it.',
  ].join('\n');
}

function tryNext(address: string, demo: Welcome['demo'], admin: string): string[] {
  if (demo === undefined) {
    return [
      'Try this next:',
      `  KEY=${admin}`,
      `  curl -s -H "Authorization: Bearer $KEY" '${address}/v1/feeds/attribution'`,
      '',
      'Then send an event: the five-minute tour in README.md.',
    ];
  }
  const ask = asking(address);
  return [
    'A small demo programme lives in a tenant of its own, called demo. Its auditor may ask:',
    `  DEMO=${demo.keys.auditor}`,
    '',
    '  which partner is credited with each line of a sale, and what a refund left of it',
    ask(`/v1/sales/${demo.sale}`),
    '',
    '  why: everything known of that customer, who is credited, and why nobody else is',
    ask(`/v1/customers/${demo.customer}`),
    '',
    '  what its partner has earned on one line: when, by which rule of which plan, from which facts',
    ask(demo.earned),
    '',
    '  why another was promoted in the middle of March, figure by figure, and what that changed',
    ask(demo.tiers.scorecard),
    ask(demo.tiers.earned),
    ...payouts(address, demo),
    '',
    'Then send events of your own, approve a run and hand its file to the bank: the tour in README.md.',
  ];
}

function payouts(address: string, { keys, paid }: NonNullable<Welcome['demo']>): string[] {
  if (paid === undefined) return [];
  const ask = asking(address);
  return [
    '',
    '  what a run has paid, and which line of the bank says so; one payment came back',
    ask(`/v1/reports/payouts?run=${paid.run}`),
    '',
    '  whether the books balance, cash included',
    ask('/v1/ledger/trial-balance'),
    '',
    'And its finance may fetch the file that went to the bank:',
    `  curl -s -H "Authorization: Bearer ${keys.finance}" '${address}${paid.file}'`,
  ];
}

/** Quoted, because some shells take the question mark of an address for a pattern. */
const asking =
  (address: string) =>
  (path: string): string =>
    `  curl -s -H "Authorization: Bearer $DEMO" '${address}${path}'`;

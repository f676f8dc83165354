import type { Running } from './standalone';

export interface Welcome extends Running {
  readonly dataDirectory: string;
  readonly startedInMs: number;
}

/** What a newcomer reads first: where it runs, how to get in, what to try. */
export function welcomeText({
  address,
  keys,
  demoKey,
  dataDirectory,
  startedInMs,
}: Welcome): string {
  const width = Math.max(...Object.keys(keys).map((role) => role.length));
  const admin = keys['admin'] ?? Object.values(keys)[0] ?? '';
  return [
    '',
    `Tributary runs at ${address} (started in ${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    `  API page   ${address}/docs`,
    `  data       ${dataDirectory}`,
    '',
    'One API key per role, for this machine only:',
    ...Object.entries(keys).map(([role, key]) => `  ${role.padEnd(width)}  ${key}`),
    '',
    ...tryNext(address, demoKey, admin),
    '',
    'Ctrl-C stops it.',
  ].join('\n');
}

function tryNext(address: string, demoKey: string | undefined, admin: string): string[] {
  if (demoKey === undefined) {
    return [
      'Try this next:',
      `  KEY=${admin}`,
      `  curl -s -H "Authorization: Bearer $KEY" ${address}/v1/feeds/attribution`,
      '',
      'Then send an event: the five-minute tour in README.md.',
    ];
  }
  return [
    'A small demo programme lives in a tenant of its own, called demo. Ask it something:',
    `  DEMO=${demoKey}`,
    `  curl -s -H "Authorization: Bearer $DEMO" ${address}/v1/partners/northwind/measures`,
    '',
    'Then send an event of your own: the five-minute tour in README.md.',
  ];
}

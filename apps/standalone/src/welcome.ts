export interface Welcome {
  readonly address: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly dataDirectory: string;
  readonly startedInMs: number;
}

/** What a newcomer reads first: where it runs, how to get in, what to try. */
export function welcomeText({ address, keys, dataDirectory, startedInMs }: Welcome): string {
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
    'Try this next:',
    `  KEY=${admin}`,
    `  curl -s -H "Authorization: Bearer $KEY" ${address}/v1/api-keys`,
    '',
    'Ctrl-C stops it.',
  ].join('\n');
}
